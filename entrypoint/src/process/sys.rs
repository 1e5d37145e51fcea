//! The system calls that need `unsafe`: preparing a forked child, and `waitpid` for any signal.

#![expect(
    unsafe_code,
    reason = "pre_exec, sigaction and waitpid have no safe form that fits"
)]

use std::io;
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, sigprocmask,
};
use nix::unistd::{self, Pid};

/// How a child is set apart from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Isolation {
    /// A session of its own, without a terminal: a service.
    Session,
    /// A process group of its own that owns the terminal, if there is one: the main command.
    ForegroundGroup,
}

/// Makes the child start as if from a shell: default signal handling, nothing blocked, own group.
/// `inherited` stays open in it; nothing else of ours does.
pub(super) fn isolate(command: &mut Command, isolation: Isolation, inherited: Vec<RawFd>) {
    // SAFETY: the closure runs between fork and exec. It neither allocates nor takes a lock: it
    // makes system calls only, and all of them are async-signal-safe (signal-safety(7)).
    unsafe { command.pre_exec(move || prepare(isolation, &inherited)) };
}

fn prepare(isolation: Isolation, inherited: &[RawFd]) -> io::Result<()> {
    for descriptor in inherited {
        // SAFETY: `fcntl` with `F_SETFD` changes a flag of the descriptor table of this child only; a
        // number that is not open is an error, not undefined.
        Errno::result(unsafe { libc::fcntl(*descriptor, libc::F_SETFD, 0) })?;
    }
    // Blocked while we may still be in a background group, where `tcsetpgrp` would stop us.
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), None)?;
    match isolation {
        Isolation::Session => {
            unistd::setsid()?;
        }
        Isolation::ForegroundGroup => {
            unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
            // ENOTTY when stdin is no terminal, or not ours to control: then there is nothing to own.
            let _ = unistd::tcsetpgrp(io::stdin(), unistd::getpid());
        }
    }
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    for signal in Signal::iterator() {
        if !matches!(signal, Signal::SIGKILL | Signal::SIGSTOP) {
            // SAFETY: installing the default disposition runs no code of ours.
            unsafe { sigaction(signal, &default) }?;
        }
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
    Ok(())
}

/// `waitpid(-1, WNOHANG)`: the process and its raw status, or `None` when none has ended.
///
/// Not through `nix`, whose wrapper fails after the fact for a child killed by a real-time signal:
/// the status would be gone, and with it the knowledge that this child has ended.
pub(super) fn wait_any() -> Result<Option<(Pid, i32)>, Errno> {
    let mut status = 0;
    // SAFETY: `status` outlives the call, which writes one int to it.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    match Errno::result(pid)? {
        0 => Ok(None),
        pid => Ok(Some((Pid::from_raw(pid), status))),
    }
}
