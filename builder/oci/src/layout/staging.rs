//! Temporary neighbours: what is written beside its target before it is moved there.
//!
//! Each is locked as long as its build lives. A build that was killed leaves its neighbour behind
//! without a lock, and the next build that writes there removes it; one that is still being
//! written is never touched.

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use tempfile::{NamedTempFile, TempDir};

use super::lock;

const PREFIX: &str = ".wpimg-";
const SUFFIX: &str = ".partial";
const RANDOM: usize = 6;

/// A locked temporary directory.
pub(super) struct StagingDirectory {
    directory: TempDir,
    _lock: File,
}

impl StagingDirectory {
    /// Makes one in `parent`.
    pub(super) fn new(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        loop {
            let directory = tempfile::Builder::new()
                .prefix(PREFIX)
                .rand_bytes(RANDOM)
                .suffix(SUFFIX)
                .permissions(Permissions::from_mode(0o755))
                .tempdir_in(parent)?;
            // Between making and locking, another build may have taken it for a leftover.
            if let Some(lock) = lock::wait(directory.path())? {
                return Ok(Self {
                    directory,
                    _lock: lock,
                });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Removes what now stands at the temporary name.
    pub(super) fn remove(self) -> io::Result<()> {
        match self.directory.close() {
            // What was exchanged for our directory has no lock, so another build may be quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }
}

/// Makes a locked temporary file in `parent`, where leftovers are to be removed by the caller.
pub(super) fn file(parent: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .rand_bytes(RANDOM)
            .suffix(SUFFIX)
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(parent)?;
        if lock::wait_for(file.as_file(), file.path())? {
            return Ok(file);
        }
    }
}

/// Removes the leftovers of builds that were killed.
///
/// This is tidying up: what cannot be removed is no reason to fail.
pub(super) fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        if is_temporary(&entry.file_name()) {
            let _ = remove_leftover(&entry.path());
        }
    }
}

fn remove_leftover(path: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if !kind.is_dir() && !kind.is_file() {
        return Ok(());
    }
    match lock::try_now(path)? {
        Some(_lock) if kind.is_dir() => fs::remove_dir_all(path),
        Some(_lock) => fs::remove_file(path),
        None => Ok(()),
    }
}

/// Says whether a name is one that only we give.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX))
        .is_some_and(|middle| {
            middle.len() == RANDOM && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_removed_and_what_is_being_written_is_not() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::create_dir_all(path(".wpimg-abcDE1.partial/blobs")).unwrap();
        fs::write(path(".wpimg-zzzzzz.partial"), "x").unwrap();
        let directory = StagingDirectory::new(place.path()).unwrap();
        let file = file(place.path()).unwrap();
        assert!(!path(".wpimg-abcDE1.partial").exists());
        assert!(!path(".wpimg-zzzzzz.partial").exists());
        sweep(place.path());
        assert!(directory.path().exists() && file.path().exists());
        // A build that is killed does not clean up, and its locks go with it.
        let StagingDirectory {
            directory,
            _lock: lock,
        } = directory;
        let (directory, file) = (directory.keep(), file.into_temp_path().keep().unwrap());
        drop(lock);
        sweep(place.path());
        assert!(!directory.exists() && !file.exists());
    }

    #[test]
    fn only_our_own_names_are_swept() {
        let place = tempfile::tempdir().unwrap();
        let foreign = [
            ".wpimg-.partial",
            ".wpimg-abc.partial",
            ".wpimg-abcdef.partial.txt",
            ".wpimg-abcdef.old",
            ".wpimg-ab-def.partial",
            "wpimg-abcdef.partial",
        ];
        for name in foreign {
            fs::write(place.path().join(name), "").unwrap();
        }
        let link = place.path().join(".wpimg-linked.partial");
        std::os::unix::fs::symlink(place.path(), &link).unwrap();
        sweep(place.path());
        for name in foreign {
            assert!(place.path().join(name).exists(), "{name}");
        }
        assert!(link.is_symlink());
    }
}
