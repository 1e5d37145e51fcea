//! What tar entries say about the entry that follows them: GNU long names and PAX records.
//!
//! Formats: tar(5) of libarchive for GNU, POSIX pax for `x` headers. Global PAX headers are read
//! over: git writes the commit there, and nothing in them could be about one entry.

use std::io::{self, Read};

use tar::EntryType;

use super::{Problem, bounded::problem};
use crate::excerpt::excerpt;

/// Names have 4096 bytes at most; access lists and attributes in the same header are longer.
const LONGEST: u64 = 1 << 20;

#[derive(Default)]
pub(super) struct Extensions {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) is_sparse: bool,
}

impl Extensions {
    /// Takes in an entry that describes the next one; `false` when it is not of that kind.
    pub(super) fn read<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>) -> Result<bool, Problem> {
        match entry.header().entry_type() {
            EntryType::GNULongName => self.path = Some(until_nul(content(entry)?)),
            EntryType::GNULongLink => self.link = Some(until_nul(content(entry)?)),
            EntryType::XHeader => {
                let records = content(entry)?;
                self.read_pax(&records).ok_or_else(|| {
                    problem(Some(&name(entry)), io::Error::other("malformed PAX record"))
                })?;
            }
            EntryType::XGlobalHeader => drop(content(entry)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Records are `LENGTH KEYWORD=VALUE\n`, the length counting the whole record.
    fn read_pax(&mut self, mut records: &[u8]) -> Option<()> {
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ')?;
            let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
            let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|byte| *byte == b'=')?;
            let (keyword, value) = (&record[..equals], &record[equals + 1..]);
            match keyword {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
                _ if keyword.starts_with(b"GNU.sparse") => self.is_sparse = true,
                _ => {}
            }
            records = &records[length..];
        }
        Some(())
    }
}

fn name<R: Read>(entry: &tar::Entry<'_, R>) -> String {
    excerpt(&String::from_utf8_lossy(&entry.header().path_bytes()))
}

fn content<R: Read>(entry: &mut tar::Entry<'_, R>) -> Result<Vec<u8>, Problem> {
    let name = name(entry);
    let size = entry.header().entry_size();
    let size = size.map_err(|source| problem(Some(&name), source))?;
    if size > LONGEST {
        return Err(Problem::LongHeader {
            entry: name,
            limit: LONGEST,
        });
    }
    let mut bytes = Vec::new();
    entry
        .read_to_end(&mut bytes)
        .map_err(|source| problem(Some(&name), source))?;
    Ok(bytes)
}

fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = name.iter().position(|byte| *byte == 0) {
        name.truncate(end);
    }
    name
}
