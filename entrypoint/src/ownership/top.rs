//! Opens the top of a tree by a path that nobody but root can have bent.
//!
//! The administrator may have linked a volume into place, so links are followed, but only where root alone can have
//! put them: a worker could point one in its own directory at `/etc` and have it given away.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, mkdirat};

use super::OwnershipError;

/// As many as the kernel follows (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// The mode of a directory that was not there.
const MODE: Mode = Mode::from_bits_truncate(0o755);

/// Whose links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// Those in directories that only root can write to.
    OfRoot,
    /// All: we can do no more than whoever made them.
    OfAnybody,
}

/// The top of a tree, opened, with the name it goes by.
#[derive(Debug)]
pub(crate) struct Top {
    pub(crate) path: PathBuf,
    /// Made with `O_PATH`: good for looking and as the start of further opens.
    descriptor: OwnedFd,
}

impl AsFd for Top {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Top {
    /// Opens the directory and makes it when only its last part is missing. `None` when it is missing and cannot be
    /// made because everything there is read-only.
    pub(super) fn open(path: &Path, links: Links) -> Result<Option<Self>, OwnershipError> {
        let unreachable = |errno: Errno| OwnershipError::Unreachable {
            path: path.to_owned(),
            source: errno.into(),
        };
        let descriptor = match resolve(path, links) {
            Ok(descriptor) => descriptor,
            Err(Bent::Errno(Errno::EROFS)) => return Ok(None),
            Err(Bent::Errno(errno)) => return Err(unreachable(errno)),
            Err(Bent::ForeignLink) => {
                return Err(OwnershipError::ForeignLink {
                    path: path.to_owned(),
                });
            }
        };
        if kind(&fstat(&descriptor).map_err(unreachable)?) != SFlag::S_IFDIR {
            return Err(OwnershipError::NotADirectory {
                path: path.to_owned(),
            });
        }
        Ok(Some(Self {
            path: path.to_owned(),
            descriptor,
        }))
    }

    pub(super) fn stat(&self) -> Result<FileStat, Errno> {
        fstat(&self.descriptor)
    }

    /// The same directory, opened so that its entries can be read.
    pub(super) fn readable(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        openat(&self.descriptor, ".", flags, Mode::empty())
    }
}

pub(super) fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits())
}

enum Bent {
    ForeignLink,
    Errno(Errno),
}

impl From<Errno> for Bent {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

fn resolve(path: &Path, links: Links) -> Result<OwnedFd, Bent> {
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let mut here = open("/", flags, Mode::empty())?;
    // The next part is the last in the list.
    let mut parts = Vec::new();
    push_parts(&mut parts, path);
    let mut followed = 0;
    while let Some(part) = parts.pop() {
        let next = match openat(&here, part.as_os_str(), flags, Mode::empty()) {
            Err(Errno::ENOENT) if parts.is_empty() => {
                match mkdirat(&here, part.as_os_str(), MODE) {
                    // Another task may have been faster.
                    Ok(()) | Err(Errno::EEXIST) => {}
                    Err(errno) => return Err(errno.into()),
                }
                openat(&here, part.as_os_str(), flags, Mode::empty())?
            }
            opened => opened?,
        };
        if kind(&fstat(&next)?) != SFlag::S_IFLNK {
            here = next;
            continue;
        }
        followed += 1;
        if followed > MOST_LINKS {
            return Err(Errno::ELOOP.into());
        }
        if links == Links::OfRoot && is_open_to_others(&fstat(&here)?) {
            return Err(Bent::ForeignLink);
        }
        let target = readlinkat(&next, "")?;
        if Path::new(&target).is_absolute() {
            here = open("/", flags, Mode::empty())?;
        }
        push_parts(&mut parts, Path::new(&target));
    }
    Ok(here)
}

fn push_parts(parts: &mut Vec<OsString>, path: &Path) {
    let named = path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        Component::ParentDir => Some(OsStr::new("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    parts.extend(named.map(OsStr::to_owned));
}

/// Whether somebody else than root could have put a link there, or one of root's under another name.
fn is_open_to_others(directory: &FileStat) -> bool {
    let mode = Mode::from_bits_truncate(directory.st_mode);
    let shared = mode.intersects(Mode::S_IWGRP | Mode::S_IWOTH) && !mode.contains(Mode::S_ISVTX);
    directory.st_uid != 0 || shared
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::tests::needs_root;
    use super::*;

    fn opened(path: &Path) -> Result<Option<Top>, OwnershipError> {
        Top::open(path, Links::OfRoot)
    }

    #[test]
    fn links_of_root_are_followed_through_any_number_of_turns() {
        needs_root();
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("volume/uploads")).unwrap();
        symlink("volume/../volume", home.path().join("relative")).unwrap();
        symlink(home.path().join("relative"), home.path().join("absolute")).unwrap();
        let top = opened(&home.path().join("absolute/uploads")).unwrap();
        let direct = fstat(fs::File::open(home.path().join("volume/uploads")).unwrap()).unwrap();
        assert_eq!(top.unwrap().stat().unwrap().st_ino, direct.st_ino);
    }

    #[test]
    fn a_link_that_a_worker_may_have_put_there_is_refused() {
        needs_root();
        for (owner, mode) in [(33, 0o755), (0, 0o777), (0, 0o775)] {
            let home = tempfile::tempdir().unwrap();
            let theirs = home.path().join("theirs");
            fs::create_dir(&theirs).unwrap();
            symlink("/etc", theirs.join("uploads")).unwrap();
            fs::set_permissions(&theirs, fs::Permissions::from_mode(mode)).unwrap();
            std::os::unix::fs::chown(&theirs, Some(owner), None).unwrap();
            let error = opened(&theirs.join("uploads")).unwrap_err();
            assert!(matches!(error, OwnershipError::ForeignLink { .. }));
            assert!(Top::open(&theirs.join("uploads"), Links::OfAnybody).is_ok());
        }
    }

    #[test]
    fn a_loop_of_links_ends() {
        let home = tempfile::tempdir().unwrap();
        symlink("again", home.path().join("again")).unwrap();
        let error = Top::open(&home.path().join("again"), Links::OfAnybody).unwrap_err();
        assert!(matches!(error, OwnershipError::Unreachable { .. }));
    }

    #[test]
    fn only_the_last_part_of_a_path_is_made() {
        let home = tempfile::tempdir().unwrap();
        let made = Top::open(&home.path().join("uploads"), Links::OfAnybody);
        assert!(made.unwrap().is_some() && home.path().join("uploads").is_dir());
        assert!(Top::open(&home.path().join("a/b"), Links::OfAnybody).is_err());
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("uploads"), b"").unwrap();
        let error = Top::open(&home.path().join("uploads"), Links::OfAnybody).unwrap_err();
        assert!(matches!(error, OwnershipError::NotADirectory { .. }));
    }
}
