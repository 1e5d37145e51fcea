//! Writing one cache file: to a temporary name, hashed on the way, synced, renamed.
//!
//! Data is synced before the rename. Without it, a power cut could leave a file that has its final
//! name and size but not its bytes, and sizes are all that `Cache::get` checks. The directory is not
//! synced: losing the name of a whole file only means fetching it again.

use std::{
    fs,
    io::{self, Seek as _, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use wpimg_oci::digest::{Digest, Hasher};

use super::{Bucket, Cache, CacheError};

/// A file on its way into the cache. Dropped without `commit`, it leaves nothing.
pub(crate) struct CacheWriter {
    cache: Cache,
    bucket: Bucket,
    file: NamedTempFile,
    hasher: Hasher,
    written: u64,
}

impl CacheWriter {
    pub(super) fn create(cache: Cache, bucket: Bucket) -> Result<Self, CacheError> {
        let file = temporary_file(&cache)?;
        Ok(Self {
            cache,
            bucket,
            file,
            hasher: Hasher::new(),
            written: 0,
        })
    }

    /// Appends bytes.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), CacheError> {
        self.write_all(bytes)
            .map_err(|source| CacheError::writing(self.file.path(), self.written, source))
    }

    /// How many bytes have been written.
    pub(crate) fn size(&self) -> u64 {
        self.written
    }

    /// The digest of what has been written.
    pub(crate) fn digest(&self) -> Digest {
        self.hasher.clone().finish()
    }

    /// Appends all of a file, from its beginning.
    pub(crate) fn append_file(&mut self, file: &mut fs::File) -> Result<(), CacheError> {
        let copied = file.rewind().and_then(|()| io::copy(file, self));
        copied
            .map(drop)
            .map_err(|source| CacheError::writing(self.file.path(), self.written, source))
    }

    /// Makes the file visible under its digest. Blocks until the disk has the bytes.
    pub(crate) fn commit(self) -> Result<PathBuf, CacheError> {
        let target = self.cache.path(self.bucket, &self.digest());
        publish(self.file, &target, self.written)?;
        Ok(target)
    }
}

impl Write for CacheWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A new file beside the cache's own, on the same file system.
pub(super) fn temporary_file(cache: &Cache) -> Result<NamedTempFile, CacheError> {
    let directory = cache.temporary_directory();
    let file = NamedTempFile::new_in(&directory)
        .map_err(|source| CacheError::writing(&directory, 0, source))?;
    // The kernel gives it back however we end. Without it the file is ours by its age alone.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Syncs `file` and gives it its name, replacing what is there.
pub(super) fn publish(file: NamedTempFile, target: &Path, size: u64) -> Result<(), CacheError> {
    let failed = |source| CacheError::writing(target, size, source);
    file.as_file().sync_data().map_err(failed)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    // `persist` renames, which replaces a file that another build put there meanwhile.
    file.persist(target).map_err(|error| failed(error.error))?;
    Ok(())
}
