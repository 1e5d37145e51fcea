//! The system calls that need `unsafe`: preparing a forked child, `waitpid` for any signal, and signals
//! by number.
//!
//! Masks are read and written by the bare system call: the C library's own functions leave out the
//! signals it keeps for itself, and those that we inherit or forward may be among them.

#![expect(
    unsafe_code,
    reason = "pre_exec, sigaction, waitpid, madvise and signals by number have no safe form that fits"
)]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, sigprocmask,
};
use nix::unistd::{self, Pid};

use super::code_pages::Code;

/// Makes the child start as if from a shell: default signal handling, nothing blocked, and a session of its
/// own without a terminal. `inherited` stays open in it; nothing else of ours does.
pub(super) fn isolate(command: &mut Command, inherited: Vec<RawFd>) {
    // SAFETY: the closure runs between fork and exec. It neither allocates nor takes a lock: it
    // makes system calls only, and all of them are async-signal-safe (signal-safety(7)).
    unsafe { command.pre_exec(move || prepare(&inherited)) };
}

fn prepare(inherited: &[RawFd]) -> io::Result<()> {
    for descriptor in inherited {
        // SAFETY: `fcntl` with `F_SETFD` changes a flag of the descriptor table of this child only; a
        // number that is not open is an error, not undefined.
        Errno::result(unsafe { libc::fcntl(*descriptor, libc::F_SETFD, 0) })?;
    }
    unistd::setsid()?;
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

/// Puts the child into a process group of its own, which gets `terminal`, and gives it the signals as we
/// found them. Signals must be blocked now: `tcsetpgrp` stops a process of a background group otherwise.
pub(super) fn pass_on(command: &mut Command, terminal: Option<RawFd>, signals: SignalState) {
    let prepare = move || {
        unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
        if let Some(terminal) = terminal {
            // SAFETY: the caller keeps `terminal` open until the child has been started.
            let terminal = unsafe { BorrowedFd::borrow_raw(terminal) };
            // Refused when it is no longer ours to give; then the command is in the background.
            let _ = unistd::tcsetpgrp(terminal, unistd::getpid());
        }
        signals.restore()
    };
    // SAFETY: as in `isolate`.
    unsafe { command.pre_exec(prepare) };
}

/// Signals as the program that started us left them, as far as we change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignalState {
    /// One bit per signal, from 1.
    mask: u64,
    child_ignored: bool,
    pipe_ignored: bool,
}

impl SignalState {
    /// Blocks every signal, and makes sure that the end of a child can be seen.
    pub(super) fn take() -> Result<Self, Errno> {
        set_mask(u64::MAX)?;
        let child_ignored = is_ignored(libc::SIGCHLD);
        if child_ignored {
            set_ignored(libc::SIGCHLD, false)?;
        }
        Ok(Self {
            mask: FIRST_MASK.load(Ordering::Relaxed),
            child_ignored,
            pipe_ignored: PIPE_WAS_IGNORED.load(Ordering::Relaxed),
        })
    }

    fn restore(self) -> io::Result<()> {
        set_ignored(libc::SIGCHLD, self.child_ignored)?;
        set_ignored(libc::SIGPIPE, self.pipe_ignored)?;
        set_mask(self.mask)?;
        Ok(())
    }
}

/// The mask with which the program was executed. The C library may unblock signals of its own before `main`.
static FIRST_MASK: AtomicU64 = AtomicU64::new(0);

/// Whether SIGPIPE was ignored then. Rust's runtime ignores it before `main`.
static PIPE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);

extern "C" fn look_at_signals() {
    FIRST_MASK.store(mask(), Ordering::Relaxed);
    PIPE_WAS_IGNORED.store(is_ignored(libc::SIGPIPE), Ordering::Relaxed);
}

// SAFETY: functions of this section are called before `main`, with arguments they need not take; this one
// makes two system calls and needs nothing of Rust's runtime.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK_AT_SIGNALS: extern "C" fn() = look_at_signals;

fn is_ignored(signal: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the kernel writes one `sigaction`, of which all zeros is a valid value too.
    let action = unsafe {
        libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}

fn set_ignored(signal: i32, ignored: bool) -> Result<(), Errno> {
    let handler = if ignored {
        SigHandler::SigIgn
    } else {
        SigHandler::SigDfl
    };
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    let signal = Signal::try_from(signal)?;
    // SAFETY: neither disposition runs code of ours.
    unsafe { sigaction(signal, &action) }.map(drop)
}

/// Sets which signals are blocked.
pub(super) fn set_mask(mask: u64) -> Result<(), Errno> {
    // SAFETY: the kernel reads 64 bits, as the last argument says.
    let result = unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            &raw const mask,
            ptr::null_mut::<u64>(),
            size_of::<u64>(),
        )
    };
    Errno::result(result).map(drop)
}

