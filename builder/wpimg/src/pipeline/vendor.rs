//! The vendor directory: all that a locked build fetches, as files that can be carried anywhere.
//!
//! ```text
//! <dir>/
//! ├── wpimg-vendor            says what this is; a directory without it is not touched
//! ├── packages/nginx_1.26.3-3_amd64.deb
//! └── sources/1f2e3d4c5b6a-akismet.5.3.zip
//! ```

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error_report::{Hint, writing_hint};
use crate::exit_status::ExitStatus;

const MARKER: &str = "wpimg-vendor";
const MARKER_TEXT: &str = "Written by `wpimg vendor`; `wpimg build --vendor` reads it.\n";
/// How the names of markers begin that are still being written.
const BEGUN_MARKER: &str = ".wpimg-vendor-";
const FOLDERS: [&str; 2] = ["packages", "sources"];

/// A vendor directory cannot be written.
#[derive(Debug, Error)]
pub(crate) enum VendorError {
    #[error("`{}` is not empty and was not written by `wpimg vendor`", path.display())]
    Foreign { path: PathBuf },
    #[error("could not write `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Hint for VendorError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Foreign { .. } => "name a directory that is new or empty".to_owned(),
            Self::Write { source, .. } => writing_hint(source),
        })
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Foreign { .. } => ExitStatus::Usage,
            Self::Write { .. } => ExitStatus::Failure,
        }
    }
}

/// Makes the directory, or checks that it may be changed.
pub(crate) fn prepare(directory: &Path) -> Result<(), VendorError> {
    let failed = |path: &Path, source| VendorError::Write {
        path: path.to_owned(),
        source,
    };
    let marker = directory.join(MARKER);
    let is_empty = match fs::read_dir(directory) {
        Ok(mut entries) => entries.all(|entry| entry.is_ok_and(|entry| is_begun(&entry.path()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(directory, error)),
    };
    if !is_empty && !marker.is_file() {
        return Err(VendorError::Foreign {
            path: directory.to_owned(),
        });
    }
    // First of all: without it the next run would take what this one leaves for somebody else's.
    fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
    mark(directory).map_err(|error| failed(&marker, error))?;
    for folder in FOLDERS {
        let path = directory.join(folder);
        fs::create_dir_all(&path).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Puts the marker there, whole or not at all.
fn mark(directory: &Path) -> io::Result<()> {
    let marker = directory.join(MARKER);
    if fs::read(&marker).is_ok_and(|text| text == MARKER_TEXT.as_bytes()) {
        return Ok(());
    }
    let mut file = tempfile::Builder::new()
        .prefix(BEGUN_MARKER)
        .permissions(PermissionsExt::from_mode(0o644))
        .tempfile_in(directory)?;
    file.write_all(MARKER_TEXT.as_bytes())?;
    file.persist(&marker).map_err(|error| error.error)?;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if is_begun_marker(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Whether it is a marker that was being written when a run was killed.
fn is_begun_marker(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(BEGUN_MARKER.as_bytes())
}

/// Whether a run that had just begun was killed and left it: a begun marker, or one of our folders with nothing in it.
fn is_begun(path: &Path) -> bool {
    if is_begun_marker(path) {
        return true;
    }
    let ours = FOLDERS.iter().any(|folder| path.ends_with(folder));
    let mut entries = fs::read_dir(path).ok();
    ours && entries
        .as_mut()
        .is_some_and(|entries| entries.next().is_none())
}

/// Copies a checked file to its place, unless it is there in this size.
///
/// A vendored file is checked again by the build that reads it.
pub(crate) fn add(directory: &Path, name: &Path, from: &Path) -> Result<Added, VendorError> {
    let target = directory.join(name);
    let copy = || {
        let size = fs::metadata(from)?.len();
        if fs::metadata(&target).is_ok_and(|found| found.is_file() && found.len() == size) {
            return Ok(Added::WasThere);
        }
        let folder = target.parent().unwrap_or(directory);
        let mut file = tempfile::Builder::new()
            .permissions(PermissionsExt::from_mode(0o644))
            .tempfile_in(folder)?;
        io::copy(&mut fs::File::open(from)?, file.as_file_mut())?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        Ok(Added::Copied)
    };
    copy().map_err(|source| VendorError::Write {
        path: target.clone(),
        source,
    })
}

/// Whether a file was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    Copied,
    WasThere,
}

/// Removes what is not among `wanted`, and says how many files that were.
pub(crate) fn prune(directory: &Path, wanted: &BTreeSet<PathBuf>) -> Result<usize, VendorError> {
    let mut removed = 0;
    for folder in FOLDERS {
        let path = directory.join(folder);
        let failed = |source| VendorError::Write {
            path: path.clone(),
            source,
        };
        let names = fs::read_dir(&path)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect())
            .map_err(failed)?;
        let names: Vec<OsString> = names;
        for name in names {
            if !wanted.contains(&Path::new(folder).join(&name)) {
                let file = path.join(&name);
                fs::remove_file(&file).map_err(|source| VendorError::Write {
                    path: file.clone(),
                    source,
                })?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
