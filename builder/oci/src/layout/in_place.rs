//! The layout written into a directory that has to stay: an empty one, or a mount point.
//!
//! The marker comes first, so that a build that is killed leaves something the next one recognises;
//! then the blobs, each under its final name only when it is complete; then the index, which takes
//! effect at once; and last the blobs go that it does not reach.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use super::{
    BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LAYOUT_MARKER, LayoutError, SHA256_DIRECTORY,
    blob_name,
    blobs::Blobs,
    closure::Closure,
    directory::{copy_blob, sync, write_bytes, write_error},
    staging,
};
use crate::digest::{Digest, VerifyingReader};

/// Writes into the directory `root`; the caller holds its lock, so leftovers in it are nobody's.
pub(super) fn write(
    root: &Path,
    blobs: &Blobs,
    closure: &Closure,
    index: &[u8],
) -> Result<(), LayoutError> {
    let directory = root.join(SHA256_DIRECTORY);
    staging::sweep(&directory);
    put(root, LAYOUT_FILE, |file, path| {
        write_bytes(LAYOUT_MARKER, file, path)
    })?;
    for (digest, size) in &closure.blobs {
        if !is_intact(root, digest, *size) {
            put(root, &blob_name(digest), |file, path| {
                copy_blob(blobs, digest, file, path)
            })?;
        }
    }
    // The index must not reach the disk before the blobs it names.
    sync(&directory)?;
    put(root, INDEX_FILE, |file, path| {
        write_bytes(index, file, path)
    })?;
    sync(root)?;
    remove_unreached(&directory, closure)?;
    for path in [&directory, &root.join(BLOBS_DIRECTORY)] {
        sync(path)?;
    }
    Ok(())
}

/// Makes a directory empty again whose first layout could not be completed.
pub(super) fn undo(root: &Path) {
    // The error that brought us here is the one to report.
    let _ = fs::remove_file(root.join(INDEX_FILE));
    let _ = fs::remove_dir_all(root.join(BLOBS_DIRECTORY));
    let _ = fs::remove_file(root.join(LAYOUT_FILE));
}

fn put(
    root: &Path,
    name: &str,
    fill: impl FnOnce(&mut File, &Path) -> Result<(), LayoutError>,
) -> Result<(), LayoutError> {
    let path = root.join(name);
    let failed = |source| write_error(&path, source);
    // On the same file system as the target, even if the root is a mount point.
    let mut temporary = staging::file(&root.join(SHA256_DIRECTORY)).map_err(failed)?;
    fill(temporary.as_file_mut(), &path)?;
    temporary.as_file().sync_all().map_err(failed)?;
    match temporary.persist(&path) {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

/// Says whether a blob is already there, whole.
fn is_intact(root: &Path, digest: &Digest, size: u64) -> bool {
    File::open(root.join(blob_name(digest))).is_ok_and(|file| {
        let mut content = VerifyingReader::new(file, *digest, size);
        io::copy(&mut content, &mut io::sink()).is_ok()
    })
}

fn remove_unreached(directory: &Path, closure: &Closure) -> Result<(), LayoutError> {
    let failed = |source| write_error(directory, source);
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let digest = name.to_str().and_then(|name| Digest::from_hex(name).ok());
        if digest.is_none_or(|digest| !closure.blobs.contains_key(&digest)) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}
