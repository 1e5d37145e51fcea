//! What stands in the way of a deployment, each with its remedy.

use std::fmt;

use super::needs::{Role, Secret};

/// What was found out before anything is touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// With one of these nothing is deployed.
    pub problems: Vec<Problem>,
    pub unchecked: Vec<Unchecked>,
}

/// Something that nobody could look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
    pub what: String,
    pub reason: String,
}

/// Why a deployment would fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    DeploymentInProgress {
        deployment: String,
    },
    NoExecutionRole {
        why: &'static str,
    },
    RoleMissing {
        role: Role,
    },
    RoleNotAssumable {
        role: Role,
        reason: String,
    },
    ImageMissing {
        image: String,
    },
    OtherPlatform {
        image: String,
        needed: (String, String),
        offered: Vec<(String, String)>,
    },
    SecretMissing {
        secret: Secret,
    },
    SecretUnreadable {
        secret: Secret,
        reason: String,
    },
    LogGroupMissing {
        group: String,
    },
    LogGroupUnusable {
        group: String,
        reason: String,
    },
    SubnetMissing {
        subnet: String,
    },
    SubnetUnusable {
        subnet: String,
        reason: String,
    },
}

impl Report {
    /// Whether the deployment may begin.
    pub fn is_clear(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Problem {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::DeploymentInProgress { .. } => {
                "wait for it, or end it with `wpimg abort`; `wpimg status` shows how far it is"
                    .into()
            }
            Self::NoExecutionRole { .. } => {
                "name a role as `executionRoleArn` in the task definition".into()
            }
            Self::RoleMissing { .. } => {
                "`wpimg infra apply` makes the roles of the bundled stack".into()
            }
            Self::RoleNotAssumable { .. } => {
                "its trust policy has to allow `sts:AssumeRole` to `ecs-tasks.amazonaws.com`".into()
            }
            Self::ImageMissing { .. } => "push it with `wpimg build --push`".into(),
            Self::OtherPlatform {
                needed: (os, architecture),
                ..
            } => {
                format!(
                    "build it with `wpimg build --push --platform {os}/{architecture}`, \
                     or change the task's `runtimePlatform`"
                )
            }
            Self::SecretMissing { .. } => {
                "create it, or take it out of the container's `secrets`".into()
            }
            Self::SecretUnreadable { .. } => {
                "the execution role needs `secretsmanager:GetSecretValue` or `ssm:GetParameters` \
                 for it, and `kms:Decrypt` for a key of your own"
                    .into()
            }
            Self::LogGroupMissing { group } => {
                format!(
                    "`wpimg infra apply` makes it, \
                     or `aws logs create-log-group --log-group-name {group}`"
                )
            }
            Self::LogGroupUnusable { .. } => {
                "the execution role needs `logs:CreateLogStream` and `logs:PutLogEvents` for it"
                    .into()
            }
            Self::SubnetMissing { .. } | Self::SubnetUnusable { .. } => {
                "the service's network configuration names its subnets; \
                 `wpimg infra apply` puts them right"
                    .into()
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeploymentInProgress { deployment } => {
                write!(
                    formatter,
                    "deployment `{deployment}` of this service is in progress"
                )
            }
            Self::NoExecutionRole { why } => {
                write!(
                    formatter,
                    "the task definition names no execution role, ECS needs one {why}"
                )
            }
            Self::RoleMissing { role } => write!(formatter, "{role} does not exist"),
            Self::RoleNotAssumable { role, reason } => {
                write!(formatter, "ECS cannot assume {role}: {reason}")
            }
            Self::ImageMissing { image } => write!(formatter, "image `{image}` does not exist"),
            Self::OtherPlatform {
                image,
                needed: (os, architecture),
                offered,
            } => {
                let offered: Vec<_> = offered
                    .iter()
                    .map(|(os, arch)| format!("`{os}/{arch}`"))
                    .collect();
                write!(
                    formatter,
                    "the task runs on `{os}/{architecture}`, image `{image}` only on {}",
                    if offered.is_empty() {
                        "nothing".to_owned()
                    } else {
                        offered.join(", ")
                    }
                )
            }
            Self::SecretMissing { secret } => write!(formatter, "{secret} does not exist"),
            Self::SecretUnreadable { secret, reason } => {
                write!(formatter, "{secret} cannot be read: {reason}")
            }
            Self::LogGroupMissing { group } => {
                write!(formatter, "log group `{group}` does not exist")
            }
            Self::LogGroupUnusable { group, reason } => {
                write!(
                    formatter,
                    "log group `{group}` cannot be written to: {reason}"
                )
            }
            Self::SubnetMissing { subnet } => write!(formatter, "subnet `{subnet}` does not exist"),
            Self::SubnetUnusable { subnet, reason } => {
                write!(formatter, "subnet `{subnet}` cannot be used: {reason}")
            }
        }
    }
}

impl fmt::Display for Unchecked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} was not checked: {}", self.what, self.reason)
    }
}
