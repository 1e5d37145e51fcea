//! Reads a tar, of whichever kind and compression.
//!
//! GNU long names and PAX records are applied in `tar_extension` rather than by the tar library,
//! which reads them into memory at any size. Devices, FIFOs, sparse files and entries of unknown
//! type are refused; a hard link becomes a file with the content of the one it names. An archive
//! without the block of zeros at its end is one that was cut off (POSIX pax, ustar format).

use std::io::{self, Read};

use tar::{Archive, EntryType, Header};

use super::{
    Problem, SinkError,
    bounded::{Bounded, problem},
    collect::Collector,
    format::{Compression, decompress, is_tar_header},
    packed::Packed,
    tar_extension::Extensions,
};
use crate::{excerpt::excerpt, exclude::Shape};

const BLOCK: u64 = 512;

/// Walks the archive and hands everything in it to `collector`.
pub(super) fn read(
    packed: &Packed<'_>,
    compression: Compression,
    collector: &mut Collector<'_>,
) -> Result<(), Problem> {
    let damaged = |source| problem(None, source);
    if compression != Compression::None {
        let mut first = Vec::new();
        let stream = decompress(packed, compression).map_err(damaged)?;
        stream
            .take(BLOCK)
            .read_to_end(&mut first)
            .map_err(damaged)?;
        // A tar without entries is zeros from its first block on.
        if !is_tar_header(&first) && !first.iter().all(|byte| *byte == 0) {
            return Err(Problem::NotATar {
                compression: compression.to_string(),
            });
        }
    }
    let stream = decompress(packed, compression).map_err(damaged)?;
    let mut stream = Bounded::new(stream, packed.size(), &collector.limits);
    let mut archive = Archive::new(&mut stream);
    let mut extensions = Extensions::default();
    for entry in archive.entries().map_err(damaged)?.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        if extensions.read(&mut entry)? {
            continue;
        }
        collector.count()?;
        let header = entry.header().clone();
        take(
            &header,
            &std::mem::take(&mut extensions),
            &mut entry,
            collector,
        )?;
    }
    if stream.zeros() < BLOCK {
        return Err(damaged(io::ErrorKind::UnexpectedEof.into()));
    }
    // The checksum of the compression comes after the last entry.
    io::copy(&mut stream, &mut io::sink()).map_err(damaged)?;
    Ok(())
}

fn take(
    header: &Header,
    extensions: &Extensions,
    content: &mut dyn Read,
    collector: &mut Collector<'_>,
) -> Result<(), Problem> {
    let raw = match &extensions.path {
        Some(path) => path.as_slice().into(),
        None => header.path_bytes(),
    };
    let entry = excerpt(&String::from_utf8_lossy(&raw));
    let damaged = |source| problem(Some(&entry), source);
    let size = header.entry_size().map_err(damaged)?;
    if extensions.size.is_some_and(|stated| stated != size) {
        return Err(damaged(io::Error::other("its two sizes differ")));
    }
    let kind = header.entry_type();
    let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
    // Before POSIX a directory was a file whose name ends with a slash.
    let is_directory = kind.is_dir() || (is_file && raw.ends_with(b"/"));
    let special = |kind| {
        Err(Problem::Special {
            entry: entry.clone(),
            kind,
        })
    };
    match kind {
        EntryType::Char => return special("character device"),
        EntryType::Block => return special("block device"),
        EntryType::Fifo => return special("FIFO"),
        EntryType::GNUSparse => return special("sparse file"),
        EntryType::Regular
        | EntryType::Continuous
        | EntryType::Directory
        | EntryType::Symlink
        | EntryType::Link => {}
        _ => return special("entry of unknown type"),
    }
    if extensions.is_sparse {
        return special("sparse file");
    }
    if size > 0 && (is_directory || !is_file) {
        return Err(damaged(io::Error::other("only files have content")));
    }
    let Some(path) = collector.path(&raw)? else {
        return if is_directory {
            Ok(())
        } else {
            Err(Problem::NoName { entry })
        };
    };
    if is_directory {
        return collector.directory(&path);
    }
    let link = match &extensions.link {
        Some(link) => Some(link.as_slice().into()),
        None => header.link_name_bytes(),
    };
    let link = link.unwrap_or_default();
    if kind.is_symlink() {
        return collector.symlink(path, &link);
    }
    if kind.is_hard_link() {
        return match collector.path(&link)? {
            Some(target) => collector.hard_link(path, &target),
            None => Err(Problem::HardLink {
                link: entry,
                target: excerpt(&String::from_utf8_lossy(&link)),
            }),
        };
    }
    if collector.leave_out(&path, Shape::File) {
        return Ok(());
    }
    let mode = header.mode().map_err(damaged)?;
    collector
        .file(path, mode, content)
        .map_err(|failure| match failure {
            Problem::Sink {
                source: SinkError::Read(source),
                ..
            } => damaged(source),
            other => other,
        })
}
