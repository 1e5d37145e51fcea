//! What can happen to the supervisor.

use super::ServiceId;
use crate::exit_code::{Exit, ExitCode};

/// Everything that the outside can tell the supervisor; each comes with the time it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Set-up is done: start the first service.
    Begin,
    /// Something else than a service makes it impossible to go on.
    Abandoned(ExitCode),
    /// The service answered its readiness check.
    Ready(ServiceId),
    /// The service's main process is gone; others of its group may be left.
    Exited(ServiceId, Exit),
    /// The service could not be started; the exit is what a shell would have reported.
    SpawnFailed(ServiceId, Exit),
    /// Nobody waits to be accepted at the port any more.
    ConnectionsAccepted,
    /// No child of ours is left, adopted ones included.
    ChildrenGone,
    /// TERM, INT or QUIT.
    StopRequested,
    /// HUP.
    ReloadRequested,
    /// USR1.
    ReopenRequested,
    /// The moment that `Supervisor::deadline` asked for may have come.
    Tick,
}
