//! The schedule of jobs: what has to be done beside the services, each time in a process of its own.
//!
//! Fetching secrets needs TLS, repairing a million owners takes minutes, cron runs a site's own code: none
//! of it belongs into PID 1. Each is a child, a mode of this same program, with a time limit; its output is
//! logged. When to run which is decided by [`Schedule`], which is pure; what they do is in `jobs`.

mod machine;
mod policy;
#[cfg(test)]
mod tests;

pub(crate) use machine::{JobAction, JobEvent, Schedule};
pub(crate) use policy::{Begin, JobId, JobPolicy, OnFailure};
