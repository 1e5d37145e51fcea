//! Bounded looks at a directory: names of children, beginnings of files, no link followed.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;
use thiserror::Error;

use crate::header::READ_BYTES;

/// A site with more plugins than this has other problems; a cache directory is cut short.
const MOST_CHILDREN: usize = 5000;

/// The directory could not be listed.
#[derive(Debug, Error)]
pub enum ListError {
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    #[error("it is not a directory")]
    NotADirectory,
}

/// A child of a directory; links and special files are none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) is_directory: bool,
}

pub(super) struct Listing {
    root: PathBuf,
    passed_over: BTreeSet<PathBuf>,
}

impl Listing {
    pub(super) fn open(root: &Path) -> Result<Self, ListError> {
        if !fs::metadata(root)?.is_dir() {
            return Err(ListError::NotADirectory);
        }
        fs::read_dir(root)?;
        Ok(Self {
            root: root.to_owned(),
            passed_over: BTreeSet::new(),
        })
    }

    /// Returns the children of `directory` by name; none if it does not exist.
    pub(super) fn children(&mut self, directory: &str) -> Vec<Child> {
        let path = self.root.join(directory);
        let listing = if self.is_reached_by_link(directory) {
            Err(io::ErrorKind::NotADirectory.into())
        } else {
            fs::read_dir(&path)
        };
        let listing = match listing {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(_) => {
                self.pass_over(directory);
                return Vec::new();
            }
        };
        let mut children = Vec::new();
        for child in listing.take(MOST_CHILDREN).flatten() {
            let (Ok(name), Ok(kind)) = (child.file_name().into_string(), child.file_type()) else {
                self.passed_over.insert(child.path());
                continue;
            };
            if !kind.is_dir() && !kind.is_file() {
                self.passed_over.insert(child.path());
                continue;
            }
            children.push(Child {
                name,
                is_directory: kind.is_dir(),
            });
        }
        children.sort();
        children
    }

    /// Returns the beginning of the file at `path`; `None` if there is no such file.
    pub(super) fn head(&mut self, path: &str) -> Option<Vec<u8>> {
        self.read(path, READ_BYTES as u64)
    }

    /// Returns up to `limit` bytes of the file at `path`.
    pub(super) fn read(&mut self, path: &str, limit: u64) -> Option<Vec<u8>> {
        if self.is_reached_by_link(path) {
            self.pass_over(path);
            return None;
        }
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(self.root.join(path));
        let read = opened.and_then(|file| {
            if !file.metadata()?.is_file() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let mut start = Vec::new();
            file.take(limit).read_to_end(&mut start)?;
            Ok(start)
        });
        match read {
            Ok(start) => Some(start),
            Err(error) => {
                if !matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) {
                    self.pass_over(path);
                }
                None
            }
        }
    }

    pub(super) fn passed_over(self) -> Vec<PathBuf> {
        self.passed_over.into_iter().collect()
    }

    fn pass_over(&mut self, path: &str) {
        self.passed_over.insert(self.root.join(path));
    }

    /// A link on the way could lead anywhere, also out of the project.
    fn is_reached_by_link(&self, path: &str) -> bool {
        let mut reached = self.root.clone();
        Path::new(path).components().any(|component| {
            reached.push(component);
            fs::symlink_metadata(&reached).is_ok_and(|metadata| metadata.is_symlink())
        })
    }
}
