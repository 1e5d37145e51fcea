//! What the supervisor wants done, and what it wants said.

use std::fmt;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::ServiceId;
use crate::exit_code::{Exit, ExitCode};

/// One thing for the edge to do. Actions of one event are performed in order.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Start the service and begin to check whether it is ready.
    Spawn(ServiceId),
    /// Send a signal to the service's main process only.
    Signal(ServiceId, Signal),
    /// Kill what is left of the service's process group: orphaned workers keep port and socket.
    KillGroup(ServiceId),
    /// Every service is ready.
    AnnounceServices,
    /// Let `/healthz` fail while everything still serves.
    FailHealthChecks,
    /// Refuse new connections; those that have begun are still to be accepted.
    RefuseConnections,
    /// Report `ConnectionsAccepted` if nobody waits to be accepted any more.
    CountConnections,
    /// Give up our own hold on the port.
    ReleasePort,
    /// Ask every descendant to end.
    TermDescendants,
    /// Kill every descendant.
    KillDescendants,
    /// Report `ChildrenGone` if there is no child.
    CountChildren,
    /// Write a message.
    Say(Notice),
    /// Leave the event loop with this code. Always the last action there is.
    Exit(ExitCode),
}

/// A message of the supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    Ready {
        name: &'static str,
        after: Duration,
    },
    Died {
        name: &'static str,
        exit: Exit,
        retry: Duration,
    },
    StartTimedOut {
        name: &'static str,
        after: Duration,
    },
    GaveUp {
        name: &'static str,
        exit: Exit,
        failures: usize,
    },
    Misconfigured {
        name: &'static str,
    },
    Draining {
        delay: Duration,
    },
    Stopping,
    Hurrying {
        left: Vec<&'static str>,
    },
    CutShort {
        name: &'static str,
        after: Duration,
    },
    DiedWhileStopping {
        name: &'static str,
        exit: Exit,
    },
    Killing,
    Stopped {
        after: Duration,
    },
    LeftBehind,
    Reloading,
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { name, after } => write!(formatter, "{name} is ready after {after:.1?}"),
            Self::Died { name, exit, retry } => {
                write!(formatter, "{name} {exit}; starting it again in {retry:.0?}")
            }
            Self::StartTimedOut { name, after } => {
                write!(
                    formatter,
                    "{name} was not ready after {after:?}; killing it"
                )
            }
            Self::GaveUp {
                name,
                exit,
                failures,
            } => write!(
                formatter,
                "{name} {exit}; giving up after {failures} failures, stopping the container"
            ),
            Self::Misconfigured { name } => write!(
                formatter,
                "{name} cannot start with this configuration, stopping the container"
            ),
            Self::Draining { delay } => {
                write!(
                    formatter,
                    "health checks fail from now on; stopping in {delay:?}"
                )
            }
            Self::Stopping => formatter.write_str("stopping"),
            Self::Hurrying { left } => {
                write!(
                    formatter,
                    "in a hurry: sending TERM to {}",
                    left.join(" and ")
                )
            }
            Self::CutShort { name, after } => {
                write!(
                    formatter,
                    "{name} has cut the requests that were not answered after {after:.1?}"
                )
            }
            Self::DiedWhileStopping { name, exit } => {
                write!(formatter, "{name} {exit} while stopping")
            }
            Self::Killing => formatter.write_str("the stop budget is spent: killing what is left"),
            Self::Stopped { after } => write!(formatter, "stopped after {after:.1?}"),
            Self::LeftBehind => {
                formatter.write_str("leaving although processes are left that cannot be killed")
            }
            Self::Reloading => formatter.write_str("reloading"),
        }
    }
}
