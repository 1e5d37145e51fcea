//! A service as it is now.

use aws_sdk_ecs::types::{self, AssignPublicIp};
use wpimg_rollout::rollout::{Counts, Deployment, DeploymentStatus, RolloutState, ServiceEvent};

use super::Services;
use crate::error::AwsError;

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// ARN.
    pub arn: String,
    pub name: String,
    /// Name or ARN, as it was asked for.
    pub cluster: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: String,
    /// ARN of the revision that is wanted now.
    pub task_definition: String,
    pub counts: Counts,
    /// The newest first.
    pub deployments: Vec<Deployment>,
    /// The newest first.
    pub events: Vec<ServiceEvent>,
    pub target_groups: Vec<String>,
    pub network: Option<Network>,
    /// `FARGATE`, `EC2` or a list of capacity providers.
    pub capacity: String,
    pub(super) providers: Vec<types::CapacityProviderStrategyItem>,
    pub(super) launch_type: Option<types::LaunchType>,
}

/// Where the tasks of a service are in the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub has_public_address: bool,
}

impl Services {
    /// A service, or nothing where there is none of that name in the cluster, or not any more.
    pub async fn service(&self, cluster: &str, name: &str) -> Result<Option<Service>, AwsError> {
        const ACTION: &str = "ecs:DescribeServices";
        let answer = self
            .client
            .describe_services()
            .cluster(cluster)
            .services(name)
            .send()
            .await;
        let output = match answer {
            Ok(output) => output,
            Err(error) => {
                let error = AwsError::of(ACTION, name, &error);
                if error.has_code("ClusterNotFoundException") {
                    return Ok(None);
                }
                return Err(error);
            }
        };
        let found = output.services().first();
        let service = found.map(|found| Service::of(cluster, found));
        Ok(service.filter(|service| service.status != "INACTIVE"))
    }
}

impl Service {
    pub(super) fn of(cluster: &str, found: &types::Service) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let providers = found.capacity_provider_strategy().to_vec();
        let launch_type = found.launch_type().cloned();
        let capacity = if providers.is_empty() {
            launch_type
                .as_ref()
                .map_or("unknown", types::LaunchType::as_str)
                .to_owned()
        } else {
            let shares = providers
                .iter()
                .map(|provider| format!("{} {}", provider.capacity_provider(), provider.weight()));
            shares.collect::<Vec<_>>().join(", ")
        };
        Self {
            arn: text(found.service_arn()),
            name: text(found.service_name()),
            cluster: cluster.to_owned(),
            status: text(found.status()),
            task_definition: text(found.task_definition()),
            counts: Counts {
                desired: number(found.desired_count()),
                pending: number(found.pending_count()),
                running: number(found.running_count()),
            },
            deployments: found.deployments().iter().filter_map(deployment).collect(),
            events: found
                .events()
                .iter()
                .map(|event| ServiceEvent {
                    id: text(event.id()),
                    message: text(event.message()),
                })
                .collect(),
            target_groups: found
                .load_balancers()
                .iter()
                .filter_map(|balancer| balancer.target_group_arn().map(str::to_owned))
                .collect(),
            network: found
                .network_configuration()
                .and_then(types::NetworkConfiguration::awsvpc_configuration)
                .map(Network::of),
            capacity,
            providers,
            launch_type,
        }
    }

    /// The deployment that the service is to become.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments
            .iter()
            .find(|deployment| deployment.status == DeploymentStatus::Primary)
    }
}

impl Network {
    fn of(found: &types::AwsVpcConfiguration) -> Self {
        Self {
            subnets: found.subnets().to_vec(),
            security_groups: found.security_groups().to_vec(),
            has_public_address: found.assign_public_ip() == Some(&AssignPublicIp::Enabled),
        }
    }

    pub(super) fn to_sdk(&self) -> types::NetworkConfiguration {
        let public = if self.has_public_address {
            AssignPublicIp::Enabled
        } else {
            AssignPublicIp::Disabled
        };
        let configuration = types::AwsVpcConfiguration::builder()
            .set_subnets(Some(self.subnets.clone()))
            .set_security_groups(Some(self.security_groups.clone()))
            .assign_public_ip(public);
        types::NetworkConfiguration::builder()
            .set_awsvpc_configuration(configuration.build().ok())
            .build()
    }
}

/// Nothing for one with a status that ECS did not have when this was written.
fn deployment(found: &types::Deployment) -> Option<Deployment> {
    Some(Deployment {
        id: found.id()?.to_owned(),
        status: DeploymentStatus::from_word(found.status()?)?,
        rollout: found
            .rollout_state()
            .and_then(|state| RolloutState::from_word(state.as_str())),
        reason: found
            .rollout_state_reason()
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned),
        task_definition: found.task_definition().unwrap_or_default().to_owned(),
        counts: Counts {
            desired: number(found.desired_count()),
            pending: number(found.pending_count()),
            running: number(found.running_count()),
        },
        failed: number(found.failed_tasks()),
    })
}

/// ECS counts with a sign, and never below zero.
fn number(count: i32) -> u32 {
    u32::try_from(count).unwrap_or_default()
}
