//! The lock on disk.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::{Lock, LockError, text};

/// How a lock is called while it is written.
const DRAFT: &str = ".wpimg.lock.";
/// A lock of two platforms has a hundred kilobytes.
const SIZE_LIMIT: u64 = 16 << 20;

/// Reads the lock, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<Lock>, LockError> {
    let unreadable = |source| LockError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(unreadable)?,
    };
    let mut text = String::new();
    file.take(SIZE_LIMIT + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > SIZE_LIMIT {
        return Err(LockError::TooLarge {
            path: path.to_owned(),
            limit: SIZE_LIMIT,
        });
    }
    let lock = text::from_text(&text).map_err(|source| LockError::Malformed {
        path: path.to_owned(),
        source,
    })?;
    Ok(Some(lock))
}

/// Removes the drafts of commands that were killed; one that is being written is locked.
///
/// This is tidying up: what cannot be removed is no reason to fail.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_draft && is_file {
            let path = entry.path();
            let left_over = File::open(&path).is_ok_and(|draft| draft.try_lock().is_ok());
            if left_over {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Writes the lock, whole or not at all.
pub(crate) fn write(lock: &Lock, path: &Path) -> Result<(), LockError> {
    let write = || {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        sweep(folder);
        let mut file = tempfile::Builder::new()
            .prefix(DRAFT)
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(folder)?;
        file.as_file().lock()?;
        file.write_all(text::to_text(lock).as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| LockError::Unwritable {
        path: path.to_owned(),
        source,
    })
}
