//! Elastic Load Balancing: which tasks get visitors.

use aws_config::SdkConfig;
use aws_sdk_elasticloadbalancingv2::{
    Client,
    types::{TargetDescription, TargetHealth},
};

use crate::error::AwsError;

/// What asks about target groups.
#[derive(Clone, Debug)]
pub struct Balancers {
    client: Client,
}

/// One task as its load balancer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Address and port.
    pub target: String,
    /// `healthy`, `unhealthy`, `initial`, `draining` and others.
    pub state: String,
    pub reason: Option<String>,
}

impl Balancers {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// How the targets of a group are.
    pub async fn health(&self, target_group: &str) -> Result<Vec<Health>, AwsError> {
        const ACTION: &str = "elasticloadbalancing:DescribeTargetHealth";
        let output = self
            .client
            .describe_target_health()
            .target_group_arn(target_group)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, target_group, &error))?;
        let targets = output.target_health_descriptions().iter().map(|found| {
            let (target, health) = (found.target(), found.target_health());
            let address = target.and_then(TargetDescription::id).unwrap_or("?");
            let port = target.and_then(TargetDescription::port);
            Health {
                target: port.map_or_else(|| address.to_owned(), |port| format!("{address}:{port}")),
                state: health
                    .and_then(TargetHealth::state)
                    .map_or_else(|| "unknown".to_owned(), |state| state.as_str().to_owned()),
                reason: health
                    .and_then(TargetHealth::description)
                    .map(str::to_owned),
            }
        });
        Ok(targets.collect())
    }
}
