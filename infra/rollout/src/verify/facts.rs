//! What was found, and what it means.

use std::collections::BTreeMap;

use super::{
    needs::{Needs, Role, Secret},
    problem::{Problem, Report, Unchecked},
};
use crate::rollout::{Deployment, DeploymentStatus, RolloutState, ServiceDeployment};

/// What is known about everything that a deployment needs. What is missing in a table was not looked for.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By reference.
    pub images: BTreeMap<String, ImageFacts>,
    /// Whether ECS's tasks may assume the role.
    pub roles: BTreeMap<Role, Found>,
    /// Whether the execution role may read it.
    pub secrets: BTreeMap<Secret, Found>,
    pub log_groups: BTreeMap<String, Found>,
    /// The subnets of the service's network configuration.
    pub subnets: BTreeMap<String, Found>,
    /// The deployments of the service as they are now.
    pub deployments: Vec<Deployment>,
    /// The last of the service's records of deployments, where ECS keeps any.
    pub service_deployment: Option<ServiceDeployment>,
}

/// What the registry says about an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageFacts {
    /// There for these platforms, each an operating system and an architecture.
    Platforms(Vec<(String, String)>),
    Missing,
    Unknown {
        reason: String,
    },
}

/// Whether something is there to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Usable,
    Missing,
    /// There, but not for the task.
    Unusable {
        reason: String,
    },
    /// Whoever deploys may not ask, or was not answered.
    Unknown {
        reason: String,
    },
}

/// Says what would go wrong, in the order in which ECS would run into it.
pub fn verify(needs: &Needs, facts: &Facts) -> Report {
    let mut report = Report::default();
    if let Some(deployment) = in_progress(facts) {
        report
            .problems
            .push(Problem::DeploymentInProgress { deployment });
    }
    if let Some(why) = needs.missing_execution_role {
        report.problems.push(Problem::NoExecutionRole { why });
    }
    for role in &needs.roles {
        let missing = Problem::RoleMissing { role: role.clone() };
        let unusable = |reason| Problem::RoleNotAssumable {
            role: role.clone(),
            reason,
        };
        report.judge(role.to_string(), facts.roles.get(role), missing, unusable);
    }
    for image in &needs.images {
        let what = format!("image `{image}`");
        match facts.images.get(image) {
            Some(ImageFacts::Platforms(offered)) if offered.contains(&needs.platform) => {}
            Some(ImageFacts::Platforms(offered)) => report.problems.push(Problem::OtherPlatform {
                image: image.clone(),
                needed: needs.platform.clone(),
                offered: offered.clone(),
            }),
            Some(ImageFacts::Missing) => {
                report.problems.push(Problem::ImageMissing {
                    image: image.clone(),
                });
            }
            Some(ImageFacts::Unknown { reason }) => report.leave(what, Some(reason)),
            None => report.leave(what, None),
        }
    }
    for secret in &needs.secrets {
        let missing = Problem::SecretMissing {
            secret: secret.clone(),
        };
        let unusable = |reason| Problem::SecretUnreadable {
            secret: secret.clone(),
            reason,
        };
        report.judge(
            secret.to_string(),
            facts.secrets.get(secret),
            missing,
            unusable,
        );
    }
    for group in &needs.log_groups {
        let missing = Problem::LogGroupMissing {
            group: group.clone(),
        };
        let unusable = |reason| Problem::LogGroupUnusable {
            group: group.clone(),
            reason,
        };
        let what = format!("log group `{group}`");
        report.judge(what, facts.log_groups.get(group), missing, unusable);
    }
    for (subnet, found) in &facts.subnets {
        let missing = Problem::SubnetMissing {
            subnet: subnet.clone(),
        };
        let unusable = |reason| Problem::SubnetUnusable {
            subnet: subnet.clone(),
            reason,
        };
        report.judge(format!("subnet `{subnet}`"), Some(found), missing, unusable);
    }
    report
}

impl Report {
    fn judge(
        &mut self,
        what: String,
        found: Option<&Found>,
        missing: Problem,
        unusable: impl FnOnce(String) -> Problem,
    ) {
        match found {
            Some(Found::Usable) => {}
            Some(Found::Missing) => self.problems.push(missing),
            Some(Found::Unusable { reason }) => self.problems.push(unusable(reason.clone())),
            Some(Found::Unknown { reason }) => self.leave(what, Some(reason)),
            None => self.leave(what, None),
        }
    }

    fn leave(&mut self, what: String, reason: Option<&String>) {
        let reason = reason
            .cloned()
            .unwrap_or_else(|| "nobody looked".to_owned());
        self.unchecked.push(Unchecked { what, reason });
    }
}

/// The deployment that ours would replace half-way.
fn in_progress(facts: &Facts) -> Option<String> {
    let record = facts.service_deployment.as_ref();
    let open = record.filter(|record| record.status.is_in_progress());
    let unfinished = facts.deployments.iter().find(|deployment| {
        deployment.status == DeploymentStatus::Primary
            && deployment.rollout == Some(RolloutState::InProgress)
    });
    open.map(|record| record.arn.clone())
        .or_else(|| unfinished.map(|deployment| deployment.id.clone()))
}
