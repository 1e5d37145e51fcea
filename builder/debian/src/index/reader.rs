//! Reads a `Packages` file once, front to back.
//!
//! This is the one loop that sees every byte of 57 MB, so it looks at lines only and leaves values
//! unparsed. It still refuses what is not made of fields, and what has no valid package name.

use super::{Entry, IndexError, LARGEST_INDEX, PackageIndex, Provision, Span};
use crate::{
    control::ControlError,
    excerpt::excerpt,
    name::{PackageName, SuiteName},
};

/// What [`super::Package`] is made of; the name must be first. Everything else is dropped.
const KEPT: [&str; 18] = [
    "Package",
    "Version",
    "Architecture",
    "Source",
    "Section",
    "Priority",
    "Essential",
    "Multi-Arch",
    "Pre-Depends",
    "Depends",
    "Provides",
    "Conflicts",
    "Breaks",
    "Replaces",
    "Filename",
    "Size",
    "SHA256",
    "Installed-Size",
];

struct Reader {
    suite: SuiteName,
    index: PackageIndex,
    entry_start: usize,
    name: Option<Span>,
    provides: Option<(usize, usize)>,
    line: usize,
}

pub(super) fn read(bytes: &[u8], suite: SuiteName) -> Result<PackageIndex, IndexError> {
    // Offsets are kept in 32 bits, which the limit makes safe.
    if bytes.len() as u64 > LARGEST_INDEX {
        return Err(IndexError::TooLarge { suite });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| IndexError::Control {
        suite: suite.clone(),
        source: ControlError::NotUtf8 {
            valid_up_to: error.valid_up_to(),
        },
    })?;
    let index = PackageIndex {
        suite: suite.clone(),
        text: String::with_capacity(text.len() / 2),
        entries: Vec::with_capacity(text.len() / 800),
        provides: Vec::new(),
    };
    let mut reader = Reader {
        suite,
        index,
        entry_start: 0,
        name: None,
        provides: None,
        line: 0,
    };
    reader.read_lines(text)?;
    let mut index = reader.index;
    index.text.shrink_to_fit();
    let PackageIndex {
        text,
        entries,
        provides,
        ..
    } = &mut index;
    entries.sort_by(|left, right| left.name.of(text).cmp(right.name.of(text)));
    provides.sort_by(|left, right| left.name.of(text).cmp(right.name.of(text)));
    Ok(index)
}

impl Reader {
    fn read_lines(&mut self, text: &str) -> Result<(), IndexError> {
        let mut keeping = false;
        let mut in_paragraph = false;
        for line in text.split_inclusive('\n') {
            self.line += 1;
            match line.as_bytes()[0] {
                b'\n' => {
                    self.end_paragraph(in_paragraph)?;
                    (keeping, in_paragraph) = (false, false);
                }
                b' ' | b'\t' if !in_paragraph => {
                    let source = ControlError::StrayContinuation { line: self.line };
                    return Err(IndexError::Control {
                        suite: self.suite.clone(),
                        source,
                    });
                }
                b' ' | b'\t' if keeping => self.push(line),
                b' ' | b'\t' => {}
                _ => {
                    keeping = self.start_field(line)?;
                    in_paragraph = true;
                }
            }
        }
        self.end_paragraph(in_paragraph)
    }

    /// Copies a field line that is wanted; says whether it was.
    fn start_field(&mut self, line: &str) -> Result<bool, IndexError> {
        let Some((field, value)) = line.split_once(':').filter(|(field, _)| !field.is_empty())
        else {
            let source = ControlError::NotAField {
                line: self.line,
                excerpt: excerpt(line.trim_end()),
            };
            return Err(IndexError::Control {
                suite: self.suite.clone(),
                source,
            });
        };
        if !KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(field)) {
            return Ok(false);
        }
        let value_start = self.index.text.len() + field.len() + 1;
        self.push(line);
        if field.eq_ignore_ascii_case("Package") {
            let name: PackageName =
                value
                    .trim()
                    .parse()
                    .map_err(|source| IndexError::Nameless {
                        suite: self.suite.clone(),
                        line: self.line,
                        source,
                    })?;
            let padding = value.len() - value.trim_start().len();
            self.name = Some(span(value_start + padding, name.len()));
        } else if field.eq_ignore_ascii_case("Provides") {
            self.provides = Some((value_start, self.index.text.len()));
        }
        Ok(true)
    }

    fn push(&mut self, line: &str) {
        self.index.text.push_str(line);
        if !line.ends_with('\n') {
            self.index.text.push('\n');
        }
        // `Provides` may be folded over several lines.
        if line.starts_with([' ', '\t'])
            && let Some((_, end)) = &mut self.provides
            && *end + line.len() >= self.index.text.len()
        {
            *end = self.index.text.len();
        }
    }

    fn end_paragraph(&mut self, in_paragraph: bool) -> Result<(), IndexError> {
        if !in_paragraph {
            return Ok(());
        }
        let Some(name) = self.name.take() else {
            return Err(IndexError::MissingField {
                package: format!("before line {}", self.line),
                suite: self.suite.clone(),
                field: "Package",
            });
        };
        let (start, end) = (self.entry_start, self.index.text.len());
        let entry = Entry {
            start: narrow(start),
            end: narrow(end),
            name,
        };
        self.index.entries.push(entry);
        if let Some((start, end)) = self.provides.take() {
            for (offset, name) in provided_names(&self.index.text[start..end]) {
                let name = span(start + offset, name.len());
                self.index.provides.push(Provision { name, entry });
            }
        }
        self.entry_start = end;
        Ok(())
    }
}

/// Finds the names in a `Provides` value, without looking at versions.
fn provided_names(value: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut position = 0;
    value.split(',').filter_map(move |item| {
        let start = position + (item.len() - item.trim_start().len());
        position += item.len() + 1;
        let item = item.trim();
        let end = item.find(|character: char| " (:\t\n".contains(character));
        let name = &item[..end.unwrap_or(item.len())];
        (!name.is_empty() && name.len() <= 128).then_some((start, name))
    })
}

fn span(start: usize, length: usize) -> Span {
    Span {
        start: narrow(start),
        length: u16::try_from(length).unwrap_or(0),
    }
}

/// Cannot be too large: the text is bounded by [`LARGEST_INDEX`].
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
