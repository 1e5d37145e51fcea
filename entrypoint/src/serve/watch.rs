//! What PID 1 knows, as the value that `wpimg-init status` shows.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::unistd::Pid;

use crate::status::{Ended, ServiceSnapshot, ServiceStage};
use crate::supervisor::{Life, Moment, ServiceState};

/// Turns moments into the time of day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    /// When the program started, since 1970.
    started: Duration,
}

impl Calendar {
    /// For moments that are counted from now on.
    pub(super) fn beginning_now() -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            started: started.unwrap_or_default(),
        }
    }

    pub(super) fn seconds(self, moment: Moment) -> u64 {
        let start = Moment::since_start(Duration::ZERO);
        (self.started + moment.since(start)).as_secs()
    }
}

pub(super) fn service(
    state: ServiceState,
    process: Option<(Pid, Moment)>,
    calendar: Calendar,
) -> ServiceSnapshot {
    let stage = match state.life {
        Life::Waiting => ServiceStage::Waiting,
        Life::Starting { .. } => ServiceStage::Starting,
        Life::Running { .. } => ServiceStage::Ready,
        Life::BackingOff { .. } => ServiceStage::BackingOff,
        Life::TimedOut | Life::Stopping => ServiceStage::Stopping,
        Life::Ended => ServiceStage::Ended,
    };
    let retry = match state.life {
        Life::BackingOff { until } => Some(calendar.seconds(until)),
        Life::Waiting
        | Life::Starting { .. }
        | Life::Running { .. }
        | Life::TimedOut
        | Life::Stopping
        | Life::Ended => None,
    };
    ServiceSnapshot {
        name: state.name.to_owned(),
        essential: state.is_essential,
        state: stage,
        pid: process.map(|(pid, _)| pid.as_raw()),
        since: process.map(|(_, spawned)| calendar.seconds(spawned)),
        restarts: state.restarts,
        retry,
        last_exit: state
            .last_exit
            .map(|(exit, at)| Ended::new(exit, calendar.seconds(at))),
    }
}
