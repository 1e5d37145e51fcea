//! Signals, turned into something `poll` can wait for.
//!
//! Handlers only set a flag and write a byte into a pipe. No signal is ever blocked: a mask would
//! be inherited by every child, and a child that does not clear it is deaf to TERM.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::fcntl::OFlag;
use nix::sys::signal::Signal;
use nix::unistd::{pipe2, read, write};
use signal_hook::{flag, low_level};

/// The signals the program listens to, and which of them have come.
pub(crate) struct Signals {
    wake: OwnedFd,
    arrived: Vec<(Signal, Arc<AtomicBool>)>,
}

impl Signals {
    /// From the return of this function on none of these signals has its default effect.
    pub(crate) fn install(signals: impl IntoIterator<Item = Signal>) -> io::Result<Self> {
        let (wake, notify) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        let mut arrived = Vec::new();
        for signal in signals {
            let flag = Arc::new(AtomicBool::new(false));
            // The flag first: once the byte is in the pipe, the flag must be seen.
            flag::register(signal as i32, Arc::clone(&flag))?;
            low_level::pipe::register(signal as i32, notify.try_clone()?)?;
            arrived.push((signal, flag));
        }
        // A signal between the two registrations above set its flag without a byte.
        write(&notify, &[0])?;
        Ok(Self { wake, arrived })
    }

    /// Readable when a signal has come.
    pub(crate) fn wake(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    /// Every signal that has come since the last call, once each.
    pub(crate) fn take(&self) -> Vec<Signal> {
        let mut bytes = [0; 64];
        // Emptied before the flags are looked at, so that no signal can fall in between.
        while let Ok(1..) = read(&self.wake, &mut bytes) {}
        let came = self
            .arrived
            .iter()
            .filter(|(_, flag)| flag.swap(false, Ordering::SeqCst));
        came.map(|(signal, _)| *signal).collect()
    }

    /// Whether one of these signals waits to be taken.
    pub(crate) fn waiting(&self, any_of: &[Signal]) -> bool {
        self.arrived
            .iter()
            .any(|(signal, flag)| any_of.contains(signal) && flag.load(Ordering::SeqCst))
    }
}
