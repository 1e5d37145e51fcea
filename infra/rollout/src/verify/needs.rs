//! What a task definition takes for granted.

use std::{collections::BTreeSet, fmt};

use crate::task_definition::{LogDriver, TaskDefinition};

/// Everything outside of a task definition that has to be there for its tasks to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Operating system and architecture, as images name them.
    pub platform: (String, String),
    pub images: BTreeSet<String>,
    pub roles: BTreeSet<Role>,
    pub secrets: BTreeSet<Secret>,
    pub log_groups: BTreeSet<String>,
    /// Why ECS needs a role of its own for this task, where the task definition names none.
    pub missing_execution_role: Option<&'static str>,
}

/// A role that ECS assumes for the task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    pub arn: String,
    pub used: RoleUse,
}

/// Which of a task's two roles it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleUse {
    Execution,
    Task,
}

/// A variable that ECS takes from Secrets Manager or Parameter Store when a task starts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    pub container: String,
    pub name: String,
    /// Where from, as in `valueFrom`.
    pub reference: String,
}

impl Needs {
    pub fn of(definition: &TaskDefinition) -> Self {
        let (os, architecture) = definition.platform();
        let roles = [
            (definition.execution_role(), RoleUse::Execution),
            (definition.task_role(), RoleUse::Task),
        ];
        let mut needs = Self {
            platform: (os.to_owned(), architecture.to_owned()),
            images: BTreeSet::new(),
            roles: BTreeSet::new(),
            secrets: BTreeSet::new(),
            log_groups: BTreeSet::new(),
            missing_execution_role: None,
        };
        for (arn, used) in roles {
            needs.roles.extend(arn.map(|arn| Role {
                arn: arn.to_owned(),
                used,
            }));
        }
        let mut writes_log = false;
        for container in definition.containers() {
            needs.images.insert(container.image().to_owned());
            needs
                .secrets
                .extend(container.secrets().map(|(name, reference)| Secret {
                    container: container.name().to_owned(),
                    name: name.to_owned(),
                    reference: reference.to_owned(),
                }));
            match container.log_driver() {
                LogDriver::Awslogs {
                    group, makes_group, ..
                } => {
                    writes_log = true;
                    if !makes_group {
                        needs.log_groups.insert(group.to_owned());
                    }
                }
                LogDriver::Elsewhere => {}
            }
        }
        if definition.execution_role().is_none() {
            needs.missing_execution_role = if !needs.secrets.is_empty() {
                Some("to read the task's secrets")
            } else if writes_log && definition.is_for_fargate() {
                Some("to write the task's log")
            } else {
                None
            };
        }
        needs
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.used {
            RoleUse::Execution => write!(formatter, "execution role `{}`", self.arn),
            RoleUse::Task => write!(formatter, "task role `{}`", self.arn),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            container,
            name,
            reference,
        } = self;
        write!(
            formatter,
            "secret `{reference}` (`{name}` of container `{container}`)"
        )
    }
}
