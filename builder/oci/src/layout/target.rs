//! What stands where a layout or an archive is to be written, and whether it may be replaced.
//!
//! Only what is known to be ours to replace is: a path that holds nothing, or an OCI layout without
//! anything else in it. Every file of a directory is looked at by name before one is removed.

use std::{
    ffi::OsString,
    fs::{self, FileType},
    io,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

use super::{
    BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LayoutError, Occupant, SHA256_DIRECTORY, read,
    staging,
};

/// What stands at the target of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Absent,
    /// A directory without files; it may be a mount point or somebody's working directory.
    Empty,
    Layout,
}

/// Returns where a link leads, so that what it leads to is replaced and not the link.
pub(super) fn follow(target: &Path) -> Result<PathBuf, LayoutError> {
    if !target.is_symlink() {
        return Ok(target.to_owned());
    }
    fs::canonicalize(target).map_err(|_| occupied(target, Occupant::DanglingLink))
}

/// Refuses a target that an archive may not replace: anything but a plain file or nothing.
pub(super) fn inspect_file(target: &Path) -> Result<(), LayoutError> {
    match fs::metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(LayoutError::Read {
            path: target.to_owned(),
            source,
        }),
        Ok(found) => match occupant(found.file_type()) {
            Occupant::File => Ok(()),
            other => Err(occupied(target, other)),
        },
    }
}

/// Looks at the target of a layout and refuses it if anything in it is not ours.
pub(super) fn inspect(target: &Path) -> Result<Target, LayoutError> {
    let failed = |source| LayoutError::Read {
        path: target.to_owned(),
        source,
    };
    match fs::metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::Absent),
        Err(error) => return Err(failed(error)),
        Ok(found) if !found.is_dir() => {
            return Err(occupied(target, occupant(found.file_type())));
        }
        Ok(_) => {}
    }
    let contents = match Contents::of(target) {
        Ok(contents) => contents,
        // Another build has just put its own layout there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::Absent),
        Err(error) => return Err(failed(error)),
    };
    if let Some(entry) = contents.foreign {
        return Err(occupied(target, Occupant::Directory { entry }));
    }
    if contents.marker {
        // Somebody else's file may have this name too.
        return read::check_marker(target).map(|()| Target::Layout);
    }
    if contents.files {
        return Err(LayoutError::NotALayout {
            path: target.to_owned(),
            missing: LAYOUT_FILE,
        });
    }
    Ok(Target::Empty)
}

/// What a walk through a directory found.
#[derive(Default)]
struct Contents {
    marker: bool,
    /// Whether there is an index or a blob.
    files: bool,
    /// The first name that no layout has, relative to its root.
    foreign: Option<String>,
}

impl Contents {
    fn of(root: &Path) -> io::Result<Self> {
        let mut contents = Self::default();
        for (name, kind) in list(root)? {
            match name.to_str() {
                Some(LAYOUT_FILE) if kind.is_file() => contents.marker = true,
                Some(INDEX_FILE) if kind.is_file() => contents.files = true,
                Some(BLOBS_DIRECTORY) if kind.is_dir() => contents.add_blobs(root)?,
                _ => contents.refuse(&name.to_string_lossy()),
            }
        }
        // Every build writes the marker first. One that began after the look at the root has done so by now.
        if contents.files && !contents.marker {
            contents.marker =
                fs::symlink_metadata(root.join(LAYOUT_FILE)).is_ok_and(|found| found.is_file());
        }
        Ok(contents)
    }

    fn add_blobs(&mut self, root: &Path) -> io::Result<()> {
        for (algorithm, kind) in list(&root.join(BLOBS_DIRECTORY))? {
            let directory = format!("{BLOBS_DIRECTORY}/{}", algorithm.to_string_lossy());
            if !kind.is_dir() || !is_algorithm(&algorithm.to_string_lossy()) {
                self.refuse(&directory);
                continue;
            }
            for (name, kind) in list(&root.join(&directory))? {
                let ours = directory == SHA256_DIRECTORY && staging::is_temporary(&name);
                if kind.is_file() && is_hexadecimal(&name.to_string_lossy()) {
                    self.files = true;
                } else if !kind.is_file() || !ours {
                    self.refuse(&format!("{directory}/{}", name.to_string_lossy()));
                }
            }
        }
        Ok(())
    }

    fn refuse(&mut self, entry: &str) {
        self.foreign.get_or_insert_with(|| entry.to_owned());
    }
}

/// Returns the entries of a directory in the order of their names.
fn list(directory: &Path) -> io::Result<Vec<(OsString, FileType)>> {
    let mut entries = fs::read_dir(directory)?
        .map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}

/// The image-spec (`descriptor.md`, "Digests") allows these characters.
fn is_algorithm(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+._-".contains(&byte))
}

fn is_hexadecimal(name: &str) -> bool {
    // No digest in use is shorter than 128 bits; a file called `cafe` is not one.
    name.len() >= 32
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn occupant(kind: FileType) -> Occupant {
    if kind.is_dir() {
        Occupant::Folder
    } else if kind.is_fifo() {
        Occupant::Fifo
    } else if kind.is_socket() {
        Occupant::Socket
    } else if kind.is_block_device() || kind.is_char_device() {
        Occupant::Device
    } else {
        Occupant::File
    }
}

fn occupied(target: &Path, occupant: Occupant) -> LayoutError {
    LayoutError::Occupied {
        path: target.to_owned(),
        occupant,
    }
}
