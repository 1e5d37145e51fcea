//! Walks a tar archive as packages contain it.
//!
//! Long names (GNU) and PAX records are applied here rather than by the tar library, which reads
//! them into memory at any size. Sparse files, devices and FIFOs are refused. Formats: tar(5) of
//! libarchive for GNU entries, POSIX pax for `x` headers.

use std::io::{self, Read};

use tar::{Archive, EntryType, Header};

use super::{
    DebError,
    entry::{Entry, EntryKind, normalise, utf8},
};
use crate::excerpt::excerpt;

/// Linux itself allows 4096 bytes in a path; a PAX header holds a few such values.
const LONGEST_EXTENSION: u64 = 64 << 10;

const PART: &str = "data archive";

/// What extension entries say about the entry that follows them.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    user_id: Option<u64>,
    group_id: Option<u64>,
    modified: Option<u64>,
}

/// Visits every entry, then reads to the end so that the decoder's checksum is verified.
pub(super) fn walk<E: From<DebError>>(
    mut reader: impl Read,
    mut visit: impl FnMut(&Entry, &mut dyn Read) -> Result<(), E>,
) -> Result<(), E> {
    let mut archive = Archive::new(&mut reader);
    let mut extensions = Extensions::default();
    for tar_entry in archive.entries().map_err(invalid)?.raw(true) {
        let mut tar_entry = tar_entry.map_err(invalid)?;
        if extensions.read(&mut tar_entry)? {
            continue;
        }
        let entry = describe(tar_entry.header(), std::mem::take(&mut extensions))?;
        visit(&entry, &mut tar_entry)?;
    }
    io::copy(&mut reader, &mut io::sink()).map_err(invalid)?;
    Ok(())
}

fn invalid(source: io::Error) -> DebError {
    DebError::from_read(PART, source)
}

fn describe(header: &Header, extensions: Extensions) -> Result<Entry, DebError> {
    let path = match &extensions.path {
        Some(path) => normalise(path)?,
        None => normalise(&header.path_bytes())?,
    };
    let link = extensions
        .link
        .or_else(|| header.link_name_bytes().map(Vec::from));
    let link = link.unwrap_or_default();
    let forbidden = |kind| DebError::ForbiddenKind {
        path: excerpt(&path),
        kind,
    };
    let kind = match header.entry_type() {
        EntryType::Regular | EntryType::Continuous => EntryKind::File,
        EntryType::Directory => EntryKind::Directory,
        EntryType::Symlink => EntryKind::Symlink {
            target: utf8(&link)?.into(),
        },
        EntryType::Link => EntryKind::Hardlink {
            target: normalise(&link)?,
        },
        EntryType::Char => return Err(forbidden("character device")),
        EntryType::Block => return Err(forbidden("block device")),
        EntryType::Fifo => return Err(forbidden("FIFO")),
        EntryType::GNUSparse => return Err(forbidden("sparse file")),
        _ => return Err(forbidden("entry of unknown type")),
    };
    if path.is_empty() && kind != EntryKind::Directory {
        return Err(DebError::UnsafePath {
            path: String::new(),
        });
    }
    let size = if kind == EntryKind::File {
        header.entry_size().map_err(invalid)?
    } else {
        0
    };
    Ok(Entry {
        mode: header.mode().map_err(invalid)? & 0o7777,
        user_id: extensions
            .user_id
            .map_or_else(|| header.uid(), Ok)
            .map_err(invalid)?,
        group_id: extensions
            .group_id
            .map_or_else(|| header.gid(), Ok)
            .map_err(invalid)?,
        modified: extensions
            .modified
            .map_or_else(|| header.mtime(), Ok)
            .map_err(invalid)?,
        path,
        kind,
        size,
    })
}

impl Extensions {
    /// Takes in an entry that describes the next one; `false` when it is not of that kind.
    fn read<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>) -> Result<bool, DebError> {
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => self.path = Some(without_null(content(entry)?)),
            EntryType::GNULongLink => self.link = Some(without_null(content(entry)?)),
            EntryType::XHeader => self.read_pax(&content(entry)?)?,
            // A comment for the whole archive, as git writes it.
            EntryType::XGlobalHeader => drop(content(entry)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Records are `LENGTH KEYWORD=VALUE\n`, the length counting the whole record.
    fn read_pax(&mut self, mut records: &[u8]) -> Result<(), DebError> {
        let malformed = || invalid(io::Error::other("PAX record is malformed"));
        while !records.is_empty() {
            let space = records
                .iter()
                .position(|&byte| byte == b' ')
                .ok_or_else(malformed)?;
            let length: usize = std::str::from_utf8(&records[..space])
                .ok()
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(malformed)?;
            let record = records.get(space + 1..length).ok_or_else(malformed)?;
            let record = record.strip_suffix(b"\n").ok_or_else(malformed)?;
            let equals = record
                .iter()
                .position(|&byte| byte == b'=')
                .ok_or_else(malformed)?;
            let (keyword, value) = (&record[..equals], &record[equals + 1..]);
            let number = || {
                let text = std::str::from_utf8(value).ok()?;
                text.split('.').next()?.parse::<u64>().ok()
            };
            match keyword {
                b"path" => self.path = Some(value.into()),
                b"linkpath" => self.link = Some(value.into()),
                b"uid" => self.user_id = Some(number().ok_or_else(malformed)?),
                b"gid" => self.group_id = Some(number().ok_or_else(malformed)?),
                b"mtime" => self.modified = Some(number().ok_or_else(malformed)?),
                // Needed only beyond 8 GiB, and the library reads the header's size.
                b"size" => return Err(invalid(io::Error::other("PAX size is not supported"))),
                keyword if keyword.starts_with(b"GNU.sparse") => {
                    return Err(invalid(io::Error::other("sparse files are not supported")));
                }
                _ => {}
            }
            records = &records[length..];
        }
        Ok(())
    }
}

fn content<R: Read>(entry: &mut tar::Entry<'_, R>) -> Result<Vec<u8>, DebError> {
    let size = entry.header().entry_size().map_err(invalid)?;
    if size > LONGEST_EXTENSION {
        return Err(DebError::LongName {
            limit: LONGEST_EXTENSION,
        });
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(invalid)?;
    Ok(bytes)
}

fn without_null(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = name.iter().position(|&byte| byte == 0) {
        name.truncate(end);
    }
    name
}
