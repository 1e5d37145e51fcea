//! Reads a zip: first all of its directory, then the contents.
//!
//! Everything that can be known beforehand is refused before a byte is unpacked: sizes that add up
//! to too much, entries that share bytes, encryption, methods other than store and deflate, headers
//! that do not agree. Contents may then not be longer than declared, and must have their checksum.
//! Format: APPNOTE 6.3.10, zip64 included.

use std::io::{self, Read};

use zip::{
    CompressionMethod, System, ZipReadOptions,
    read::{Config, ZipFileEntry},
    result::ZipError,
    unstable::read::ZipIterable,
};

use super::{
    Problem, SinkError,
    bounded::{check_declared, problem},
    collect::Collector,
    packed::Packed,
    zip_header::{self, LocalHeader},
};
use crate::{excerpt::excerpt, exclude::Shape};

const TYPE_MASK: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const SYMLINK: u32 = 0o120_000;
/// `PATH_MAX`; a link's target is its content.
const LONGEST_TARGET: u64 = 4096;

/// Walks the archive and hands everything in it to `collector`.
pub(super) fn read(packed: &Packed<'_>, collector: &mut Collector<'_>) -> Result<(), Problem> {
    let mut archive =
        ZipIterable::try_new(packed.reader(), Config::default()).map_err(archive_problem)?;
    // The reader keeps no entry, so a directory that claims millions costs nothing before this.
    if archive.len() > collector.limits.entries {
        return Err(Problem::TooManyEntries {
            limit: collector.limits.entries,
        });
    }
    check_directory(packed, &mut archive, collector)?;
    let mut contents = archive
        .files_with_reader(packed.reader(), ZipReadOptions::new())
        .map_err(archive_problem)?;
    while let Some(file) = contents.next() {
        let mut file = file.map_err(archive_problem)?;
        collector.count()?;
        let raw = file.name_raw().to_vec();
        let what = What {
            mode: mode(file.system(), file.external_attributes()),
            is_directory: file.is_dir(),
            size: file.size(),
        };
        take(&raw, &what, &mut file, collector)?;
    }
    Ok(())
}

/// What the directory says about an entry.
struct What {
    mode: u32,
    is_directory: bool,
    size: u64,
}

/// Refuses what the directory alone shows to be wrong.
fn check_directory<R: io::Read + io::Seek>(
    packed: &Packed<'_>,
    archive: &mut ZipIterable<R>,
    collector: &Collector<'_>,
) -> Result<(), Problem> {
    let declared = archive.len();
    let mut ranges: Vec<(u64, u64, String)> = Vec::new();
    let mut unpacked = 0u64;
    let mut last_header = None;
    for entry in archive.files().map_err(archive_problem)? {
        let entry = entry.map_err(archive_problem)?;
        let name = excerpt(&String::from_utf8_lossy(entry.name_raw()));
        let method = check_entry(&entry, &name)?;
        let local = LocalHeader::read(packed, entry.header_start())
            .map_err(|source| problem(Some(&name), source))?;
        if let Some(field) = local.disagreement(&entry, method) {
            return Err(Problem::HeaderMismatch { entry: name, field });
        }
        let end = local.data_start.saturating_add(entry.compressed_size());
        ranges.push((entry.header_start(), end, name));
        unpacked = unpacked.saturating_add(entry.size());
        last_header = Some(entry.central_header_start());
    }
    check_declared(unpacked, packed.size(), &collector.limits)?;
    refuse_overlaps(ranges)?;
    if let Some(offset) = last_header
        && zip_header::another_follows(packed, offset).map_err(|source| problem(None, source))?
    {
        return Err(Problem::UnlistedEntries { declared });
    }
    Ok(())
}

/// Returns the number of the compression method, which is one of the two that are supported.
fn check_entry(entry: &ZipFileEntry<'_>, name: &str) -> Result<u16, Problem> {
    if entry.encrypted() {
        return Err(Problem::Encrypted {
            entry: name.to_owned(),
        });
    }
    match entry.compression() {
        CompressionMethod::Stored => Ok(0),
        CompressionMethod::Deflated => Ok(8),
        other => Err(Problem::Method {
            entry: name.to_owned(),
            method: zip_header::method_name(other),
        }),
    }
}

/// Every byte belongs to one entry; else a small archive unpacks to a large one.
fn refuse_overlaps(mut ranges: Vec<(u64, u64, String)>) -> Result<(), Problem> {
    ranges.sort_unstable_by_key(|(start, end, _)| (*start, *end));
    for pair in ranges.windows(2) {
        if let [(_, end, first), (start, _, second)] = pair
            && end > start
        {
            return Err(Problem::Overlap {
                first: first.clone(),
                second: second.clone(),
            });
        }
    }
    Ok(())
}

fn take(
    raw: &[u8],
    what: &What,
    content: &mut dyn Read,
    collector: &mut Collector<'_>,
) -> Result<(), Problem> {
    let entry = excerpt(&String::from_utf8_lossy(raw));
    let damaged = |source| problem(Some(&entry), source);
    let path = collector.path(raw)?;
    let kind = match what.mode & TYPE_MASK {
        // By name, as every reader of zips does; the mode of a directory is often wrong.
        _ if what.is_directory => DIRECTORY,
        DIRECTORY => DIRECTORY,
        0 | REGULAR => REGULAR,
        SYMLINK => SYMLINK,
        _ => {
            return Err(Problem::Special {
                entry,
                kind: "device, FIFO or socket",
            });
        }
    };
    let Some(path) = path else {
        return if kind == DIRECTORY {
            Ok(())
        } else {
            Err(Problem::NoName { entry })
        };
    };
    match kind {
        DIRECTORY if what.size > 0 => Err(damaged(io::Error::other("only files have content"))),
        DIRECTORY => collector.directory(&path),
        SYMLINK => {
            let mut target = Vec::new();
            content
                .take(LONGEST_TARGET)
                .read_to_end(&mut target)
                .map_err(damaged)?;
            collector.symlink(path, &target)
        }
        _ if collector.leave_out(&path, Shape::File) => Ok(()),
        _ => {
            let mut counted = Counted {
                inner: content,
                count: 0,
            };
            let taken = collector.file(path, what.mode, &mut counted);
            let found = counted.count;
            match taken {
                Ok(()) if found != what.size => Err(Problem::WrongSize {
                    entry,
                    declared: what.size,
                    found,
                }),
                Err(Problem::Sink {
                    source: SinkError::Read(source),
                    ..
                }) => Err(damaged(source)),
                other => other,
            }
        }
    }
}

/// The mode, where the archive comes from a system that has one.
fn mode(system: System, attributes: u32) -> u32 {
    match system {
        System::Unix | System::OsDarwin => attributes >> 16,
        _ => 0,
    }
}

struct Counted<'a> {
    inner: &'a mut dyn Read,
    count: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
}

fn archive_problem(error: ZipError) -> Problem {
    match error {
        ZipError::Io(source) => Problem::Damaged { source },
        // The library has no error of its own for this.
        ref other
            if other
                .to_string()
                .to_ascii_lowercase()
                .contains("multi-disk") =>
        {
            Problem::MultiDisk
        }
        other => Problem::Damaged {
            source: io::Error::other(other),
        },
    }
}
