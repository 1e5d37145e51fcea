//! What the rollout has to say on its way.

use std::{fmt, time::Duration};

use super::{
    observation::{Counts, StoppedTask},
    outcome::{Outcome, Reason},
    status::ServiceDeploymentStatus,
};

/// A message of the rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// ECS itself said something about the service.
    Event {
        message: String,
    },
    /// The deployment's tasks are other ones than before.
    Tasks {
        counts: Counts,
        failed: u32,
    },
    /// ECS's record of the deployment is in another state.
    Status {
        status: ServiceDeploymentStatus,
    },
    /// A task of this deployment stopped.
    TaskStopped(StoppedTask),
    /// The tasks are there; now it is the site's turn.
    CheckingSite,
    SiteFailed {
        reason: String,
        retry: Duration,
    },
    /// ECS goes back to the previous version by itself.
    EcsRollsBack {
        reason: String,
    },
    RollingBack {
        trigger: Trigger,
    },
    /// The other way back is taken.
    StopRefused {
        reason: String,
    },
    /// Ctrl-C while a rollback is under way: it is not what it would stop.
    StillRollingBack,
    /// Ctrl-C when everything has been decided.
    StillRecording,
    Throttled {
        next: Duration,
    },
    Unanswered {
        reason: String,
        next: Duration,
    },
}

/// What makes a rollback necessary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    Failure(Reason),
    TimedOut,
    Interrupted,
}

impl Trigger {
    /// The end, once it is known what became of the way back.
    pub(super) fn outcome(self, undo: super::Undo) -> Outcome {
        use super::Undo;

        match (self, undo) {
            (Self::Failure(reason), Undo::Done) => Outcome::RolledBack { reason },
            (Self::Failure(reason), undo @ (Undo::Left | Undo::Underway | Undo::Failed { .. })) => {
                Outcome::Failed { reason, undo }
            }
            (Self::TimedOut, undo) => Outcome::TimedOut { undo },
            (Self::Interrupted, undo) => Outcome::Interrupted { undo },
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event { message } => formatter.write_str(message),
            Self::Tasks { counts, failed } => {
                let Counts {
                    desired,
                    pending,
                    running,
                } = counts;
                write!(
                    formatter,
                    "{running} of {desired} tasks run, {pending} pending"
                )?;
                match failed {
                    0 => Ok(()),
                    failed => write!(formatter, ", {failed} failed"),
                }
            }
            Self::Status { status } => write!(formatter, "the deployment is {}", status.word()),
            Self::TaskStopped(task) => stopped(task, formatter),
            Self::CheckingSite => formatter.write_str("the tasks are there; asking the site"),
            Self::SiteFailed { reason, retry } => {
                write!(
                    formatter,
                    "the site does not answer: {reason}; asking again in {retry:?}"
                )
            }
            Self::EcsRollsBack { reason } => write!(formatter, "ECS rolls back: {reason}"),
            Self::RollingBack {
                trigger: Trigger::Failure(reason),
            } => {
                write!(formatter, "{reason}; rolling back")
            }
            Self::RollingBack {
                trigger: Trigger::TimedOut,
            } => formatter.write_str("the deployment takes too long; rolling back"),
            Self::RollingBack {
                trigger: Trigger::Interrupted,
            } => formatter.write_str("interrupted; rolling back, interrupt again to leave at once"),
            Self::StopRefused { reason } => write!(
                formatter,
                "the deployment cannot be stopped: {reason}; going back to the previous task definition"
            ),
            Self::StillRollingBack => {
                formatter.write_str("the rollback goes on; interrupt again to leave at once")
            }
            Self::StillRecording => formatter.write_str(
                "the new version serves and is being recorded; interrupt again to leave at once",
            ),
            Self::Throttled { next } => {
                write!(
                    formatter,
                    "ECS wants to be asked less often; looking again in {next:?}"
                )
            }
            Self::Unanswered { reason, next } => {
                write!(
                    formatter,
                    "ECS does not answer: {reason}; looking again in {next:?}"
                )
            }
        }
    }
}

fn stopped(task: &StoppedTask, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(formatter, "task {} stopped", task.id)?;
    if let Some(code) = task.code {
        write!(formatter, " ({})", code.word())?;
    }
    if let Some(reason) = &task.reason {
        write!(formatter, ": {reason}")?;
    }
    for container in &task.containers {
        match (container.exit_code, &container.reason) {
            (None | Some(0), None) => {}
            (Some(code), None) => write!(formatter, "; {} exited with {code}", container.name)?,
            (None, Some(reason)) => write!(formatter, "; {}: {reason}", container.name)?,
            (Some(code), Some(reason)) => {
                write!(
                    formatter,
                    "; {} exited with {code}: {reason}",
                    container.name
                )?;
            }
        }
    }
    Ok(())
}
