//! The stamp that says: everything below was looked through and is right.
//!
//! It is a file in the top directory, because a network volume may take no extended attributes (EFS takes none) and
//! the volume is all that tasks share. Its time of modification is the top's own time of change at that moment. So two
//! `stat`s tell whether it still counts: whoever makes, removes or renames something in the top, or changes
//! its owner, moves that time on. The workers can forge or remove it, and hurt only themselves.
//!
//! What is copied in further down by root goes unseen; the text in the file says what to do then.

use std::ffi::CStr;
use std::io::Write;
use std::os::fd::AsFd;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, UtimensatFlags, fstatat, futimens, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Uid, UnlinkatFlags, unlinkat};

use super::top::{Top, kind};

pub(super) const NAME: &CStr = c".wpimg-owner";

/// A tree with fewer files is looked through faster than a stamp is explained.
pub(crate) const WORTH_A_STAMP: u64 = 1000;

/// Of a top that has changed, so many entries are looked at: years and the folders of plugins, hardly ever more.
const MOST_AT_THE_TOP: usize = 256;

const TEXT: &str = "\
Everything in this directory belonged to the web server's user when wpimg-init wrote this file.
As long as it is valid no start looks again. After copying files in as another user, remove it.
";

/// What the stamp says about a top with this `stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    Valid,
    /// Something in the top directory itself has changed since.
    Touched,
    Missing,
}

pub(super) fn read(top: &Top, stat: &FileStat) -> Stamp {
    match fstatat(top, NAME, AtFlags::AT_SYMLINK_NOFOLLOW) {
        // An empty one was never finished.
        Ok(stamp) if kind(&stamp) == SFlag::S_IFREG && stamp.st_size > 0 => {
            if (stamp.st_mtime, stamp.st_mtime_nsec) == (stat.st_ctime, stat.st_ctime_nsec) {
                Stamp::Valid
            } else {
                Stamp::Touched
            }
        }
        Ok(_) | Err(_) => Stamp::Missing,
    }
}

/// Makes the stamp after a walk; returns whether it counts from now on.
pub(crate) fn put(top: &Top, owner: Uid) -> Result<bool, Errno> {
    forget(top)?;
    let flags =
        OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let stamp = openat(top, NAME, flags, Mode::from_bits_truncate(0o444))?;
    // Taken after the file was made, which changes it. What came into the top while the walk had passed it by is
    // seen by the look that follows.
    let changed = top.stat()?;
    if !top_is_right(top, owner)? {
        forget(top)?;
        return Ok(false);
    }
    let mut stamp = std::fs::File::from(stamp);
    stamp
        .write_all(TEXT.as_bytes())
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(nix::libc::EIO)))?;
    futimens(&stamp, &TimeSpec::UTIME_OMIT, &time_of_change(&changed))?;
    Ok(true)
}

/// Makes a touched stamp valid again, if everything directly in the top is right.
pub(super) fn renew(top: &Top, owner: Uid) -> Result<bool, Errno> {
    let changed = top.stat()?;
    if !top_is_right(top, owner)? {
        return Ok(false);
    }
    let time = time_of_change(&changed);
    let flags = UtimensatFlags::NoFollowSymlink;
    utimensat(top, NAME, &TimeSpec::UTIME_OMIT, &time, flags)?;
    Ok(true)
}

