//! How a rollout ended.

use std::fmt;

/// The end of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The deployment is primary, completed and alone, the site answers, and the image is recorded.
    Succeeded,
    /// The deployment failed and the previous version is back, by ECS itself or because it was asked to.
    RolledBack { reason: Reason },
    /// The deployment failed and the previous version is not back.
    Failed { reason: Reason, undo: Undo },
    /// The deployment took too long.
    TimedOut { undo: Undo },
    /// Somebody pressed Ctrl-C.
    Interrupted { undo: Undo },
    /// A deployment that is not ours took the place of ours.
    Superseded { by: String },
    /// The rollout could not be followed to its end.
    CredentialsLost { undo: Undo },
}

/// What became of the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Nothing was rolled back.
    Left,
    /// A rollback is under way, and nobody has waited for its end.
    Underway,
    /// The previous version is back.
    Done,
    /// The rollback failed itself.
    Failed { reason: String },
}

/// Why a deployment is a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// ECS has given it up.
    Deployment {
        reason: String,
    },
    /// Somebody has stopped it where it was.
    Stopped {
        reason: String,
    },
    /// As many tasks have failed as were allowed to.
    FailedTasks {
        failed: u32,
    },
    /// The tasks run, but the site does not answer.
    Site {
        reason: String,
    },
    ServiceGone,
    /// It cannot be followed without this permission.
    Denied {
        permission: String,
    },
    /// The new version serves, but the next change of the stack would bring the old one back.
    NotRecorded {
        reason: String,
    },
}

impl Outcome {
    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Succeeded | Self::RolledBack { .. } => None,
            Self::Failed {
                reason: Reason::NotRecorded { .. },
                ..
            } => Some("deploy the same image again to record it"),
            Self::Failed {
                reason: Reason::ServiceGone,
                ..
            } => Some("`wpimg infra status` tells what became of the stack"),
            Self::Superseded { .. } => Some("`wpimg status` shows the deployment that won"),
            Self::Failed { undo, .. }
            | Self::TimedOut { undo }
            | Self::Interrupted { undo }
            | Self::CredentialsLost { undo } => match undo {
                Undo::Left => {
                    Some("`wpimg status` shows how far it is, `wpimg rollback` takes it back")
                }
                Undo::Underway => Some("`wpimg status` shows how far the rollback is"),
                Undo::Done => None,
                Undo::Failed { .. } => Some("`wpimg rollback` tries again"),
            },
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Succeeded => formatter.write_str("the new version serves and the site answers"),
            Self::RolledBack { reason } => write!(formatter, "{reason}; {}", Undo::Done),
            Self::Failed { reason, undo } => write!(formatter, "{reason}; {undo}"),
            Self::TimedOut { undo } => write!(formatter, "the deployment took too long; {undo}"),
            Self::Interrupted { undo } => write!(formatter, "interrupted; {undo}"),
            Self::Superseded { by } => {
                write!(
                    formatter,
                    "deployment `{by}` has taken the place of this one"
                )
            }
            Self::CredentialsLost { undo } => write!(
                formatter,
                "the credentials have run out, the deployment goes on unwatched; {undo}"
            ),
        }
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left => formatter.write_str("nothing was rolled back"),
            Self::Underway => formatter.write_str("the rollback is still under way"),
            Self::Done => formatter.write_str("rolled back, the previous version serves"),
            Self::Failed { reason } => write!(formatter, "the rollback failed: {reason}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment { reason } => write!(formatter, "the deployment failed: {reason}"),
            Self::Stopped { reason } => write!(formatter, "the deployment was stopped: {reason}"),
            Self::FailedTasks { failed: 1 } => formatter.write_str("a task has failed"),
            Self::FailedTasks { failed } => write!(formatter, "{failed} tasks have failed"),
            Self::Site { reason } => write!(formatter, "the site does not answer: {reason}"),
            Self::ServiceGone => formatter.write_str("the service is gone"),
            Self::Denied { permission } => {
                write!(
                    formatter,
                    "`{permission}` is not permitted, the deployment goes on unwatched"
                )
            }
            Self::NotRecorded { reason } => {
                write!(
                    formatter,
                    "the new version serves, but its image is not recorded: {reason}"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_code::DeployExit;

    #[test]
    fn an_end_says_what_became_of_it_and_what_to_do() {
        let site = || Reason::Site {
            reason: "502".into(),
        };
        let cases = [
            (
                Outcome::Succeeded,
                0,
                "the new version serves and the site answers",
                None,
            ),
            (
                Outcome::RolledBack { reason: site() },
                11,
                "the site does not answer: 502; rolled back, the previous version serves",
                None,
            ),
            (
                Outcome::Failed {
                    reason: site(),
                    undo: Undo::Failed {
                        reason: "no capacity".into(),
                    },
                },
                12,
                "the site does not answer: 502; the rollback failed: no capacity",
                Some("`wpimg rollback` tries again"),
            ),
            (
                Outcome::TimedOut { undo: Undo::Left },
                13,
                "the deployment took too long; nothing was rolled back",
                Some("`wpimg status` shows how far it is, `wpimg rollback` takes it back"),
            ),
            (
                Outcome::Superseded {
                    by: "ecs-svc/other".into(),
                },
                14,
                "deployment `ecs-svc/other` has taken the place of this one",
                Some("`wpimg status` shows the deployment that won"),
            ),
            (
                Outcome::CredentialsLost { undo: Undo::Left },
                15,
                "the credentials have run out, the deployment goes on unwatched; nothing was rolled back",
                Some("`wpimg status` shows how far it is, `wpimg rollback` takes it back"),
            ),
            (
                Outcome::Interrupted {
                    undo: Undo::Underway,
                },
                130,
                "interrupted; the rollback is still under way",
                Some("`wpimg status` shows how far the rollback is"),
            ),
        ];
        for (outcome, code, text, hint) in cases {
            assert_eq!(DeployExit::from(&outcome).code(), code, "{outcome}");
            assert_eq!(outcome.to_string(), text);
            assert_eq!(outcome.hint(), hint, "{outcome}");
        }
    }
}
