//! Why the stacks of a site cannot be worked with, or did not become what they should.

use std::path::PathBuf;

use thiserror::Error;
use wpimg_aws::AwsError;
use wpimg_environment::EnvironmentError;
use wpimg_plan::{cost::CostError, evaluate::TemplateError};
use wpimg_rollout::exit_code::DeployExit;

use crate::{error_report::Hint, exit_status::ExitStatus, hint_from_inherent_method};

/// What stands in the way.
#[derive(Debug, Error)]
pub(crate) enum InfraError {
    #[error("there is no `{}` here, which says what the site's stacks are called", path.display())]
    NoRecipe { path: PathBuf },
    #[error("`{}` cannot be read", path.display())]
    UnreadableRecipe {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{place} cannot be used")]
    Environment {
        place: String,
        #[source]
        source: EnvironmentError,
    },
    #[error("these credentials are of account {actual}, `{site}` is in account {expected}")]
    OtherAccount {
        site: String,
        expected: String,
        actual: String,
    },
    #[error("there is no stack `{stack}` in {region}")]
    NoStack { stack: String, region: String },
    #[error("stack `{stack}` has no output `{output}`; it has {}", known.join(", "))]
    NoOutput {
        stack: String,
        output: String,
        known: Vec<String>,
    },
    #[error("stack `{stack}` is in {status}{}", because(reason.as_deref()))]
    Unusable {
        stack: String,
        status: String,
        reason: Option<String>,
    },
    /// A change that CloudFormation has taken back.
    #[error("stack `{stack}` ended in {status}: {resource} failed: {reason}")]
    Failed {
        stack: String,
        status: String,
        resource: String,
        reason: String,
        hint: String,
    },
    #[error("stack `{stack}` would lose what it holds: {losses}")]
    Refused {
        stack: String,
        losses: String,
        hint: String,
    },
    #[error("nobody can be asked whether to go on")]
    NotAsked { argument: &'static str },
    #[error("`{given}` is not the name of the site, which is `{name}`")]
    OtherName { given: String, name: String },
    #[error("interrupted; CloudFormation goes on with what it has begun")]
    Interrupted,
    #[error("the database of stack `{stack}` is protected from being deleted")]
    Protected { stack: String },
    #[error("stack `{stack}` was left as it is")]
    Declined { stack: String },
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

impl Hint for InfraError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoRecipe { .. } => Some(
                "write one with `wpimg init`, and say `name = \"shop\"` under [infra] in it"
                    .to_owned(),
            ),
            Self::UnreadableRecipe { .. } => Some("check the file's permissions".to_owned()),
            Self::Environment { source, .. } => source.hint(),
            Self::OtherAccount { expected, .. } => Some(format!(
                "take a profile of account {expected}, or change `account` under [infra]"
            )),
            Self::NoStack { .. } => Some("make it with `wpimg infra apply`".to_owned()),
            Self::Unusable { .. } => Some(
                "`wpimg infra status` tells more; CloudFormation's console can mend what this \
                 command cannot"
                    .to_owned(),
            ),
            Self::Failed { hint, .. } | Self::Refused { hint, .. } => Some(hint.clone()),
            Self::NotAsked { argument } => Some(format!("say so with `{argument}`")),
            Self::OtherName { .. } => {
                Some("nothing was deleted; run it again with the name".to_owned())
            }
            Self::Interrupted => Some("`wpimg infra status` shows how far it is".to_owned()),
            Self::Protected { .. } => Some(
                "nothing was deleted; write `deletion-protection = false` under [infra], run \
                 `wpimg infra apply`, then this again"
                    .to_owned(),
            ),
            Self::NoOutput { .. } | Self::Declined { .. } => None,
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::NoRecipe { .. }
            | Self::UnreadableRecipe { .. }
            | Self::Environment { .. }
            | Self::NotAsked { .. }
            | Self::OtherName { .. }
            | Self::NoOutput { .. }
            | Self::OtherAccount { .. } => ExitStatus::Usage,
            Self::NoStack { .. }
            | Self::Unusable { .. }
            | Self::Failed { .. }
            | Self::Protected { .. }
            | Self::Declined { .. }
            | Self::Refused { .. } => ExitStatus::Failure,
            Self::Interrupted => ExitStatus::Deployment(DeployExit::Interrupted),
        }
    }
}

hint_from_inherent_method!(wpimg_aws::NoRegion);

impl Hint for CostError {
    fn hint(&self) -> Option<String> {
        Some(Self::hint(self))
    }
}

impl Hint for TemplateError {
    fn hint(&self) -> Option<String> {
        Some(Self::hint(self))
    }
}

impl Hint for AwsError {
    fn hint(&self) -> Option<String> {
        Self::hint(self)
    }

    fn exit_status(&self) -> ExitStatus {
        if self.cause.is_about_credentials() {
            ExitStatus::Deployment(DeployExit::NoCredentials)
        } else {
            ExitStatus::Failure
        }
    }
}
