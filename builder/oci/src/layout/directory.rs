//! The layout as a directory, put in place in one step.
//!
//! It is built in a temporary neighbour, synced, and exchanged with what stood at the target
//! (`renameat2(2)`, `RENAME_EXCHANGE`), so that a reader sees the old layout or the new one and a
//! crash leaves at worst a hidden directory behind. Blobs are copied, never linked: an edit of
//! the layout must not reach the cache the blobs came from.

use std::{
    fs::{self, File, Permissions},
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};
use tempfile::TempDir;

use super::{
    BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LAYOUT_MARKER, Layout, LayoutError, Occupant,
    SHA256_DIRECTORY, blob_name,
    blobs::{Blobs, read_error},
    closure::Closure,
};
use crate::digest::Digest;

/// What writing a layout directory came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Replaced,
    /// The target already was this layout, byte for byte.
    Unchanged,
}

enum Target {
    /// Nothing, or an empty directory.
    Free,
    Layout,
}

pub(super) fn write(
    blobs: &Blobs,
    closure: &Closure,
    index: &[u8],
    target: &Path,
) -> Result<Outcome, LayoutError> {
    let target = follow(target)?;
    let occupied = inspect(&target)?;
    if matches!(occupied, Target::Layout) && holds(&target, index, closure) {
        return Ok(Outcome::Unchanged);
    }
    let staging = stage(&target)?;
    fill(staging.path(), blobs, closure, index)?;
    match occupied {
        Target::Free => {
            fs::rename(staging.path(), &target).map_err(|source| write_error(&target, source))?;
        }
        Target::Layout => exchange(staging.path(), &target)?,
    }
    sync(parent(&target))?;
    match occupied {
        Target::Free => Ok(Outcome::Created),
        Target::Layout => {
            // What stood at the target is now in the staging directory.
            let old = staging.path().to_owned();
            staging
                .close()
                .map_err(|source| write_error(&old, source))?;
            Ok(Outcome::Replaced)
        }
    }
}

/// Returns where a link leads, so that the layout is replaced and not the link to it.
fn follow(target: &Path) -> Result<PathBuf, LayoutError> {
    if !target.is_symlink() {
        return Ok(target.to_owned());
    }
    fs::canonicalize(target).map_err(|_| LayoutError::Occupied {
        path: target.to_owned(),
        occupant: Occupant::DanglingLink,
    })
}

fn inspect(target: &Path) -> Result<Target, LayoutError> {
    let read_failed = |source| LayoutError::Read {
        path: target.to_owned(),
        source,
    };
    let occupied = |occupant| LayoutError::Occupied {
        path: target.to_owned(),
        occupant,
    };
    match fs::metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::Free),
        Err(error) => return Err(read_failed(error)),
        Ok(metadata) if !metadata.is_dir() => return Err(occupied(Occupant::File)),
        Ok(_) => {}
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(target).map_err(read_failed)? {
        names.push(entry.map_err(read_failed)?.file_name());
    }
    names.sort();
    let layout = [LAYOUT_FILE, INDEX_FILE, BLOBS_DIRECTORY];
    if let Some(foreign) = names
        .iter()
        .find(|name| layout.iter().all(|own| *name != own))
    {
        let entry = foreign.to_string_lossy().into_owned();
        return Err(occupied(Occupant::Directory { entry }));
    }
    if names.is_empty() {
        return Ok(Target::Free);
    }
    if names.iter().any(|name| name == LAYOUT_FILE) {
        return Ok(Target::Layout);
    }
    Err(LayoutError::NotALayout {
        path: target.to_owned(),
        missing: LAYOUT_FILE,
    })
}

/// Says whether `target` is the wanted layout, with every blob hashed again and none to spare.
fn holds(target: &Path, index: &[u8], closure: &Closure) -> bool {
    let found = target.join(INDEX_FILE);
    let same_index = fs::metadata(&found).is_ok_and(|found| found.len() == index.len() as u64)
        && fs::read(&found).is_ok_and(|found| found == index);
    let count = fs::read_dir(target.join(SHA256_DIRECTORY)).map_or(0, Iterator::count);
    same_index
        && count == closure.blobs.len()
        && Layout::open(target).is_ok_and(|layout| layout.verify().is_ok())
}

fn stage(target: &Path) -> Result<TempDir, LayoutError> {
    let failed = |source| write_error(target, source);
    if target.file_name().is_none() {
        return Err(LayoutError::Nameless {
            path: target.to_owned(),
        });
    }
    let parent = parent(target);
    fs::create_dir_all(parent).map_err(failed)?;
    tempfile::Builder::new()
        .prefix(".wpimg-")
        .suffix(".partial")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in(parent)
        .map_err(failed)
}

fn fill(root: &Path, blobs: &Blobs, closure: &Closure, index: &[u8]) -> Result<(), LayoutError> {
    let directory = root.join(SHA256_DIRECTORY);
    fs::create_dir_all(&directory).map_err(|source| write_error(&directory, source))?;
    for digest in closure.blobs.keys() {
        copy(blobs, digest, &root.join(blob_name(digest)))?;
    }
    for (name, bytes) in [(LAYOUT_FILE, LAYOUT_MARKER), (INDEX_FILE, index)] {
        create(&root.join(name), |file| file.write_all(bytes))?;
    }
    for path in [&directory, &root.join(BLOBS_DIRECTORY), root] {
        sync(path)?;
    }
    Ok(())
}

fn copy(blobs: &Blobs, digest: &Digest, path: &Path) -> Result<(), LayoutError> {
    let mut source = blobs.open(digest)?;
    let mut broken = None;
    create(path, |file| {
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => file.write_all(&buffer[..count])?,
                Err(error) => {
                    broken = Some(error);
                    return Ok(());
                }
            }
        }
    })?;
    match broken {
        Some(error) => Err(read_error(&blobs.origin(digest), error)),
        None => Ok(()),
    }
}

fn create(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), LayoutError> {
    let result = File::create_new(path).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    result.map_err(|source| write_error(path, source))
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

fn sync(directory: &Path) -> Result<(), LayoutError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| write_error(directory, source))
}

fn parent(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn write_error(path: &Path, source: io::Error) -> LayoutError {
    LayoutError::Write {
        path: path.to_owned(),
        source,
    }
}
