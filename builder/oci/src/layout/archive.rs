//! The layout as one tar: marker first, then the index, then blobs by digest.
//!
//! Times are zero and owners root, so equal layouts give equal archives.

use std::{
    io::{BufWriter, Read, Write},
    path::Path,
};

use super::{
    BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LAYOUT_MARKER, LayoutError, SHA256_DIRECTORY,
    blob_name, blobs::Blobs, closure::Closure, directory::parent, docker, staging, target,
};
use crate::{
    digest::Digest,
    tar_stream::{CopyError, Member, MemberKind, TarStream},
};

/// Makes an archive readable for engines that know only the `docker save` format.
///
/// Layers stay compressed as they are. Docker 20.10 loads gzip and plain ones this way and fails
/// on zstd with "invalid tar header"; `LayoutWriter::docker_archive` serves such an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerCompat {
    /// The one image such an engine will see.
    pub manifest: Digest,
    /// Names it gets, as in `shop:6.8`.
    pub repository_tags: Vec<String>,
}

pub(super) fn write(
    blobs: &Blobs,
    closure: &Closure,
    index: &[u8],
    docker: Option<&DockerCompat>,
    sink: impl Write,
) -> Result<(), LayoutError> {
    let mut archive = Archive::new(sink);
    archive.document(LAYOUT_FILE, LAYOUT_MARKER)?;
    archive.document(INDEX_FILE, index)?;
    if let Some(DockerCompat {
        manifest,
        repository_tags,
    }) = docker
    {
        let list = docker::compressed_list(blobs, manifest, repository_tags)?;
        archive.document(docker::LIST_FILE, &list)?;
    }
    archive.directories()?;
    for (digest, size) in &closure.blobs {
        archive
            .file(&blob_name(digest), *size, &mut blobs.open(digest)?)
            .map_err(|error| match error {
                CopyError::Source(source) => blobs.read_error(digest, source),
                CopyError::Sink(source) => LayoutError::Sink { source },
            })?;
    }
    archive.finish()
}

/// Runs `fill` against a temporary neighbour of `target` and moves it there when it is complete.
pub(super) fn write_file(
    target: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut std::fs::File>) -> Result<(), LayoutError>,
) -> Result<(), LayoutError> {
    let target = &*target::follow(target)?;
    target::inspect_file(target)?;
    let failed = |source| LayoutError::Write {
        path: target.to_owned(),
        source,
    };
    let parent = parent(target);
    std::fs::create_dir_all(parent).map_err(failed)?;
    staging::sweep(parent);
    let mut temporary = staging::file(parent).map_err(failed)?;
    let mut sink = BufWriter::new(temporary.as_file_mut());
    fill(&mut sink)
        .and_then(|()| sink.flush().map_err(failed))
        .map_err(|error| match error {
            LayoutError::Sink { source } => failed(source),
            other => other,
        })?;
    drop(sink);
    temporary.as_file().sync_all().map_err(failed)?;
    temporary
        .persist(target)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

/// A tar of plain files.
pub(super) struct Archive<W> {
    stream: TarStream<W>,
}

impl<W: Write> Archive<W> {
    pub(super) fn new(sink: W) -> Self {
        Self {
            stream: TarStream::new(sink),
        }
    }

    pub(super) fn directories(&mut self) -> Result<(), LayoutError> {
        for path in [BLOBS_DIRECTORY, SHA256_DIRECTORY] {
            let member = Member {
                mode: 0o755,
                ..member(path, MemberKind::Directory)
            };
            self.stream
                .append(&member)
                .map_err(|source| LayoutError::Sink { source })?;
        }
        Ok(())
    }

    pub(super) fn document(&mut self, path: &str, bytes: &[u8]) -> Result<(), LayoutError> {
        match self.file(path, bytes.len() as u64, &mut &*bytes) {
            Ok(()) => Ok(()),
            // Reading from memory cannot fail, so either is the destination's fault.
            Err(CopyError::Source(source) | CopyError::Sink(source)) => {
                Err(LayoutError::Sink { source })
            }
        }
    }

    pub(super) fn file(
        &mut self,
        path: &str,
        size: u64,
        source: &mut impl Read,
    ) -> Result<(), CopyError> {
        self.stream
            .append_file(&member(path, MemberKind::File), size, source)
    }

    pub(super) fn finish(self) -> Result<(), LayoutError> {
        self.stream
            .finish()
            .and_then(|mut sink| sink.flush())
            .map_err(|source| LayoutError::Sink { source })
    }
}

fn member<'a>(path: &'a str, kind: MemberKind<'a>) -> Member<'a> {
    Member {
        path,
        kind,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: 0,
    }
}
