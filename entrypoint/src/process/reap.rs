//! Reaping: the one place in the program that waits for children.
//!
//! SIGCHLD coalesces, so every call drains until nothing is left to collect.

use nix::errno::Errno;
use nix::libc;
use nix::unistd::Pid;

use super::SignalNumber;
use super::sys::{self, Stops};
use crate::exit_code::Exit;

/// Whether any child is left, adopted ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Children {
    Left,
    Gone,
}

/// What has happened to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Ended(Exit),
    /// It waits for CONT.
    Stopped(SignalNumber),
}

/// Collects every child that has ended.
pub(crate) fn reap(mut ended: impl FnMut(Pid, Exit)) -> Children {
    collect(Stops::Unseen, |pid, status| {
        if let Some(exit) = exit(status) {
            ended(pid, exit);
        }
    })
}

/// As [`reap`], and hears of children that were stopped.
pub(crate) fn reap_and_see_stops(mut changed: impl FnMut(Pid, Change)) -> Children {
    collect(Stops::Reported, |pid, status| {
        let stop = || stop(status).map(Change::Stopped);
        if let Some(change) = exit(status).map(Change::Ended).or_else(stop) {
            changed(pid, change);
        }
    })
}

fn collect(stops: Stops, mut happened: impl FnMut(Pid, i32)) -> Children {
    loop {
        match sys::wait_any(stops) {
            Ok(Some((pid, status))) => happened(pid, status),
            Ok(None) => return Children::Left,
            Err(Errno::EINTR) => {}
            // ECHILD; the call has no other error.
            Err(_) => return Children::Gone,
        }
    }
}

/// `None` for a child that was stopped or continued, which is no end.
fn exit(status: i32) -> Option<Exit> {
    if libc::WIFEXITED(status) {
        u8::try_from(libc::WEXITSTATUS(status)).ok().map(Exit::Code)
    } else if libc::WIFSIGNALED(status) {
        u8::try_from(libc::WTERMSIG(status)).ok().map(Exit::Signal)
    } else {
        None
    }
}

fn stop(status: i32) -> Option<SignalNumber> {
    let stopped = libc::WIFSTOPPED(status).then(|| libc::WSTOPSIG(status));
    stopped.and_then(SignalNumber::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_word_is_read_as_wait_2_describes_it() {
        assert_eq!(exit(0x2a00), Some(Exit::Code(42)));
        assert_eq!(exit(0x0009), Some(Exit::Signal(9)));
        assert_eq!(exit(0x0080 | 6), Some(Exit::Signal(6)), "with a core dump");
        assert_eq!(exit(0x0028), Some(Exit::Signal(40)), "a real-time signal");
        assert_eq!(exit(0x137f), None, "stopped");
        assert_eq!(stop(0x147f), "TSTP".parse().ok());
        assert_eq!(stop(0x2a00), None, "ended");
        assert_eq!(stop(0xffff), None, "continued");
    }
}
