//! Gives the directories that the workers write to, to the workers.
//!
//! On a network file system every call takes a millisecond, so a recursive `chown` of a million files at every start
//! costs a quarter of an hour. Here the top is looked at first: when it has the right owner and bears a valid [`stamp`],
//! that was all. Otherwise the tree is walked by many threads at once, and only what differs is changed.
//!
//! The walk works on descriptors and follows no link, so that a worker who exchanges a file while root walks gains
//! nothing. Left alone are files with a second name (it may be anywhere), devices, and other file systems
//! mounted below. An EFS access point refuses every chown and maps every user to its own (EFS user guide, "Enforcing
//! a user identity using an access point"): there the question is only whether the workers can write.
//!
//! All of it runs in a job, never in PID 1: a server that does not answer stops nobody but the job.

mod error;
mod look;
mod probe;
mod stamp;
mod top;
mod walk;

pub(crate) use error::OwnershipError;
pub(crate) use look::{Need, Settled, Sight, look, settle_touched};
pub(crate) use stamp::{WORTH_A_STAMP, put as put_stamp};
pub(crate) use top::Top;
pub(crate) use walk::{Owner, Progress, Waited, Walk};

#[cfg(test)]
mod tests {
    /// Owners can only be changed by root: these tests fail elsewhere instead of proving nothing.
    pub(super) fn needs_root() {
        assert!(
            nix::unistd::geteuid().is_root(),
            "run this test as root, as tests/run does"
        );
    }
}
