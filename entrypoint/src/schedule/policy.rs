//! What the schedule knows of a job.

use std::time::Duration;

/// A job's place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobId(pub(crate) usize);

/// When and how often a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobPolicy {
    pub(crate) name: &'static str,
    pub(crate) begin: Begin,
    /// From the end of one run to the beginning of the next, give or take a tenth, so that tasks that were
    /// started together do not ask together. `None` for a job that runs once, and again only on request.
    pub(crate) every: Option<Duration>,
    /// A run that takes longer is ended with TERM, and a little later with KILL.
    pub(crate) time_limit: Duration,
    pub(crate) failure: OnFailure,
    /// Whether `/readyz` fails until the first run has succeeded, or, where a failure does not matter and nothing
    /// runs the job again, has ended.
    pub(crate) gates_readiness: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// With the first service.
    AtOnce,
    /// When every service has become ready for the first time.
    AfterServices,
    /// When the first run of the job with this name is over (with success, or, where a failure does not matter,
    /// with any end) and every service has become ready: what has time must not slow their start down.
    AfterJob(&'static str),
    /// This long after the beginning.
    After(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFailure {
    /// It says itself what went wrong; the next run may do better.
    GoOn,
    /// A first run that fails ends the container with its code.
    End,
}
