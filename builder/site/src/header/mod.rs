//! The comment at the top of a file in which WordPress looks for names and versions.
//!
//! Read as `get_file_data()` reads it (wp-includes/functions.php): only the first 8 KiB, carriage
//! returns counted as line ends, a field at the start of a line after any of ` \t/*#@` or `<?php`,
//! names compared without case, the first match wins, and a value ends where the comment does.

mod facts;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use wpimg_oci::rootfs::Content;

pub use self::facts::Facts;
use crate::excerpt::excerpt;

/// How much of a file WordPress reads.
pub const READ_BYTES: usize = 8 << 10;

/// The beginning of a file, ready to be asked for fields.
#[derive(Debug, Clone)]
pub struct Header {
    text: String,
}

impl Header {
    /// Takes the beginning of a file; what is past 8 KiB is not looked at.
    pub fn parse(start: &[u8]) -> Self {
        let start = &start[..start.len().min(READ_BYTES)];
        Self {
            text: String::from_utf8_lossy(start).replace('\r', "\n"),
        }
    }

    /// Reads the header of `content`.
    pub fn read(content: &Content) -> io::Result<Self> {
        let mut start = Vec::with_capacity(READ_BYTES);
        content
            .open()
            .take(READ_BYTES as u64)
            .read_to_end(&mut start)?;
        Ok(Self::parse(&start))
    }

    /// Returns the value of `field`, shortened and without control characters; `None` if it is
    /// missing or empty.
    pub fn get(&self, field: &str) -> Option<String> {
        let value = self.text.lines().find_map(|line| value_of(line, field))?;
        let end = ["*/", "?>"].iter().filter_map(|end| value.find(end)).min();
        let value = value[..end.unwrap_or(value.len())].trim();
        (!value.is_empty()).then(|| excerpt(value))
    }
}

/// Returns what follows `field:` if the line has that form.
fn value_of<'a>(line: &'a str, field: &str) -> Option<&'a str> {
    let is_decoration = |character| matches!(character, ' ' | '\t' | '/' | '*' | '#' | '@');
    let opened = line.trim_start_matches([' ', '\t']);
    let tag = opened
        .get(..5)
        .filter(|tag| tag.eq_ignore_ascii_case("<?php"));
    let rest = tag.map_or(line, |tag| &opened[tag.len()..]);
    let rest = rest.trim_start_matches(is_decoration);
    let name = rest.get(..field.len())?;
    let after = &rest[field.len()..];
    name.eq_ignore_ascii_case(field)
        .then(|| after.strip_prefix(':'))?
}
