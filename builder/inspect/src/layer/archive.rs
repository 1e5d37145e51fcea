//! Walks the members of a tar, which may be anybody's.
//!
//! Headers are parsed one block at a time, so that the size of a long name or of an extended header
//! is looked at before it is read. Understood: ustar, GNU long names, pax records for path, link,
//! size, owner and time. Refused: damaged checksums, and sparse files, which are in no layer that
//! engines write. Formats: tar(5), POSIX pax.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use tar::{EntryType, Header};
use thiserror::Error;

use super::entry::{EntryKind, LayerEntry, Mtime};
use crate::path::ImagePath;
use wpimg_oci::digest::Digest;

const BLOCK: usize = 512;
/// Linux allows names of 4096 bytes; extended attributes of a file fit here too.
const LARGEST_EXTENSION: u64 = 1 << 20;

/// Why an archive cannot be read on.
#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error("cannot be read")]
    Read(#[source] io::Error),
    #[error("ends in the middle of an entry, at byte {offset}")]
    Truncated { offset: u64 },
    #[error("has no valid tar header at byte {offset}")]
    Header { offset: u64 },
    #[error("has a member at byte {offset} whose `{field}` is not a number tar allows")]
    Number { offset: u64, field: &'static str },
    #[error(
        "has a name or extended header of {size} bytes at byte {offset}; at most {LARGEST_EXTENSION} are read"
    )]
    Extension { offset: u64, size: u64 },
    #[error("has a malformed extended header at byte {offset}")]
    Pax { offset: u64 },
    #[error("has `{path}`, a sparse file, which layers do not hold")]
    Sparse { path: ImagePath },
    #[error("has `{path}` of the unknown kind {kind:#04x}")]
    Kind { path: ImagePath, kind: u8 },
}

/// A tar being read from its beginning to its end.
pub(crate) struct Archive<R> {
    reader: R,
    offset: u64,
    /// Content of the current member that has not been read, and the padding after it.
    left: u64,
    padding: u64,
}

/// What extension members said about the next one.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    pax: BTreeMap<String, Vec<u8>>,
}

