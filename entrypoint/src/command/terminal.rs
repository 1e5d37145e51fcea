//! The controlling terminal, and who is in its foreground.
//!
//! The command leads a process group of its own, so the terminal has to be given to it, and given back when it
//! is suspended or ends: to whoever controls jobs, the job is we.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use nix::libc;
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};

use crate::process::Command;

pub(super) struct Terminal {
    descriptor: OwnedFd,
}

impl Terminal {
    /// Our controlling terminal, if we have one.
    pub(super) fn controlling() -> Option<Self> {
        let device = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOCTTY)
            .open("/dev/tty");
        let descriptor = match device {
            Ok(device) => OwnedFd::from(device),
            // A container may have the terminal without having the device.
            Err(_) => io::stdin().as_fd().try_clone_to_owned().ok()?,
        };
        tcgetpgrp(&descriptor)
            .is_ok()
            .then_some(Self { descriptor })
    }

    /// What to hand over when the command starts. Where only some of our streams are the terminal, we are part
    /// of a pipeline, and another part may be reading from it: then the command gets it when it asks.
    pub(super) fn to_begin_with(&self) -> Option<BorrowedFd<'_>> {
        let whole = io::stdin().is_terminal() && io::stdout().is_terminal();
        (whole && self.is_ours()).then(|| self.descriptor.as_fd())
    }

    fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(&self.descriptor).ok()
    }

    /// Whether we, and not the command, are in the foreground.
    pub(super) fn is_ours(&self) -> bool {
        self.foreground() == Some(getpgrp())
    }

    /// Gives the command what is ours.
    pub(super) fn hand_over(&self, command: Command) {
        if self.is_ours() {
            let _ = tcsetpgrp(&self.descriptor, command.pid);
        }
    }

    /// Takes back what we gave it: its group has ended or been suspended.
    pub(super) fn take_back(&self, command: Command) {
        if self.foreground() == Some(command.pid) {
            let _ = tcsetpgrp(&self.descriptor, getpgrp());
        }
    }
}
