//! The way from entries to a blob: checks, tar, hash, compressor, hash.
//!
//! ```text
//! entries -> tar stream -> 64 KiB blocks -> SHA-256 (diff id) -> compressor -> SHA-256 (digest) -> sink
//! ```

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{Compression, LayerError, block::BlockWriter};
use crate::{
    digest::{Digest, HashingWriter},
    rootfs::{Entry, Kind, TreePath},
    tar_stream::{CopyError, Member, MemberKind, TarStream},
};

/// The longest link target a Linux file system can hold (`PATH_MAX` less the terminating NUL).
const LONGEST_TARGET: usize = 4095;

/// What, besides the entries, decides a layer's bytes; `threads` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerOptions {
    pub compression: Compression,
    /// No entry is newer than this many seconds after the epoch.
    pub clamp_mtime: i64,
    /// Workers for zstd; 0 counts as 1, and gzip always uses one.
    pub threads: u32,
}

/// A layer that has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerBlob {
    /// Of the blob as it lies in a registry.
    pub digest: Digest,
    pub size: u64,
    /// Of the tar stream inside it.
    pub diff_id: Digest,
    pub uncompressed_size: u64,
    pub media_type: &'static str,
}

/// Writes `entries`, which come in path order with their parents, as one layer to `sink`.
pub fn write<'a>(
    entries: impl Iterator<Item = (&'a TreePath, &'a Entry)>,
    options: &LayerOptions,
    sink: impl Write,
) -> Result<LayerBlob, LayerError> {
    let encoder = options
        .compression
        .encoder(options.threads, HashingWriter::new(sink))?;
    let mut stream = TarStream::new(BlockWriter::new(HashingWriter::new(encoder)));
    let mut checks = Checks::default();
    for (path, entry) in entries {
        checks.admit(path, entry)?;
        append(&mut stream, path, entry, options.clamp_mtime)?;
    }
    finish(stream, options.compression).map_err(|source| LayerError::Sink { source })
}

fn append(
    stream: &mut TarStream<impl Write>,
    path: &TreePath,
    entry: &Entry,
    clamp_mtime: i64,
) -> Result<(), LayerError> {
    let kind = match &entry.kind {
        Kind::Directory => MemberKind::Directory,
        Kind::File(_) => MemberKind::File,
        Kind::Symlink(target) => MemberKind::Symlink(target),
        Kind::Hardlink(target) => MemberKind::Hardlink(target.as_str()),
    };
    let member = Member {
        path: path.as_str(),
        kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        // Tar has no portable spelling for times before the epoch.
        mtime: u64::try_from(entry.mtime.min(clamp_mtime)).unwrap_or(0),
    };
    match entry.content() {
        None => stream
            .append(&member)
            .map_err(|source| LayerError::Sink { source }),
        Some(content) => stream
            .append_file(&member, content.size(), &mut content.open())
            .map_err(|error| match error {
                CopyError::Source(source) => LayerError::Content {
                    path: path.clone(),
                    source,
                },
                CopyError::Sink(source) => LayerError::Sink { source },
            }),
    }
}

type Blocks<W> = BlockWriter<HashingWriter<super::compression::Encoder<HashingWriter<W>>>>;

fn finish<W: Write>(
    stream: TarStream<Blocks<W>>,
    compression: Compression,
) -> io::Result<LayerBlob> {
    let (encoder, diff_id, uncompressed_size) = stream.finish()?.finish()?.finish();
    let (mut sink, digest, size) = encoder.finish()?.finish();
    sink.flush()?;
    Ok(LayerBlob {
        digest,
        size,
        diff_id,
        uncompressed_size,
        media_type: compression.media_type(),
    })
}

/// What has been written so far, as far as later entries depend on it.
#[derive(Default)]
struct Checks {
    written: BTreeMap<TreePath, Written>,
}

#[derive(PartialEq, Eq)]
enum Written {
    Directory,
    File,
    Link,
}

impl Checks {
    fn admit(&mut self, path: &TreePath, entry: &Entry) -> Result<(), LayerError> {
        if let Some((previous, _)) = self.written.last_key_value()
            && previous >= path
        {
            return Err(LayerError::OutOfOrder {
                path: path.clone(),
                previous: previous.clone(),
            });
        }
        if let Some(parent) = path.parent()
            && self.written.get(&parent) != Some(&Written::Directory)
        {
            return Err(LayerError::MissingParent { path: path.clone() });
        }
        let written = match &entry.kind {
            Kind::Directory => Written::Directory,
            Kind::File(_) => Written::File,
            Kind::Symlink(target) => {
                if target.is_empty() || target.len() > LONGEST_TARGET || target.contains('\0') {
                    return Err(LayerError::SymlinkTarget { path: path.clone() });
                }
                Written::Link
            }
            Kind::Hardlink(target) if self.written.get(target) == Some(&Written::File) => {
                Written::Link
            }
            Kind::Hardlink(target) => {
                let target = target.clone();
                return Err(LayerError::HardlinkTarget {
                    path: path.clone(),
                    target,
                });
            }
        };
        self.written.insert(path.clone(), written);
        Ok(())
    }
}
