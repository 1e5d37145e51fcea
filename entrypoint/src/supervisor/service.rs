//! One supervised service as the supervisor sees it.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::Moment;
use super::restart::RestartHistory;

/// A service that answers nothing for this long after its start is broken, not slow.
pub(super) const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A service's place in the start order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceId(pub(crate) usize);

/// How to talk to a service: the same intent is a different signal for each program.
#[derive(Clone, Debug)]
pub(crate) struct ServicePolicy {
    pub(crate) name: &'static str,
    /// Finish what is being served, then end.
    pub(crate) graceful_stop: Signal,
    /// End soon, even if a request is lost.
    pub(crate) fast_stop: Signal,
    /// Take up a new configuration without losing a request.
    pub(crate) reload: Signal,
    pub(crate) reopen_logs: Signal,
}

/// Where a service is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Its turn has not come.
    Waiting,
    /// Running but not ready yet. Has no handlers for reload and reopen yet either, so those
    /// signals would kill it.
    Starting {
        since: Moment,
    },
    Running,
    /// Did not get ready in time and was killed; its exit is on the way.
    TimedOut,
    /// Failed; will be started again.
    BackingOff {
        until: Moment,
    },
    /// Gone for good.
    Ended,
}

impl Life {
    /// Whether there is a main process.
    pub(super) fn is_alive(self) -> bool {
        match self {
            Self::Starting { .. } | Self::Running | Self::TimedOut => true,
            Self::Waiting | Self::BackingOff { .. } | Self::Ended => false,
        }
    }

    /// When something has to happen even if nothing else does.
    pub(super) fn deadline(self) -> Option<Moment> {
        match self {
            Self::Starting { since } => Some(since + START_TIMEOUT),
            Self::BackingOff { until } => Some(until),
            Self::Waiting | Self::Running | Self::TimedOut | Self::Ended => None,
        }
    }
}

/// A service and its state.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) policy: ServicePolicy,
    pub(super) life: Life,
    pub(super) history: RestartHistory,
}
