//! The cache directory itself: its marker, its temporary files, and what old builds left there.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

use super::CacheError;

/// Files being written; in the cache, so that a rename stays on one file system.
pub(super) const TEMPORARY: &str = "tmp";
/// The marker while it is written: it appears whole or not at all.
const MARKER_DRAFT: &str = ".wpimg-marker-";
const MARKER: &str = "CACHEDIR.TAG";
/// The first line is the signature that the Cache Directory Tagging Specification demands.
const MARKER_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
# The cache of wpimg. Everything here can be fetched or built again.\n";
/// What is older and not locked belongs to no build that runs: a file is locked the moment it has been made.
const LEFTOVER_AGE: Duration = Duration::from_mins(1);
/// Where locks do not work (some network file systems) only time tells, and no build takes a day.
const UNLOCKED_LEFTOVER_AGE: Duration = Duration::from_hours(24);

/// Creates what is missing and proves that files can be written.
///
/// Only a directory that was empty becomes a cache: what somebody else put there is not ours to
/// sweep, and after `wpimg cache clean` it would be gone.
pub(super) fn prepare(root: &Path) -> Result<(), CacheError> {
    if !is_ours(root) {
        adopt(root)?;
    }
    let temporary = root.join(TEMPORARY);
    if let Err(source) = fs::create_dir_all(&temporary) {
        // An existing cache on a read-only disk is another problem than a path that cannot be.
        return Err(if root.is_dir() {
            CacheError::NotWritable {
                path: root.to_owned(),
                source,
            }
        } else {
            CacheError::Create {
                path: root.to_owned(),
                source,
            }
        });
    }
    NamedTempFile::new_in(&temporary).map_err(|source| CacheError::NotWritable {
        path: root.to_owned(),
        source,
    })?;
    Ok(())
}

/// Marks an empty or new directory as a cache.
fn adopt(root: &Path) -> Result<(), CacheError> {
    let create = |source| CacheError::Create {
        path: root.to_owned(),
        source,
    };
    fs::create_dir_all(root).map_err(create)?;
    for entry in fs::read_dir(root).map_err(create)? {
        let name = entry.map_err(create)?.file_name();
        // Another build may be adopting it at this moment.
        if !name.to_string_lossy().starts_with(MARKER_DRAFT) && !is_ours(root) {
            return Err(CacheError::Occupied {
                path: root.to_owned(),
            });
        }
    }
    let written = tempfile::Builder::new()
        .prefix(MARKER_DRAFT)
        .tempfile_in(root)
        .and_then(|mut draft| {
            draft.write_all(MARKER_TEXT.as_bytes())?;
            draft.persist(root.join(MARKER)).map_err(io::Error::from)
        });
    written.map(drop).map_err(|source| CacheError::NotWritable {
        path: root.to_owned(),
        source,
    })
}

/// Whether we made this directory.
pub(super) fn is_ours(root: &Path) -> bool {
    fs::read_to_string(root.join(MARKER)).is_ok_and(|text| text == MARKER_TEXT)
}

/// The directories we may empty.
pub(super) fn own_directories(root: &Path) -> impl Iterator<Item = PathBuf> {
    [
        "indexes",
        "packages",
        "sources",
        "blobs",
        "selections",
        "layers",
        "bases",
        "sites",
        TEMPORARY,
    ]
    .map(|name| root.join(name))
    .into_iter()
}

/// Removes temporary files that no running build can own.
///
/// Failing to sweep costs space, not correctness, so it is not reported.
pub(super) fn sweep(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else {
        return;
    };
    let now = SystemTime::now();
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified
            .ok()
            .and_then(|modified| now.duration_since(modified).ok());
        let path = entry.path();
        let is_left = age.is_some_and(|age| {
            age > UNLOCKED_LEFTOVER_AGE || (age > LEFTOVER_AGE && is_abandoned(&path))
        });
        if is_left {
            let _ = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
        }
    }
}

/// Whether nobody holds the lock that the writer of a temporary file takes (flock(2)).
fn is_abandoned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}
