//! Gives everything below a directory to the workers, through descriptors only: what is looked at and
//! what is changed cannot be exchanged in between.

use std::os::fd::AsFd;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{Gid, Uid, fchown, fchownat};

/// WordPress nests by year and month; plugins add a few levels. Each level holds a descriptor.
pub(super) const DEEPEST: usize = 64;

/// A walk through the uploads, and what it has changed so far.
pub(super) struct Walk<'a> {
    user: Uid,
    group: Gid,
    changed: u64,
    interrupted: &'a dyn Fn() -> bool,
}

/// Why a walk ended early.
pub(super) enum Stop {
    Interrupted,
    TooDeep,
    Refused(Errno),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Self::Refused(errno)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(user: Uid, group: Gid, interrupted: &'a dyn Fn() -> bool) -> Self {
        Self {
            user,
            group,
            changed: 0,
            interrupted,
        }
    }

    /// Returns how many owners have been changed.
    pub(super) fn through(mut self, root: Dir) -> Result<u64, Stop> {
        self.descend(root, 0)?;
        Ok(self.changed)
    }

    /// Children first and the directory itself last, so that a top directory with the right owner
    /// means that the whole walk has been done.
    fn descend(&mut self, mut directory: Dir, depth: usize) -> Result<(), Stop> {
        if depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        // The iterator borrows the directory, the calls below need a descriptor of it.
        let parent = directory
            .as_fd()
            .try_clone_to_owned()
            .map_err(|_| Errno::EMFILE)?;
        for entry in directory.iter() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if (self.interrupted)() {
                return Err(Stop::Interrupted);
            }
            let stat = match fstatat(&parent, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                // Another task shares this volume and may delete while we walk.
                Err(Errno::ENOENT) => continue,
                Err(errno) => return Err(errno.into()),
            };
            if SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) == SFlag::S_IFDIR {
                let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                match Dir::openat(&parent, name, flags, Mode::empty()) {
                    Ok(child) => self.descend(child, depth + 1)?,
                    Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP) => {}
                    Err(errno) => return Err(errno.into()),
                }
            } else if self.is_foreign(&stat) && stat.st_nlink == 1 {
                let flags = AtFlags::AT_SYMLINK_NOFOLLOW;
                match fchownat(&parent, name, Some(self.user), Some(self.group), flags) {
                    Ok(()) => self.changed += 1,
                    Err(Errno::ENOENT) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        if self.is_foreign(&fstat(&parent)?) {
            fchown(&parent, Some(self.user), Some(self.group))?;
            self.changed += 1;
        }
        Ok(())
    }

    fn is_foreign(&self, stat: &FileStat) -> bool {
        stat.st_uid != self.user.as_raw()
    }
}
