//! Advisory locks on files and directories that other builds may move away or remove.
//!
//! A lock is held on what was opened, not on its name; so once it is ours, the name is looked up
//! again, and a lock on something that has left its place counts for nothing. The kernel gives a
//! lock back when its holder ends, however it ends. Interface: flock(2).

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

/// Waits for the lock of `path`; `None` if something else, or nothing, stands there by then.
///
/// Where the file system knows no locks, builds are on their own and the lock is an empty promise.
pub(super) fn wait(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(wait_for(&file, path)?.then_some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits for the lock of a file that is already open; says whether it still stands at `path`.
pub(super) fn wait_for(file: &File, path: &Path) -> io::Result<bool> {
    let _ = rustix::io::retry_on_intr(|| flock(file, FlockOperation::LockExclusive));
    stands_at(file, path)
}

/// Takes the lock of `path` if nobody has it.
pub(super) fn try_now(path: &Path) -> io::Result<Option<File>> {
    let file = File::open(path)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(stands_at(&file, path)?.then_some(file))
}

fn stands_at(file: &File, path: &Path) -> io::Result<bool> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let opened = file.metadata()?;
    Ok((opened.dev(), opened.ino()) == (found.dev(), found.ino()))
}
