//! How much the cache holds, and emptying it.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{CacheError, directory};

/// Files and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CacheUsage {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// Counts what the cache holds; a cache that does not exist holds nothing.
pub(crate) fn usage(root: &Path) -> Result<CacheUsage, CacheError> {
    let mut usage = CacheUsage::default();
    let mut pending: Vec<PathBuf> = directory::own_directories(root).collect();
    while let Some(path) = pending.pop() {
        let unreadable = |source| CacheError::Read {
            path: path.clone(),
            source,
        };
        let Some(entries) = present(fs::read_dir(&path)).map_err(unreadable)? else {
            continue;
        };
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            // A running build may have renamed it away meanwhile.
            let Some(metadata) = present(entry.metadata()).map_err(unreadable)? else {
                continue;
            };
            if metadata.is_dir() {
                pending.push(entry.path());
            } else {
                usage.files += 1;
                usage.bytes += metadata.len();
            }
        }
    }
    Ok(usage)
}

/// Removes everything the cache holds and says how much that was.
///
/// Refuses a directory that we did not make: `--cache-dir ~` must not cost anybody their files.
pub(crate) fn clean(root: &Path) -> Result<CacheUsage, CacheError> {
    if present(fs::read_dir(root)).ok().flatten().is_none() {
        return Ok(CacheUsage::default());
    }
    if !directory::is_ours(root) {
        return Err(CacheError::NotACache {
            path: root.to_owned(),
        });
    }
    let removed = usage(root)?;
    for path in directory::own_directories(root) {
        present(fs::remove_dir_all(&path)).map_err(|source| CacheError::Remove {
            path: path.clone(),
            source,
        })?;
    }
    Ok(removed)
}

/// Turns "not found" into `None`.
fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
