//! One supervised service as the supervisor sees it.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::Moment;
use super::restart::{RestartHistory, RestartPolicy};
use crate::exit_code::Exit;

/// A service's place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceId(pub(crate) usize);

/// What becomes of the container when a service cannot be kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Importance {
    /// It ends with the service's code.
    Essential,
    /// It goes on; the service is tried again for ever.
    Optional,
}

/// How to treat a service, and how to talk to it: the same intent is a different signal for each program.
#[derive(Clone, Debug)]
pub(crate) struct ServicePolicy {
    /// Services live as long as the program, and so do their names.
    pub(crate) name: &'static str,
    /// Finish what is being served, then end.
    pub(crate) graceful_stop: Signal,
    /// End soon, even if a request is lost.
    pub(crate) fast_stop: Signal,
    /// Take up a new configuration without losing a request. `None` when it knows no such signal.
    pub(crate) reload: Option<Signal>,
    pub(crate) reopen_logs: Option<Signal>,
    pub(crate) importance: Importance,
    /// Started once all of these are ready, and gone before any of them is told to stop. They stand
    /// before this one in the list.
    pub(crate) after: Vec<ServiceId>,
    /// Whether visitors are connected to this one.
    pub(crate) is_front: bool,
    /// A service that answers nothing for this long after its start is broken, not slow.
    pub(crate) start_timeout: Duration,
    pub(crate) restart: RestartPolicy,
    /// It ends like this when its configuration is wrong. If it has never been ready, no further start helps.
    pub(crate) misconfigured: Option<Exit>,
}

impl ServicePolicy {
    pub(crate) fn is_essential(&self) -> bool {
        self.importance == Importance::Essential
    }

    /// Whether this is how the service ends when it is told to: with 0, or by the signal itself if it has no
    /// handler for it.
    pub(super) fn obeys_with(&self, exit: Exit) -> bool {
        let by_signal = u8::try_from(self.graceful_stop as i32).map(Exit::Signal);
        exit == Exit::Code(0) || by_signal.is_ok_and(|signal| exit.number() == signal.number())
    }
}

/// Where a service is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Its turn has not come.
    Waiting,
    /// Running but not ready yet. Has no handlers for reload and reopen yet either, so those
    /// signals would kill it.
    Starting {
        since: Moment,
    },
    Running {
        since: Moment,
    },
    /// Did not get ready in time and was killed; its exit is on the way.
    TimedOut,
    /// Failed; will be started again.
    BackingOff {
        until: Moment,
    },
    /// Told to stop gracefully.
    Stopping,
    /// Gone for good.
    Ended,
}

impl Life {
    /// Whether there is a main process.
    pub(super) fn is_alive(self) -> bool {
        match self {
            Self::Starting { .. } | Self::Running { .. } | Self::TimedOut | Self::Stopping => true,
            Self::Waiting | Self::BackingOff { .. } | Self::Ended => false,
        }
    }

    pub(super) fn is_ready(self) -> bool {
        self.ready_since().is_some()
    }

    pub(super) fn ready_since(self) -> Option<Moment> {
        match self {
            Self::Running { since } => Some(since),
            Self::Waiting
            | Self::Starting { .. }
            | Self::TimedOut
            | Self::BackingOff { .. }
            | Self::Stopping
            | Self::Ended => None,
        }
    }
}

/// A service and its state.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) policy: ServicePolicy,
    pub(super) life: Life,
    pub(super) history: RestartHistory,
    pub(super) has_been_ready: bool,
    pub(super) restarts: u64,
    pub(super) last_exit: Option<(Exit, Moment)>,
}

impl Service {
    pub(super) fn new(policy: ServicePolicy) -> Self {
        Self {
            policy,
            life: Life::Waiting,
            history: RestartHistory::default(),
            has_been_ready: false,
            restarts: 0,
            last_exit: None,
        }
    }

    /// When something has to happen while everything serves, even if nothing else does.
    pub(super) fn deadline(&self) -> Option<Moment> {
        match self.life {
            Life::Starting { since } => Some(since + self.policy.start_timeout),
            Life::BackingOff { until } => Some(until),
            Life::Waiting
            | Life::Running { .. }
            | Life::TimedOut
            | Life::Stopping
            | Life::Ended => None,
        }
    }

    pub(super) fn is_essential(&self) -> bool {
        self.policy.is_essential()
    }
}

/// What can be told about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceState {
    pub(crate) name: &'static str,
    pub(crate) is_essential: bool,
    pub(crate) life: Life,
    pub(crate) restarts: u64,
    pub(crate) last_exit: Option<(Exit, Moment)>,
}
