//! `wpimg-init -- CMD ARGS`: a plain init for any command.
//!
//! Every signal that can be caught goes to the command itself, not to its group: a program that
//! has children knows better what the signal means to them. When the command has ended, what it
//! left behind is asked to end, waited for, and in the end killed: no other small init waits.
//! Nothing is configured and no environment variable is read.

mod machine;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};
use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::process::{Children, Signals, SpawnError, reap, signal_descendants, spawn_foreground};
use crate::report::Report;
use machine::{Action, Event, Machine};

#[derive(Debug, Error)]
enum CommandError {
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    #[error("cannot become the reaper of orphaned processes")]
    Subreaper(#[source] io::Error),
    #[error(transparent)]
    Spawn(#[from] SpawnError),
}

impl CommandError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Signals(_) | Self::Subreaper(_) => ExitCode::Internal,
            Self::Spawn(error) => ExitCode::Child(error.exit()),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signals(_) | Self::Subreaper(_) => None,
            Self::Spawn(error) => error.hint(),
        }
    }
}

/// Runs the command to its end and returns its exit code.
pub(crate) fn run(command: &[OsString], report: &mut Report) -> ExitCode {
    match start(command) {
        Ok((signals, pid)) => watch(&signals, pid),
        Err(error) => {
            report.failure(&error, error.hint());
            error.code()
        }
    }
}

fn start(command: &[OsString]) -> Result<(Signals, Pid), CommandError> {
    let signals = Signals::install(Signal::iterator().filter(|signal| is_ours_to_handle(*signal)))
        .map_err(CommandError::Signals)?;
    if getpid().as_raw() != 1 {
        prctl::set_child_subreaper(true).map_err(|errno| CommandError::Subreaper(errno.into()))?;
    }
    let pid = spawn_foreground(command)?;
    Ok((signals, pid))
}

/// Not the two that nobody can handle, nor those that mean that we ourselves have gone wrong.
fn is_ours_to_handle(signal: Signal) -> bool {
    !matches!(
        signal,
        Signal::SIGKILL
            | Signal::SIGSTOP
            | Signal::SIGILL
            | Signal::SIGTRAP
            | Signal::SIGABRT
            | Signal::SIGBUS
            | Signal::SIGFPE
            | Signal::SIGSEGV
            | Signal::SIGSYS
    )
}

// No error may end the loop: while we live, every orphan has somebody to collect it.
fn watch(signals: &Signals, main: Pid) -> ExitCode {
    let started = Instant::now();
    let mut machine = Machine::default();
    let mut events = VecDeque::new();
    loop {
        let wait = machine
            .deadline()
            .map(|deadline| deadline.saturating_sub(started.elapsed()));
        let mut sources = [PollFd::new(signals.wake(), PollFlags::POLLIN)];
        match poll(&mut sources, timeout(wait)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
        let arrived = signals
            .take()
            .into_iter()
            .filter(|signal| *signal != Signal::SIGCHLD);
        events.extend(arrived.map(Event::Signal));
        // After the signals, which are forwarded first: a command that has been collected may have
        // lost its pid to a stranger.
        events.extend([Event::Tick, Event::Wake]);
        while let Some(event) = events.pop_front() {
            for action in machine.handle(started.elapsed(), event) {
                match action {
                    Action::Forward(signal) => drop(kill(main, signal)),
                    Action::TermDescendants => signal_descendants(Signal::SIGTERM),
                    Action::KillDescendants => signal_descendants(Signal::SIGKILL),
                    Action::Collect => collect(main, &mut events),
                    Action::Exit(code) => return code,
                }
            }
        }
    }
}

fn collect(main: Pid, events: &mut VecDeque<Event>) {
    let children = reap(|pid, exit| {
        if pid == main {
            events.push_back(Event::Exited(exit));
        }
    });
    if children == Children::Gone {
        events.push_back(Event::ChildrenGone);
    }
}

fn timeout(longest: Option<Duration>) -> PollTimeout {
    let milliseconds = longest.map(|duration| duration.as_millis().saturating_add(1));
    milliseconds.map_or(PollTimeout::NONE, |ms| {
        PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
    })
}
