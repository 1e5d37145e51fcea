//! A walk through a tree by many threads, because each call may be a round trip to a server.

mod counts;
mod crew;
mod entry;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::statfs::{FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, fstatfs};
use nix::unistd::{Gid, Uid, pipe2};

use super::{OwnershipError, Top};
use counts::Counts;
pub(crate) use counts::Progress;
use crew::{Crew, THREADS_FOR_A_DISK, THREADS_FOR_A_SERVER, Work};

/// Who is to own the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: Uid,
    pub(crate) group: Gid,
}

/// A walk that goes on by itself until it has ended or is dropped.
pub(crate) struct Walk {
    crew: Arc<Crew>,
    /// Its other end is closed when the walk has ended.
    finished: OwnedFd,
}

/// Why waiting for a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Finished,
    /// There is something to read at the descriptor that was given.
    Woken,
    TimeUp,
}

impl Walk {
    /// The top itself is right already and counts as looked at.
    pub(crate) fn start(top: &Top, owner: Owner) -> Result<Self, OwnershipError> {
        let start = || -> Result<Self, Errno> {
            let device = top.stat()?.st_dev;
            let (finished, open) = pipe2(OFlag::O_CLOEXEC)?;
            let directory = top.readable()?;
            let threads = match fstatfs(&directory)?.filesystem_type() {
                NFS_SUPER_MAGIC | FUSE_SUPER_MAGIC | SMB_SUPER_MAGIC => THREADS_FOR_A_SERVER,
                _ => THREADS_FOR_A_DISK,
            };
            let crew = Arc::new(Crew::new(owner, device, threads, open));
            crew.begin(Work::Top(directory))?;
            Ok(Self { crew, finished })
        };
        start().map_err(|errno| OwnershipError::Walk {
            path: top.path.clone(),
            source: errno.into(),
        })
    }

    pub(crate) fn wait(&self, wake: BorrowedFd<'_>, until: Instant) -> Waited {
        loop {
            let mut sources = [
                PollFd::new(self.finished.as_fd(), PollFlags::POLLIN),
                PollFd::new(wake, PollFlags::POLLIN),
            ];
            let left = until.saturating_duration_since(Instant::now());
            // Rounded up, so that the time is over when `poll` returns.
            let timeout = PollTimeout::try_from(left.as_millis().saturating_add(1));
            let _ = poll(&mut sources, timeout.unwrap_or(PollTimeout::MAX));
            let [finished, woken] = sources.map(|source| source.any() == Some(true));
            if finished {
                return Waited::Finished;
            }
            if woken {
                return Waited::Woken;
            }
            if until <= Instant::now() {
                return Waited::TimeUp;
            }
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        self.counts().progress()
    }

    /// The first thing that went wrong, if anything did.
    pub(crate) fn take_failure(&self) -> Option<OwnershipError> {
        self.counts().take_failure()
    }

    fn counts(&self) -> &Counts {
        &self.crew.counts
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        self.crew.stop();
    }
}

#[cfg(test)]
mod tests;
