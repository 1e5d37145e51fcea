//! The writer: blobs are collected, then written in whichever form is asked for.
//!
//! Nothing touches the disk until a `write_` method runs. Blobs that the index does not reach are
//! left out, so one writer can serve a build whose index is decided last.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    DockerCompat, LayoutError, Outcome, archive, blobs::Blobs, closure::Closure, directory, docker,
};
use crate::{digest::Digest, image::Index};

/// Collects blobs and writes them as a layout or an archive.
#[derive(Debug, Clone, Default)]
pub struct LayoutWriter {
    pub(super) blobs: Blobs,
}

impl LayoutWriter {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a manifest, index or config and returns its digest.
    pub fn add_blob(&mut self, bytes: impl Into<Arc<[u8]>>) -> Digest {
        self.blobs.add_bytes(bytes.into())
    }

    /// Adds a blob that lies in the file at `path`; it is copied and verified when it is written.
    pub fn add_blob_file(&mut self, digest: Digest, size: u64, path: impl Into<PathBuf>) {
        self.blobs.add_file(digest, size, path.into());
    }

    /// Writes the layout directory `target` in one step: it is either as before or complete.
    ///
    /// A layout that stands there already is replaced, or left alone if it is this very one;
    /// anything else that stands there is refused.
    pub fn write_directory(&self, index: &Index, target: &Path) -> Result<Outcome, LayoutError> {
        let closure = Closure::of(index, &self.blobs)?;
        directory::write(&self.blobs, &closure, &index.to_bytes()?, target)
    }

    /// Streams the layout as one tar, which `skopeo` and docker 25 or newer read.
    ///
    /// With `docker`, older engines find what they need in it as well.
    pub fn write_archive(
        &self,
        index: &Index,
        docker: Option<&DockerCompat>,
        sink: impl Write,
    ) -> Result<(), LayoutError> {
        let closure = Closure::of(index, &self.blobs)?;
        archive::write(&self.blobs, &closure, &index.to_bytes()?, docker, sink)
    }

    /// Writes the archive to the file `target` in one step.
    pub fn write_archive_file(
        &self,
        index: &Index,
        docker: Option<&DockerCompat>,
        target: &Path,
    ) -> Result<(), LayoutError> {
        archive::write_file(target, |sink| self.write_archive(index, docker, sink))
    }

    /// Streams one image in the form `docker save` writes and every `docker load` reads.
    ///
    /// Layers are decompressed on the way, since older engines know no zstd; the image's id is the
    /// digest of its config and stays what it is.
    pub fn docker_archive(
        &self,
        manifest: &Digest,
        repository_tags: &[String],
        sink: impl Write,
    ) -> Result<(), LayoutError> {
        docker::write(&self.blobs, manifest, repository_tags, sink)
    }
}
