//! Why a release cannot begin.

use thiserror::Error;
use wpimg_rollout::{NotPinned, exit_code::DeployExit, task_definition::TaskDefinitionError};

use crate::{error_report::Hint, exit_status::ExitStatus};

/// What stands in the way.
#[derive(Debug, Error)]
pub(crate) enum ReleaseError {
    #[error("stack `{stack}` has no output `{output}`, which says where the service is")]
    NoOutput { stack: String, output: &'static str },
    #[error("there is no service `{service}` in cluster `{cluster}`")]
    NoService { cluster: String, service: String },
    #[error("image `{image}` does not exist")]
    NoImage { image: String },
    #[error("`{image}` is neither an image nor an image index")]
    NotAnImage { image: String },
    #[error(transparent)]
    NotPinned(#[from] NotPinned),
    #[error("the next task definition cannot be made out of the one that runs")]
    TaskDefinition(#[from] TaskDefinitionError),
    #[error("{}", .problems.join("; "))]
    Refused {
        problems: Vec<String>,
        remedies: Vec<String>,
    },
    #[error("the task ended without an exit code{}", because(reason.as_deref()))]
    TaskFailed { reason: Option<String> },
    #[error("ECS does not know the task any more that it has started")]
    TaskLost,
    #[error("interrupted; the task was stopped")]
    TaskInterrupted,
    #[error("the site's user in the database could not be made: the task ended with {exit_code}")]
    NotSetUp { exit_code: i32 },
    #[error("a `--set` is not NAME=VALUE")]
    NotASetting,
    #[error("ECS has taken the change of `{service}`, and names no deployment for it")]
    NoDeployment { service: String },
    #[error("revision {revision} is what runs")]
    RunsAlready { revision: String },
    #[error("nothing was deployed")]
    Declined,
    #[error("there is no revision before the one that runs, `{running}`")]
    NothingBefore { running: String },
    #[error("there is no revision {revision} of `{family}`; there are {}", known.join(", "))]
    NoRevision {
        family: String,
        revision: String,
        known: Vec<String>,
    },
    #[error("`WPIMG_BALANCER_ENDPOINT` is not HOST:PORT: `{text}`")]
    Endpoint { text: String },
    #[error("no task of `{service}` runs{}", of(task.as_deref()))]
    NoTask {
        service: String,
        task: Option<String>,
    },
    #[error("no deployment of `{service}` is in progress")]
    NothingToStop { service: String },
    #[error("ECS keeps no record of deployments here")]
    NoRecord,
    #[error("`session-manager-plugin` cannot be started")]
    NoPlugin {
        #[source]
        source: std::io::Error,
    },
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

fn of(task: Option<&str>) -> String {
    task.map_or_else(String::new, |task| format!(" as `{task}`"))
}

impl Hint for ReleaseError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoOutput { .. } => Some("`wpimg infra apply` brings the stack up to date".into()),
            Self::NoService { .. } => {
                Some("`wpimg infra status` tells what became of the stack".into())
            }
            Self::NoImage { .. } => Some(
                "push it with `wpimg build --push`, or let `wpimg deploy --build` do so".into(),
            ),
            Self::NotAnImage { .. } => Some("name what `wpimg build --push` has printed".into()),
            Self::Refused { remedies, .. } => Some(remedies.join("; ")),
            Self::TaskFailed { .. } | Self::TaskLost => {
                Some("what it has written stands above; the service was not touched".into())
            }
            Self::NotSetUp { .. } => Some(
                "what it has written stands above; the service was not touched, `wpimg deploy` \
                 tries again"
                    .into(),
            ),
            Self::NoDeployment { .. } => {
                Some("`wpimg status` shows it, `wpimg rollback` takes it back".into())
            }
            Self::RunsAlready { .. } => Some("`wpimg revisions` lists the others".into()),
            Self::NotASetting => Some("write it as `--set WP_DEBUG=1`".into()),
            Self::NothingBefore { .. } => {
                Some("`wpimg revisions` lists them; `--to` names one".into())
            }
            Self::NoRevision { .. } => Some("`wpimg revisions` lists them".into()),
            Self::Endpoint { .. } => Some("write it as `127.0.0.1:8080`, or unset it".into()),
            Self::NoTask { .. } => Some("`wpimg status` lists the tasks".into()),
            Self::NothingToStop { .. } => Some("`wpimg status` shows the service".into()),
            Self::NoRecord => Some("`wpimg rollback` goes back to the revision before".into()),
            Self::NoPlugin { .. } => Some(
                "install AWS's Session Manager plugin (\"Install the Session Manager plugin for \
                 the AWS CLI\" in its documentation)"
                    .into(),
            ),
            Self::NotPinned(_)
            | Self::TaskDefinition(_)
            | Self::TaskInterrupted
            | Self::Declined => None,
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Refused { .. }
            | Self::NoImage { .. }
            | Self::RunsAlready { .. }
            | Self::NotSetUp { .. }
            | Self::Declined => ExitStatus::Deployment(DeployExit::Refused),
            Self::NoDeployment { .. } => ExitStatus::Deployment(DeployExit::Failed),
            Self::TaskInterrupted => ExitStatus::Deployment(DeployExit::Interrupted),
            Self::NotPinned(_)
            | Self::NotASetting
            | Self::NoRevision { .. }
            | Self::Endpoint { .. }
            | Self::TaskDefinition(_) => ExitStatus::Usage,
            Self::NoOutput { .. }
            | Self::NoService { .. }
            | Self::NotAnImage { .. }
            | Self::NothingBefore { .. }
            | Self::TaskFailed { .. }
            | Self::TaskLost
            | Self::NoTask { .. }
            | Self::NothingToStop { .. }
            | Self::NoRecord
            | Self::NoPlugin { .. } => ExitStatus::Failure,
        }
    }
}
