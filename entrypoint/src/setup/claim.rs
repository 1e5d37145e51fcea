//! The runtime directory belongs to one `wpimg-init` at a time, and others can see that it does.
//!
//! A lock on a file says so: unlike a file with a pid in it, it ends with the process, however that ends, and it
//! means the same in every process namespace.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, IntoRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use super::RuntimeDirectoryError;
use super::runtime_directory::CANDIDATES;

const NAME: &str = "serving";

/// Claims the directory until this process ends.
pub(crate) fn claim(run: &Path) -> Result<(), RuntimeDirectoryError> {
    let refused = |source| RuntimeDirectoryError::Refused {
        path: run.join(NAME),
        source,
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .custom_flags(libc::O_NOFOLLOW)
        .open(run.join(NAME))
        .map_err(refused)?;
    // Any other error is a file system without locks: then nobody can see who serves, and serving matters more.
    let locked = fcntl(&file, FcntlArg::F_OFD_SETLK(&whole_file(libc::F_WRLCK)));
    if let Err(Errno::EAGAIN | Errno::EACCES) = locked {
        let path = run.to_owned();
        return Err(RuntimeDirectoryError::Claimed { path });
    }
    // Never closed: the lock would end with it.
    let _ = file.into_raw_fd();
    Ok(())
}

/// The directory from which a `wpimg-init` serves right now: the requested one, or the first of those that it
/// chooses from.
pub(crate) fn find_claimed(requested: Option<&Path>) -> Option<PathBuf> {
    let candidates = match requested {
        Some(path) => vec![path],
        None => CANDIDATES.map(Path::new).to_vec(),
    };
    let mut candidates = candidates.into_iter();
    let claimed = candidates.find(|run| is_claimed(run).unwrap_or(false));
    claimed.map(Path::to_owned)
}

fn is_claimed(run: &Path) -> io::Result<bool> {
    let file = File::open(run.join(NAME))?;
    // A lock, however short, would be in the way of whoever begins to serve, so we only ask.
    let mut lock = whole_file(libc::F_WRLCK);
    fcntl(file.as_fd(), FcntlArg::F_OFD_GETLK(&mut lock))?;
    Ok(i32::from(lock.l_type) != libc::F_UNLCK)
}

fn whole_file(kind: i32) -> libc::flock {
    let kind = i16::try_from(kind).unwrap_or_default();
    let whence = i16::try_from(libc::SEEK_SET).unwrap_or_default();
    libc::flock {
        l_type: kind,
        l_whence: whence,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_claimed_once_and_others_can_see_it() {
        let run = tempfile::tempdir().unwrap();
        let run = run.path();
        assert_eq!(find_claimed(Some(run)), None, "there is not even a file");
        std::fs::write(run.join(NAME), "").unwrap();
        assert_eq!(find_claimed(Some(run)), None, "a file is left over");
        claim(run).unwrap();
        assert_eq!(find_claimed(Some(run)).as_deref(), Some(run));
        let error = claim(run).unwrap_err();
        assert!(matches!(error, RuntimeDirectoryError::Claimed { .. }));
        assert!(error.hint().contains("wpimg-init exec"), "{}", error.hint());
    }
}
