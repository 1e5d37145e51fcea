//! The cache: a directory of files named by what is in them.
//!
//! ```text
//! <cache>/                          $XDG_CACHE_HOME/wpimg unless named otherwise
//! ├── CACHEDIR.TAG                  tells backup programs to pass by; proves that this is ours
//! ├── indexes/sha256/ab/abcd…       Packages files, as signed
//! ├── selections/ab/abcd….json      which packages a recipe selects from an archive
//! ├── packages/sha256/ab/abcd…      .deb files, as signed
//! ├── sources/sha256/ab/abcd…       WordPress, plugins and themes as they were fetched
//! ├── sites/ab/abcd….json           what archives of a site hold, and the layer they gave
//! ├── blobs/sha256/ab/abcd…         finished layers and configurations
//! ├── layers/ab/abcd….json          which blob a set of layer inputs gave
//! ├── bases/ab/abcd….json           which layers the packages of an image gave
//! └── tmp/                          files being written
//! ```
//!
//! A file appears under its name by one rename, after its bytes have been hashed and written to the
//! disk. So a file that is there is whole: `get` compares the size, which catches a disk that lost
//! data, and does not hash again. Two builds at once write the same bytes under the same name; the
//! last rename wins and nobody notices. A killed build leaves something in `tmp` only, which is
//! swept by the next one: whoever writes a file there holds a lock on it.
//!
//! Nothing here knows what the files mean. A record is never trusted for bytes: it only names a
//! digest that is then looked up.

mod directory;
mod error;
mod record;
mod usage;
mod write;

pub(crate) use error::CacheError;
pub(crate) use record::RecordKind;
pub(crate) use usage::{CacheUsage, clean, usage};
pub(crate) use write::CacheWriter;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use wpimg_oci::digest::Digest;

/// An opened cache directory. Clones share it; every method may be called from any thread.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    root: Arc<Path>,
}

/// What kind of files live together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    Indexes,
    Packages,
    /// Archives from elsewhere.
    Sources,
    Blobs,
}

impl Bucket {
    fn directory(self) -> &'static str {
        match self {
            Self::Indexes => "indexes/sha256",
            Self::Packages => "packages/sha256",
            Self::Sources => "sources/sha256",
            Self::Blobs => "blobs/sha256",
        }
    }
}

impl Cache {
    /// Opens the cache, creating it when needed, and sweeps what killed builds left behind.
    pub(crate) fn open(root: &Path) -> Result<Self, CacheError> {
        directory::prepare(root)?;
        let cache = Self { root: root.into() };
        directory::sweep(&cache.temporary_directory());
        Ok(cache)
    }

    /// Where the cache lies.
    #[cfg(test)]
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The file with this digest, if the cache has it in this size.
    ///
    /// A file of another size was damaged by the disk; it is removed, so that it is fetched again.
    pub(crate) fn get(&self, bucket: Bucket, digest: &Digest, size: u64) -> Option<PathBuf> {
        let path = self.path(bucket, digest);
        let found = fs::metadata(&path).ok()?;
        if found.is_file() && found.len() == size {
            return Some(path);
        }
        // If it cannot be removed, the rename of the new file replaces it.
        let _ = fs::remove_file(&path);
        None
    }

    /// Throws a file away whose bytes turned out to be wrong.
    pub(crate) fn remove(&self, bucket: Bucket, digest: &Digest) {
        // If it cannot be removed, the rename of the new file replaces it.
        let _ = fs::remove_file(self.path(bucket, digest));
    }

    /// Starts a file that will be stored under the digest of what is written to it.
    pub(crate) fn writer(&self, bucket: Bucket) -> Result<CacheWriter, CacheError> {
        CacheWriter::create(self.clone(), bucket)
    }

    /// Stores bytes that are already in memory.
    #[cfg(test)]
    pub(crate) fn put(
        &self,
        bucket: Bucket,
        bytes: &[u8],
    ) -> Result<(Digest, PathBuf), CacheError> {
        let mut writer = self.writer(bucket)?;
        writer.append(bytes)?;
        let digest = writer.digest();
        writer.commit().map(|path| (digest, path))
    }

    fn path(&self, bucket: Bucket, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.root
            .join(bucket.directory())
            .join(&hex[..2])
            .join(&hex)
    }

    /// A directory on the cache's file system, for files that are renamed into it or thrown away.
    pub(crate) fn temporary_directory(&self) -> PathBuf {
        self.root.join(directory::TEMPORARY)
    }
}

#[cfg(test)]
mod tests;
