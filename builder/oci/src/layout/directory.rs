//! The layout as a directory, put in place in one step.
//!
//! It is built in a temporary neighbour, synced, and exchanged with what stood at the target
//! (`renameat2(2)`, `RENAME_EXCHANGE`), so that a reader sees the old layout or the new one and a
//! crash leaves at worst a hidden directory, which the next build removes. A directory that cannot
//! be moved, as a mount point cannot, is written in place. Builds that share a target take turns.
//! Blobs are copied from where they are, never linked: an edit of the layout must not reach the
//! cache. What the layout that is being replaced has already, and is whole, moves over by a link.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};

use super::{
    BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LAYOUT_MARKER, Layout, LayoutError, SHA256_DIRECTORY,
    blob_name,
    blobs::Blobs,
    closure::Closure,
    in_place, lock,
    staging::StagingDirectory,
    target::{self, Target},
};
use crate::digest::{Digest, VerifyingReader};

/// What writing a layout directory came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Replaced,
    /// The target already was this layout, byte for byte.
    Unchanged,
}

pub(super) fn write(
    blobs: &Blobs,
    closure: &Closure,
    index: &[u8],
    target: &Path,
) -> Result<Outcome, LayoutError> {
    let target = target::follow(target)?;
    let layout = Wanted {
        blobs,
        closure,
        index,
    };
    let mut staging = None;
    // Another build may put its layout there, or take it away, between two of our steps.
    loop {
        if target::inspect(&target)? == Target::Absent {
            let ready = match staging.take() {
                Some(ready) => ready,
                None => layout.stage(&target)?,
            };
            match fs::rename(ready.path(), &target) {
                Ok(()) => {
                    sync(parent(&target))?;
                    return Ok(Outcome::Created);
                }
                Err(error) if is_taken(&error) => staging = Some(ready),
                Err(source) => return Err(write_error(&target, source)),
            }
        }
        let Some(_lock) = lock(&target)? else {
            continue;
        };
        // What was there before the lock may have been another build's first half.
        match target::inspect(&target)? {
            Target::Absent => {}
            Target::Empty => {
                return match in_place::write(&target, blobs, closure, index) {
                    Ok(()) => Ok(Outcome::Created),
                    Err(error) => {
                        in_place::undo(&target);
                        Err(error)
                    }
                };
            }
            Target::Layout if layout.is_at(&target) => return Ok(Outcome::Unchanged),
            Target::Layout => {
                layout.replace(&target, staging)?;
                return Ok(Outcome::Replaced);
            }
        }
    }
}

/// The layout that is to stand at the target.
struct Wanted<'a> {
    blobs: &'a Blobs,
    closure: &'a Closure,
    index: &'a [u8],
}

impl Wanted<'_> {
    /// Builds it in a temporary neighbour of `target`.
    fn stage(&self, target: &Path) -> Result<StagingDirectory, LayoutError> {
        let failed = |source| write_error(target, source);
        if target.file_name().is_none() {
            return Err(LayoutError::Nameless {
                path: target.to_owned(),
            });
        }
        let parent = parent(target);
        fs::create_dir_all(parent).map_err(failed)?;
        let staging = StagingDirectory::new(parent).map_err(failed)?;
        self.fill(staging.path(), target)?;
        Ok(staging)
    }

    /// Fills the neighbour; `old` is what it is going to replace, if anything.
    fn fill(&self, root: &Path, old: &Path) -> Result<(), LayoutError> {
        let directory = root.join(SHA256_DIRECTORY);
        fs::create_dir_all(&directory).map_err(|source| write_error(&directory, source))?;
        for (digest, &size) in &self.closure.blobs {
            let (name, from) = (blob_name(digest), old.join(blob_name(digest)));
            // Copied when it cannot be linked, for whatever reason.
            if is_whole(&from, digest, size) && fs::hard_link(&from, root.join(&name)).is_ok() {
                continue;
            }
            create(&root.join(name), |file, path| {
                copy_blob(self.blobs, digest, file, path)
            })?;
        }
        for (name, bytes) in [(LAYOUT_FILE, LAYOUT_MARKER), (INDEX_FILE, self.index)] {
            create(&root.join(name), |file, path| {
                write_bytes(bytes, file, path)
            })?;
        }
        for path in [&directory, &root.join(BLOBS_DIRECTORY), root] {
            sync(path)?;
        }
        Ok(())
    }

    /// Puts it in the place of the layout at `target`, in one step wherever that is possible.
    fn replace(&self, target: &Path, staging: Option<StagingDirectory>) -> Result<(), LayoutError> {
        let staging = match staging.map_or_else(|| self.stage(target), Ok) {
            Ok(staging) => staging,
            Err(error) if keeps_its_place(&error) => return self.write_in_place(target),
            Err(error) => return Err(error),
        };
        match exchange(staging.path(), target) {
            Ok(()) => {}
            Err(error) if keeps_its_place(&error) => {
                drop(staging);
                return self.write_in_place(target);
            }
            Err(error) => return Err(error),
        }
        sync(parent(target))?;
        // What stood at the target is now in the staging directory.
        let old = staging.path().to_owned();
        staging.remove().map_err(|source| write_error(&old, source))
    }

    fn write_in_place(&self, target: &Path) -> Result<(), LayoutError> {
        in_place::write(target, self.blobs, self.closure, self.index)
    }

    /// Says whether `target` is this layout, with every blob hashed again and none to spare.
    fn is_at(&self, target: &Path) -> bool {
        let found = target.join(INDEX_FILE);
        let same_index = fs::metadata(&found)
            .is_ok_and(|found| found.len() == self.index.len() as u64)
            && fs::read(&found).is_ok_and(|found| found == self.index);
        let count = fs::read_dir(target.join(SHA256_DIRECTORY)).map_or(0, Iterator::count);
        same_index
            && count == self.closure.blobs.len()
            && Layout::open(target).is_ok_and(|layout| layout.verify().is_ok())
    }
}