fn mask() -> u64 {
    let mut mask = 0_u64;
    // SAFETY: the kernel writes 64 bits, as the last argument says.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            ptr::null::<u64>(),
            &raw mut mask,
            size_of::<u64>(),
        )
    };
    mask
}

/// The signals that have come and were not taken, one bit each.
pub(super) fn pending() -> u64 {
    let mut pending = 0_u64;
    // SAFETY: the kernel writes 64 bits, as the last argument says.
    unsafe { libc::syscall(libc::SYS_rt_sigpending, &raw mut pending, size_of::<u64>()) };
    pending
}

pub(super) fn set_parent_death_signal(signal: i32) -> Result<(), Errno> {
    // SAFETY: no memory is involved.
    Errno::result(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) }).map(drop)
}

/// A descriptor from which every signal can be read while it is blocked (signalfd(2)).
pub(super) fn signal_descriptor() -> Result<OwnedFd, Errno> {
    let every = u64::MAX;
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    // SAFETY: the kernel reads 64 bits of `every`, as the third argument says.
    let result = unsafe {
        libc::syscall(
            libc::SYS_signalfd4,
            -1,
            &raw const every,
            size_of::<u64>(),
            flags,
        )
    };
    owned(Errno::result(result)?)
}

/// kill(2): a process, or with a negative number a group.
pub(super) fn kill(process: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: no memory is involved.
    Errno::result(unsafe { libc::kill(process, signal) }).map(drop)
}

/// A descriptor of a process that keeps meaning this process when its number is used again (pidfd_open(2)).
pub(super) fn open_process(process: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory is involved.
    let result = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
    owned(Errno::result(result)?)
}

pub(super) fn signal_process(process: BorrowedFd<'_>, signal: i32) -> Result<(), Errno> {
    let no_information = ptr::null::<libc::siginfo_t>();
    // SAFETY: a null pointer means that the kernel fills the information as kill(2) does.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            process.as_raw_fd(),
            signal,
            no_information,
            0,
        )
    };
    Errno::result(result).map(drop)
}

fn owned(descriptor: libc::c_long) -> Result<OwnedFd, Errno> {
    let descriptor = RawFd::try_from(descriptor).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has just made it for us, and nobody else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Whether to hear of children that were stopped, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stops {
    Reported,
    Unseen,
}

/// `waitpid(-1, WNOHANG)`: the process and its raw status, or `None` when nothing has happened to any.
///
/// Not through `nix`, whose wrapper fails after the fact for a child killed by a real-time signal:
/// the status would be gone, and with it the knowledge that this child has ended.
pub(super) fn wait_any(stops: Stops) -> Result<Option<(Pid, i32)>, Errno> {
    let options = match stops {
        Stops::Reported => libc::WNOHANG | libc::WUNTRACED,
        Stops::Unseen => libc::WNOHANG,
    };
    let mut status = 0;
    // SAFETY: `status` outlives the call, which writes one int to it.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, options) };
    match Errno::result(pid)? {
        0 => Ok(None),
        pid => Ok(Some((Pid::from_raw(pid), status))),
    }
}

/// The supplementary groups of the calling thread alone; the C library's `setgroups` changes those of all threads.
pub(crate) fn set_groups_of_this_thread(groups: &[unistd::Gid]) -> Result<(), Errno> {
    let groups: Vec<libc::gid_t> = groups.iter().map(|group| group.as_raw()).collect();
    // SAFETY: the kernel reads as many ids as it is told there are, from a list that outlives the call.
    let result = unsafe { libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) };
    Errno::result(result).map(drop)
}

/// Unmaps the pages of our own code and constants, which come back from the file when they are used.
pub(super) fn forget_code(code: &Code) {
    let range = code.range();
    let start = std::ptr::with_exposed_provenance_mut(range.start);
    // SAFETY: a `Code` is a private mapping of a file that is not writable, so no page of it has content of its own,
    // and MADV_DONTNEED makes the next use read the file again (madvise(2)).
    let _ = unsafe { libc::madvise(start, range.len(), libc::MADV_DONTNEED) };
}