impl<R: Read> Archive<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            offset: 0,
            left: 0,
            padding: 0,
        }
    }

    /// Returns the next member, or `None` at the end mark; a file's digest is not known yet.
    pub(crate) fn next(&mut self) -> Result<Option<LayerEntry>, ArchiveError> {
        self.skip_content()?;
        let start = self.offset;
        let mut extension = Extension::default();
        loop {
            let offset = self.offset;
            let Some(block) = self.block()? else {
                return Ok(None);
            };
            let header = Header::from_byte_slice(&block);
            check_sum(&block, header).ok_or(ArchiveError::Header { offset })?;
            let size = header.entry_size();
            let size = size.map_err(|_| ArchiveError::Number {
                offset,
                field: "size",
            })?;
            match header.entry_type() {
                EntryType::GNULongName => extension.path = Some(name(self.extension(size)?)),
                EntryType::GNULongLink => extension.link = Some(name(self.extension(size)?)),
                EntryType::XHeader => {
                    let records = self.extension(size)?;
                    parse_pax(&records, &mut extension.pax).ok_or(ArchiveError::Pax { offset })?;
                }
                EntryType::XGlobalHeader => drop(self.extension(size)?),
                _ => {
                    return self
                        .member(start, offset, header, size, &extension)
                        .map(Some);
                }
            }
        }
    }

    fn member(
        &mut self,
        start: u64,
        offset: u64,
        header: &Header,
        size: u64,
        extension: &Extension,
    ) -> Result<LayerEntry, ArchiveError> {
        let number = |field| ArchiveError::Number { offset, field };
        let pax = |key: &str| extension.pax.get(key);
        let decimal = |key: &'static str| match pax(key) {
            None => Ok(None),
            Some(text) => text_of(text)
                .and_then(|text| text.parse().ok())
                .map(Some)
                .ok_or(number(key)),
        };
        let path = pax("path").or(extension.path.as_ref());
        let raw_path = path.map_or_else(|| header.path_bytes().into_owned(), Clone::clone);
        let path = ImagePath::clean(&raw_path);
        if header.entry_type() == EntryType::GNUSparse
            || extension
                .pax
                .keys()
                .any(|key| key.starts_with("GNU.sparse."))
        {
            return Err(ArchiveError::Sparse { path });
        }
        let link = pax("linkpath").or(extension.link.as_ref());
        let link = || match link {
            Some(link) => link.clone(),
            None => header.link_name_bytes().unwrap_or_default().into_owned(),
        };
        let device = || {
            let major = header.device_major().map_err(|_| number("devmajor"))?;
            let minor = header.device_minor().map_err(|_| number("devminor"))?;
            Ok((major.unwrap_or_default(), minor.unwrap_or_default()))
        };
        let kind = match header.entry_type() {
            // Before POSIX a directory was a file with a slash at its end.
            EntryType::Regular if raw_path.ends_with(b"/") => EntryKind::Directory,
            EntryType::Regular | EntryType::Continuous => EntryKind::File {
                digest: Digest::of(b""),
            },
            EntryType::Directory => EntryKind::Directory,
            EntryType::Symlink => EntryKind::Symlink {
                target: link().into(),
            },
            EntryType::Link => EntryKind::HardLink {
                target: ImagePath::clean(&link()),
            },
            EntryType::Char => {
                let (major, minor) = device()?;
                EntryKind::CharacterDevice { major, minor }
            }
            EntryType::Block => {
                let (major, minor) = device()?;
                EntryKind::BlockDevice { major, minor }
            }
            EntryType::Fifo => EntryKind::Fifo,
            other => {
                return Err(ArchiveError::Kind {
                    path,
                    kind: other.as_byte(),
                });
            }
        };
        let size = decimal("size")?.unwrap_or(size);
        // Only files carry bytes; what the size field of a link says is about its target.
        self.left = match kind {
            EntryKind::File { .. } => size,
            _ => 0,
        };
        self.padding = (BLOCK as u64 - self.left % BLOCK as u64) % BLOCK as u64;
        let mtime = match pax("mtime") {
            Some(text) => text_of(text).and_then(parse_time).ok_or(number("mtime"))?,
            None => Mtime {
                // Times before 1970 are negative numbers in base 256, which come as their complement.
                seconds: header.mtime().map_err(|_| number("mtime"))?.cast_signed(),
                nanoseconds: 0,
            },
        };
        Ok(LayerEntry {
            path,
            kind,
            mode: header.mode().map_err(|_| number("mode"))? & 0o7777,
            uid: decimal("uid")?.map_or_else(|| header.uid().map_err(|_| number("uid")), Ok)?,
            gid: decimal("gid")?.map_or_else(|| header.gid().map_err(|_| number("gid")), Ok)?,
            mtime,
            size: self.left,
            offset: start,
            content_offset: self.offset,
        })
    }

    /// Hands the content of the current member to `take`, piece by piece.
    pub(crate) fn content(
        &mut self,
        buffer: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), ArchiveError> {
        while self.left > 0 {
            let most = usize::try_from(self.left)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let count = self.read(&mut buffer[..most])?;
            if count == 0 {
                return Err(ArchiveError::Truncated {
                    offset: self.offset,
                });
            }
            self.left -= count as u64;
            take(&buffer[..count]);
        }
        Ok(())
    }

    fn skip_content(&mut self) -> Result<(), ArchiveError> {
        let left = self.left + self.padding;
        (self.left, self.padding) = (0, 0);
        let skipped = io::copy(&mut (&mut self.reader).take(left), &mut io::sink());
        let skipped = skipped.map_err(ArchiveError::Read)?;
        self.offset += skipped;
        if skipped != left {
            return Err(ArchiveError::Truncated {
                offset: self.offset,
            });
        }
        Ok(())
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, ArchiveError> {
        if size > LARGEST_EXTENSION {
            let offset = self.offset;
            return Err(ArchiveError::Extension { offset, size });
        }
        (self.left, self.padding) = (size, size.next_multiple_of(BLOCK as u64) - size);
        let mut bytes = Vec::new();
        self.content(&mut [0; 4096], |piece| bytes.extend_from_slice(piece))?;
        self.skip_content()?;
        Ok(bytes)
    }

    /// Returns the next header block; `None` at a block of zeros or where the archive just ends.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ArchiveError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => {
                    return Err(ArchiveError::Truncated {
                        offset: self.offset,
                    });
                }
                count => filled += count,
            }
        }
        Ok((block != [0; BLOCK]).then_some(block))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        loop {
            match self.reader.read(buffer) {
                Ok(count) => {
                    self.offset += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ArchiveError::Read(error)),
            }
        }
    }
}

/// The sum counts the checksum field itself as spaces.
fn check_sum(block: &[u8; BLOCK], header: &Header) -> Option<()> {
    let field = 148..156;
    let bytes = block.iter().enumerate();
    let sum: u32 = bytes
        .map(|(index, &byte)| u32::from(if field.contains(&index) { b' ' } else { byte }))
        .sum();
    (header.cksum().ok()? == sum).then_some(())
}

/// GNU long names end with a zero byte.
fn name(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|&byte| byte == 0) {
        bytes.truncate(end);
    }
    bytes
}

/// Records are `LENGTH KEY=VALUE\n`, the length counting all of it.
fn parse_pax(mut records: &[u8], pax: &mut BTreeMap<String, Vec<u8>>) -> Option<()> {
    while !records.is_empty() {
        let space = records.iter().take(20).position(|&byte| byte == b' ')?;
        let length: usize = text_of(&records[..space])?.parse().ok()?;
        let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|&byte| byte == b'=')?;
        let key = String::from_utf8_lossy(&record[..equals]).into_owned();
        pax.insert(key, record[equals + 1..].to_vec());
        records = &records[length..];
    }
    Some(())
}

fn parse_time(text: &str) -> Option<Mtime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    Some(Mtime {
        seconds,
        nanoseconds: digits.parse().ok()?,
    })
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