/// Says whether a rename met a directory that was not there before.
fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty
    )
}

/// Says whether a directory can be written but not moved: a mount point is busy, and the parent of
/// one in a container often belongs to somebody else.
fn keeps_its_place(error: &LayoutError) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    match error {
        // The working directory, named `.`, has no name to move it to.
        LayoutError::Nameless { .. } => true,
        LayoutError::Write { source, .. } => matches!(
            source.kind(),
            ResourceBusy | CrossesDevices | PermissionDenied | ReadOnlyFilesystem
        ),
        _ => false,
    }
}

/// Locks the directory `target`, or finds that it has been replaced or removed.
///
/// The lock is on a directory that nobody else has a reason to lock, as a script may have for the
/// target itself.
fn lock(target: &Path) -> Result<Option<File>, LayoutError> {
    let directory = target.join(SHA256_DIRECTORY);
    for path in [&target.join(BLOBS_DIRECTORY), &directory] {
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(write_error(path, source)),
        }
    }
    lock::wait(&directory).map_err(|source| write_error(&directory, source))
}

/// Says whether a plain file has the bytes that its digest names.
fn is_whole(path: &Path, digest: &Digest, size: u64) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
        return false;
    };
    let mut reader = VerifyingReader::new(file, *digest, size);
    io::copy(&mut reader, &mut io::sink()).is_ok()
}

/// Copies a blob, which is verified on the way.
pub(super) fn copy_blob(
    blobs: &Blobs,
    digest: &Digest,
    file: &mut File,
    path: &Path,
) -> Result<(), LayoutError> {
    let mut source = blobs.open(digest)?;
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => write_bytes(&buffer[..count], file, path)?,
            Err(error) => return Err(blobs.read_error(digest, error)),
        }
    }
}

pub(super) fn write_bytes(bytes: &[u8], file: &mut File, path: &Path) -> Result<(), LayoutError> {
    file.write_all(bytes)
        .map_err(|source| write_error(path, source))
}

fn create(
    path: &Path,
    fill: impl FnOnce(&mut File, &Path) -> Result<(), LayoutError>,
) -> Result<(), LayoutError> {
    let failed = |source| write_error(path, source);
    let mut file = File::create_new(path).map_err(failed)?;
    fill(&mut file, path)?;
    file.sync_all().map_err(failed)
}

fn exchange(staging: &Path, target: &Path) -> Result<(), LayoutError> {
    let failed = |source| write_error(target, source);
    match renameat_with(CWD, staging, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Not every file system can exchange; two renames leave a short gap, and no more.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            let aside = staging.with_extension("old");
            fs::rename(target, &aside).map_err(failed)?;
            if let Err(source) = fs::rename(staging, target) {
                fs::rename(&aside, target).map_err(failed)?;
                return Err(failed(source));
            }
            fs::rename(&aside, staging).map_err(failed)
        }
        Err(error) => Err(failed(error.into())),
    }
}

pub(super) fn sync(directory: &Path) -> Result<(), LayoutError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| write_error(directory, source))
}

pub(super) fn parent(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

pub(super) fn write_error(path: &Path, source: io::Error) -> LayoutError {
    LayoutError::Write {
        path: path.to_owned(),
        source,
    }
}
