//! Reads a directory of the user's: a plugin in development, a theme, a whole site.
//!
//! Each file is opened once, asked for its type and mode through that handle, and read; links are
//! never followed, also not when one is swapped in between. Files that are left out are not opened.

use std::{
    fs::{self, File, FileType, OpenOptions},
    io::{self, Read},
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;
use wpimg_oci::rootfs::TreePath;

use super::{Problem, SinkError, collect::Collector};
use crate::{
    excerpt::excerpt,
    exclude::{SNIFFED_BYTES, Shape},
};

/// Walks `root` and hands everything in it to `collector`.
pub(super) fn read(root: &Path, collector: &mut Collector<'_>) -> Result<(), Problem> {
    let metadata = fs::metadata(root).map_err(|source| unreadable(root, source))?;
    if !metadata.is_dir() {
        return Err(Problem::NotADirectory {
            path: root.to_owned(),
        });
    }
    let mut walk = Walk {
        collector,
        unpacked: 0,
        buffer: Vec::new(),
    };
    let mut pending: Vec<(PathBuf, Option<TreePath>)> = vec![(root.to_owned(), None)];
    while let Some((directory, below)) = pending.pop() {
        let listing = fs::read_dir(&directory).map_err(|source| unreadable(&directory, source))?;
        for child in listing {
            let child = child.map_err(|source| unreadable(&directory, source))?;
            let path = directory.join(child.file_name());
            let kind = child
                .file_type()
                .map_err(|source| unreadable(&path, source))?;
            if let Some(tree_path) = walk.child(&path, below.as_ref(), kind)? {
                pending.push((path, Some(tree_path)));
            }
        }
    }
    Ok(())
}

/// Hands the one file at `path` to `collector`.
pub(super) fn read_file(path: &Path, collector: &mut Collector<'_>) -> Result<(), Problem> {
    // The user may name it through a link; what is in a directory is another matter.
    let file = fs::canonicalize(path).map_err(|source| unreadable(path, source))?;
    if !file.is_file() {
        return Err(Problem::NotAFile {
            path: path.to_owned(),
        });
    }
    let mut walk = Walk {
        collector,
        unpacked: 0,
        buffer: Vec::new(),
    };
    let name = path.file_name().unwrap_or_default().as_bytes();
    match walk.collector.path(name)? {
        Some(tree_path) if !walk.collector.leave_out(&tree_path, Shape::File) => {
            walk.file(&file, tree_path)
        }
        Some(_) | None => Ok(()),
    }
}

struct Walk<'w, 'c> {
    collector: &'w mut Collector<'c>,
    unpacked: u64,
    /// The beginning of each file in turn; most files are nothing but that.
    buffer: Vec<u8>,
}

impl Walk<'_, '_> {
    /// Takes one child in, and returns the path of a directory that is to be walked.
    fn child(
        &mut self,
        path: &Path,
        below: Option<&TreePath>,
        kind: FileType,
    ) -> Result<Option<TreePath>, Problem> {
        self.collector.count()?;
        let name = path.file_name().unwrap_or_default().as_bytes();
        let raw = match below {
            Some(directory) => [directory.as_str().as_bytes(), b"/", name].concat(),
            None => name.to_vec(),
        };
        let Some(tree_path) = self.collector.path(&raw)? else {
            return Ok(None);
        };
        if kind.is_dir() {
            if self.collector.leave_out_tree(&tree_path) {
                return Ok(None);
            }
            self.collector.directory(&tree_path)?;
            return Ok(Some(tree_path));
        }
        if self.collector.leave_out(&tree_path, Shape::File) {
            return Ok(None);
        }
        if kind.is_symlink() {
            let target = fs::read_link(path).map_err(|source| unreadable(path, source))?;
            self.collector
                .symlink(tree_path, target.as_os_str().as_bytes())?;
        } else if kind.is_file() {
            self.file(path, tree_path)?;
        } else {
            return Err(special(&tree_path, kind));
        }
        Ok(None)
    }

    fn file(&mut self, path: &Path, tree_path: TreePath) -> Result<(), Problem> {
        let failed = |source| unreadable(path, source);
        // Without O_NONBLOCK a pipe put in the file's place would hold the build for ever.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(special(&tree_path, metadata.file_type()));
        }
        let mode = metadata.permissions().mode();
        self.buffer.clear();
        // One byte more than the file has, so that one read also finds its end.
        let expected = usize::try_from(metadata.len().min(SNIFFED_BYTES)).unwrap_or(0) + 1;
        self.buffer.reserve(expected);
        (&mut file)
            .take(SNIFFED_BYTES)
            .read_to_end(&mut self.buffer)
            .map_err(failed)?;
        let mut rest = Counted {
            file,
            allowed: self
                .collector
                .limits
                .unpacked
                .saturating_sub(self.unpacked + self.buffer.len() as u64),
            read: 0,
            is_over: false,
        };
        let is_whole = (self.buffer.len() as u64) < SNIFFED_BYTES;
        let taken = if is_whole {
            self.collector
                .judged_file(tree_path, mode, &self.buffer, &mut io::empty())
        } else {
            self.collector
                .judged_file(tree_path, mode, &self.buffer, &mut rest)
        };
        self.unpacked += self.buffer.len() as u64 + rest.read;
        if rest.is_over || self.unpacked > self.collector.limits.unpacked {
            return Err(Problem::TooLarge {
                limit: self.collector.limits.unpacked,
            });
        }
        taken.map_err(|problem| match problem {
            Problem::Sink {
                source: SinkError::Read(source),
                ..
            } => unreadable(path, source),
            other => other,
        })
    }
}

/// The rest of a large file, cut off where the limit is reached.
struct Counted {
    file: File,
    allowed: u64,
    read: u64,
    is_over: bool,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        if self.read > self.allowed {
            self.is_over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

fn unreadable(path: &Path, source: io::Error) -> Problem {
    Problem::Read {
        path: path.to_owned(),
        source,
    }
}

fn special(path: &TreePath, kind: FileType) -> Problem {
    let kind = if kind.is_fifo() {
        "FIFO"
    } else if kind.is_socket() {
        "socket"
    } else if kind.is_char_device() {
        "character device"
    } else if kind.is_block_device() {
        "block device"
    } else {
        "special file"
    };
    Problem::Special {
        entry: excerpt(path.as_str()),
        kind,
    }
}
