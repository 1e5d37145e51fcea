//! Every signal there is, read from a descriptor: how a plain init listens.
//!
//! All signals are blocked and queue up, so that nothing is lost, not even one that was ignored when we were
//! executed, and no disposition has to be changed that the command inherits. The command gets the mask
//! that we found. PID 1 of an image that serves does it otherwise (`signals`): it starts many programs and
//! listens to few signals.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{Pid, getpid, getppid, read};

use super::SignalNumber;
use super::sys::{self, SignalState};

/// What one signal is told in (signalfd(2)); its number comes first.
const MESSAGE: usize = size_of::<libc::signalfd_siginfo>();

/// Read per turn, so that somebody who sends without end cannot keep us from reaping.
const LARGEST_TURN: usize = 64;

pub(crate) struct SignalQueue {
    descriptor: OwnedFd,
}

/// Mask and dispositions that the command is to find as we did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InheritedSignals(pub(super) SignalState);

impl SignalQueue {
    /// From the return of this function on no signal but KILL and STOP has an effect on us.
    pub(crate) fn open() -> io::Result<(Self, InheritedSignals)> {
        let inherited = SignalState::take()?;
        let descriptor = sys::signal_descriptor()?;
        Ok((Self { descriptor }, InheritedSignals(inherited)))
    }

    /// Readable when a signal has come.
    pub(crate) fn wake(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// The signals that have come, those of the lowest number first.
    pub(crate) fn take(&self) -> impl Iterator<Item = SignalNumber> {
        std::iter::from_fn(|| self.next()).take(LARGEST_TURN)
    }

    fn next(&self) -> Option<SignalNumber> {
        let mut message = [0; MESSAGE];
        loop {
            match read(&self.descriptor, &mut message) {
                Ok(MESSAGE) => break,
                Err(Errno::EINTR) => {}
                // EAGAIN: none is left.
                Ok(_) | Err(_) => return None,
            }
        }
        let number = message
            .first_chunk()
            .map(|number| i32::from_ne_bytes(*number));
        number.and_then(SignalNumber::new)
    }
}

/// Whom [`suffer`] hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victims {
    Ourselves,
    OurGroup,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suffered {
    /// It stopped us, and somebody has continued us since.
    Continued,
    Nothing,
}

/// Lets a signal that stops processes act as if we did not listen to it.
pub(crate) fn suffer(signal: SignalNumber, whose: Victims) -> Suffered {
    let process = match whose {
        Victims::Ourselves => std::process::id().cast_signed(),
        Victims::OurGroup => 0,
    };
    // The signal is delivered before `kill` returns, because no other thread could take it (kill(2)).
    if sys::set_mask(!bit(signal)).is_ok() {
        let _ = sys::kill(process, signal.get());
        let _ = sys::set_mask(u64::MAX);
    }
    // An earlier CONT does not count: a stop signal removes it from the queue.
    if sys::pending() & bit(SignalNumber::CONT) == 0 {
        Suffered::Nothing
    } else {
        Suffered::Continued
    }
}

fn bit(signal: SignalNumber) -> u64 {
    1 << (signal.get() - 1)
}

/// Asks the kernel for a signal when `parent` ends, which has started us.
pub(crate) fn receive_at_end_of(parent: Pid, signal: SignalNumber) -> io::Result<()> {
    sys::set_parent_death_signal(signal.get())?;
    // It may have ended before the kernel knew what we want.
    if getppid() != parent {
        sys::kill(getpid().as_raw(), signal.get())?;
    }
    Ok(())
}
