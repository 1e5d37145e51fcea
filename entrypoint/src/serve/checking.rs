//! Whether a service that starts is ready: asked through a socket, or by a program of the site's own.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Gid, Pid, Uid};

use crate::exit_code::Exit;
use crate::process::{CommandLine, OutputPump, spawn_service_as};
use crate::readiness::{Check, Probe, RETRY_INTERVAL, Readiness};
use crate::supervisor::Moment;
use wpimg_report::{Channel, Origin, Report};

/// For so long a service is asked often, because every millisecond counts. One that takes longer is slow or
/// broken, and must not keep PID 1 awake.
const HASTE: Duration = Duration::from_secs(5);

/// Between two questions after that, and from the end of one run of a program to the beginning of the next.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) enum Checking {
    /// Nothing has to be asked.
    Nothing,
    Socket {
        probe: Probe,
        since: Moment,
    },
    Program {
        command: CommandLine,
        process: Option<Pid>,
        next: Moment,
    },
}

impl Checking {
    pub(super) fn new(check: Option<Check>, now: Moment) -> Self {
        match check {
            None => Self::Nothing,
            Some(Check::Exec(command)) => Self::Program {
                command,
                process: None,
                next: now,
            },
            Some(check) => Self::Socket {
                probe: Probe::new(check),
                since: now,
            },
        }
    }

    /// Readable when an answer may have come.
    pub(super) fn connection(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Socket { probe, .. } => probe.connection(),
            Self::Nothing | Self::Program { .. } => None,
        }
    }

    /// After how long to try again if nothing happens.
    pub(super) fn pause(&self, now: Moment) -> Option<Duration> {
        match self {
            Self::Nothing => Some(Duration::ZERO),
            Self::Socket { since, .. } if now.since(*since) < HASTE => Some(RETRY_INTERVAL),
            Self::Socket { .. } => Some(PAUSE),
            Self::Program {
                process: Some(_), ..
            } => None,
            Self::Program { next, .. } => Some(next.since(now)),
        }
    }

    /// Goes as far as is possible without waiting; `run` starts the program.
    pub(super) fn advance(
        &mut self,
        now: Moment,
        run: impl FnOnce(&CommandLine) -> Option<Pid>,
    ) -> Readiness {
        match self {
            Self::Nothing => Readiness::Ready,
            Self::Socket { probe, .. } => probe.advance(),
            Self::Program {
                command,
                process: process @ None,
                next,
            } if *next <= now => {
                *process = run(command);
                *next = now + PAUSE;
                Readiness::NotYet
            }
            Self::Program { .. } => Readiness::NotYet,
        }
    }

    /// What the end of this process says, if it is the program's.
    pub(super) fn ended(&mut self, pid: Pid, exit: Exit, now: Moment) -> Option<Readiness> {
        match self {
            Self::Program { process, next, .. } if *process == Some(pid) => {
                *process = None;
                *next = now + PAUSE;
                Some(match exit {
                    Exit::Code(0) => Readiness::Ready,
                    Exit::Code(_) | Exit::Signal(_) => Readiness::NotYet,
                })
            }
            Self::Nothing | Self::Socket { .. } | Self::Program { .. } => None,
        }
    }
}

/// A program that asks about a service which is gone has nothing to ask any more.
impl Drop for Checking {
    fn drop(&mut self) {
        if let Self::Program {
            process: Some(pid), ..
        } = self
        {
            // Ours and not reaped yet, so it is this very group.
            let _ = killpg(*pid, Signal::SIGKILL);
        }
    }
}

/// Starts the program that tells whether a service is ready. One that cannot be started is tried again.
pub(super) fn spawn_check(
    name: &str,
    command: &CommandLine,
    user: Option<(Uid, Gid)>,
    outputs: &mut OutputPump,
    report: &mut Report,
) -> Option<Pid> {
    match spawn_service_as(command, None, user) {
        Ok(process) => {
            outputs.add(process.stdout, Origin::service(name, Channel::Stdout));
            outputs.add(process.stderr, Origin::service(name, Channel::Stderr));
            Some(process.pid)
        }
        Err(error) => {
            report.failure(&error, error.hint());
            None
        }
    }
}