/// Unmakes whatever has the stamp's name. A directory of a worker stays: then there is no stamp.
fn forget(top: &Top) -> Result<(), Errno> {
    match unlinkat(top.as_fd(), NAME, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}

fn time_of_change(stat: &FileStat) -> TimeSpec {
    TimeSpec::new(stat.st_ctime, stat.st_ctime_nsec)
}

fn top_is_right(top: &Top, owner: Uid) -> Result<bool, Errno> {
    let mut directory = Dir::from_fd(top.readable()?)?;
    for entry in directory.iter().take(MOST_AT_THE_TOP) {
        let entry = entry?;
        let name = entry.file_name();
        if name == NAME || matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        match fstatat(top, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            // A second name may be anywhere, so the walk would leave it alone too.
            Ok(stat) if stat.st_uid != owner.as_raw() && !may_stay(&stat) => return Ok(false),
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(true)
}

/// What a walk leaves alone whoever it belongs to.
pub(super) fn may_stay(stat: &FileStat) -> bool {
    match kind(stat) {
        SFlag::S_IFDIR => false,
        SFlag::S_IFBLK | SFlag::S_IFCHR => true,
        _ => stat.st_nlink > 1,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::chown;
    use std::path::Path;

    use super::super::top::Links;
    use super::*;

    struct Tree {
        home: tempfile::TempDir,
        top: Top,
    }

    impl Tree {
        fn of_ours() -> Self {
            let home = tempfile::tempdir().unwrap();
            fs::create_dir(home.path().join("2026")).unwrap();
            let top = Top::open(home.path(), Links::OfAnybody).unwrap().unwrap();
            Self { home, top }
        }

        fn path(&self) -> &Path {
            self.home.path()
        }

        fn stamp(&self) -> Stamp {
            read(&self.top, &self.top.stat().unwrap())
        }
    }

    fn us() -> Uid {
        nix::unistd::geteuid()
    }

    #[test]
    fn a_stamp_counts_until_something_in_the_top_changes() {
        let tree = Tree::of_ours();
        assert_eq!(tree.stamp(), Stamp::Missing);
        assert!(put(&tree.top, us()).unwrap());
        assert_eq!(tree.stamp(), Stamp::Valid);
        fs::write(tree.path().join("2026/below"), b"").unwrap();
        assert_eq!(tree.stamp(), Stamp::Valid, "further down nobody looks");
        tree.until_the_clock_ticks();
        fs::create_dir(tree.path().join("2027")).unwrap();
        assert_eq!(tree.stamp(), Stamp::Touched);
        assert!(renew(&tree.top, us()).unwrap());
        assert_eq!(tree.stamp(), Stamp::Valid);
        fs::remove_file(tree.path().join(".wpimg-owner")).unwrap();
        assert_eq!(tree.stamp(), Stamp::Missing);
    }

    impl Tree {
        /// The kernel's clock for files moves in steps of some milliseconds: two changes in one step look alike.
        fn until_the_clock_ticks(&self) {
            let before = self.top.stat().unwrap();
            let probe = self.path().join("2026/tick");
            loop {
                fs::write(&probe, b"").unwrap();
                fs::remove_file(&probe).unwrap();
                let now = nix::sys::stat::stat(&self.path().join("2026")).unwrap();
                if (now.st_ctime, now.st_ctime_nsec) > (before.st_ctime, before.st_ctime_nsec) {
                    return;
                }
            }
        }
    }

    #[test]
    fn a_stamp_that_was_never_finished_does_not_count() {
        let tree = Tree::of_ours();
        fs::write(tree.path().join(".wpimg-owner"), b"").unwrap();
        assert_eq!(tree.stamp(), Stamp::Missing);
        fs::remove_file(tree.path().join(".wpimg-owner")).unwrap();
        fs::create_dir(tree.path().join(".wpimg-owner")).unwrap();
        assert_eq!(tree.stamp(), Stamp::Missing);
        assert!(put(&tree.top, us()).is_err());
    }

    #[test]
    fn nothing_is_stamped_while_something_in_the_top_is_foreign() {
        super::super::tests::needs_root();
        let tree = Tree::of_ours();
        chown(tree.path().join("2026"), Some(33), None).unwrap();
        assert!(!put(&tree.top, us()).unwrap());
        assert_eq!(tree.stamp(), Stamp::Missing);
    }

    #[test]
    fn a_worker_cannot_have_a_file_of_root_written_through_the_stamp() {
        let tree = Tree::of_ours();
        let other = tempfile::NamedTempFile::new().unwrap();
        fs::write(other.path(), b"precious").unwrap();
        std::os::unix::fs::symlink(other.path(), tree.path().join(".wpimg-owner")).unwrap();
        assert_eq!(tree.stamp(), Stamp::Missing);
        assert!(put(&tree.top, us()).unwrap());
        assert_eq!(fs::read(other.path()).unwrap(), b"precious");
    }
}
