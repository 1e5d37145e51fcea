//! The members of the outer `ar` archive, one after the other.
//!
//! Only the plain format that deb(5) allows: names of up to 16 characters, no name table, no symbol
//! table. Sizes come from the file, so nothing is ever allocated from them.

use std::{
    fmt,
    io::{self, Read, Take},
};

use super::DebError;

const MAGIC: &[u8; 8] = b"!<arch>\n";
const HEADER: usize = 60;

/// The archive, positioned inside one of its members.
pub(super) struct Members<R> {
    content: Take<R>,
    /// Members are padded to an even length.
    padded: bool,
    offset: u64,
}

/// What the header of a member says.
pub(super) struct Member {
    pub(super) name: String,
}

impl<R: Read> Members<R> {
    pub(super) fn open(mut reader: R) -> Result<Self, DebError> {
        let mut magic = [0; MAGIC.len()];
        match reader.read_exact(&mut magic) {
            Ok(()) if magic == *MAGIC => Ok(Self {
                content: reader.take(0),
                padded: false,
                offset: MAGIC.len() as u64,
            }),
            Ok(()) => Err(DebError::NotAnArchive),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(DebError::NotAnArchive)
            }
            Err(error) => Err(DebError::Read(error)),
        }
    }

    /// Skips the rest of the current member and reads the header of the next one.
    pub(super) fn next(&mut self) -> Result<Option<Member>, DebError> {
        let left = self.content.limit();
        let skipped = io::copy(&mut self.content, &mut io::sink()).map_err(DebError::Read)?;
        if skipped < left {
            return Err(DebError::Read(io::ErrorKind::UnexpectedEof.into()));
        }
        if self.padded {
            self.content.set_limit(1);
            io::copy(&mut self.content, &mut io::sink()).map_err(DebError::Read)?;
        }
        let mut header = Vec::with_capacity(HEADER);
        self.content.set_limit(HEADER as u64);
        self.content
            .read_to_end(&mut header)
            .map_err(DebError::Read)?;
        if header.is_empty() {
            return Ok(None);
        }
        let malformed = DebError::MemberHeader {
            offset: self.offset,
        };
        let Some((name, size)) = parse_header(&header) else {
            return Err(malformed);
        };
        self.content.set_limit(size);
        self.padded = size % 2 == 1;
        self.offset += HEADER as u64 + size + size % 2;
        Ok(Some(Member { name }))
    }

    /// Returns the content of the current member.
    pub(super) fn content(&mut self) -> &mut Take<R> {
        &mut self.content
    }
}

/// Name in bytes 0 to 16, decimal size in bytes 48 to 58, then a fixed end mark.
fn parse_header(header: &[u8]) -> Option<(String, u64)> {
    if header.len() != HEADER || !header.ends_with(b"`\n") || !header.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(header).ok()?;
    let name = text[..16].trim_end_matches(' ');
    let name = name.strip_suffix('/').unwrap_or(name);
    let size = text[48..58].trim_end_matches(' ');
    let plain = !name.is_empty()
        && !name.contains(['/', '#'])
        && name.bytes().all(|byte| byte.is_ascii_graphic())
        && size.bytes().all(|byte| byte.is_ascii_digit());
    if plain {
        Some((name.into(), size.parse().ok()?))
    } else {
        None
    }
}

impl<R> fmt::Debug for Members<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Members")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
