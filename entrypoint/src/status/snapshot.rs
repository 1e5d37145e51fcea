//! What there is to tell, as a value. Times are whole seconds since 1970.

use serde::{Deserialize, Serialize};

use crate::exit_code::Exit;

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) pid: i32,
    pub(crate) stage: Stage,
    pub(crate) since: u64,
    pub(crate) services: Vec<ServiceSnapshot>,
    pub(crate) jobs: Vec<JobSnapshot>,
}

/// What the whole container is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// Not ready for visitors yet.
    Starting,
    Ready,
    /// It was ready, but an essential service is missing at the moment.
    Degraded,
    /// Health checks fail, everything still serves.
    Draining,
    Stopping,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceSnapshot {
    pub(crate) name: String,
    pub(crate) essential: bool,
    pub(crate) state: ServiceStage,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pid: Option<i32>,
    /// When that process was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<u64>,
    pub(crate) restarts: u64,
    /// When the next start is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_exit: Option<Ended>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceStage {
    Waiting,
    Starting,
    Ready,
    BackingOff,
    Stopping,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobSnapshot {
    pub(crate) name: String,
    /// Of a run that has not ended yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pid: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<u64>,
    /// When the next run begins, if it is not one on request only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_run: Option<LastRun>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastRun {
    #[serde(flatten)]
    pub(crate) ended: Ended,
    pub(crate) milliseconds: u64,
}

/// How and when a process ended: with a code, or by a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signal: Option<u8>,
    pub(crate) at: u64,
}

impl Ended {
    pub(crate) fn new(exit: Exit, at: u64) -> Self {
        let (code, signal) = match exit {
            Exit::Code(code) => (Some(code), None),
            Exit::Signal(signal) => (None, Some(signal)),
        };
        Self { code, signal, at }
    }

    pub(super) fn exit(self) -> Exit {
        match (self.code, self.signal) {
            (_, Some(signal)) => Exit::Signal(signal),
            (code, None) => Exit::Code(code.unwrap_or_default()),
        }
    }
}
