//! What one look at the service has shown.

use super::status::{DeploymentStatus, RolloutState, ServiceDeploymentStatus, StopCode};

/// One look: `DescribeServices`, and whatever else could be learnt at the same time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    pub deployments: Vec<Deployment>,
    /// ECS's record of the deployment that is followed. `None` where there is no such API, or it was not to be had this time.
    pub service_deployment: Option<ServiceDeployment>,
    /// The events of the service as ECS lists them, the newest first.
    pub events: Vec<ServiceEvent>,
    /// The service's tasks that have stopped.
    pub stopped: Vec<StoppedTask>,
}

/// One of a service's deployments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    pub id: String,
    pub status: DeploymentStatus,
    /// Absent where another controller than ECS itself deploys.
    pub rollout: Option<RolloutState>,
    pub reason: Option<String>,
    pub task_definition: String,
    pub counts: Counts,
    /// Tasks that failed one after another.
    pub failed: u32,
}

/// How many tasks a deployment has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub desired: u32,
    pub pending: u32,
    pub running: u32,
}

/// ECS's record of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDeployment {
    pub arn: String,
    pub status: ServiceDeploymentStatus,
    pub reason: Option<String>,
}

/// A line of what ECS tells about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEvent {
    pub id: String,
    pub message: String,
}

/// A task that has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedTask {
    pub id: String,
    /// The id of the deployment that started it (`startedBy`).
    pub started_by: String,
    /// `None` for a code that ECS did not have when this was written.
    pub code: Option<StopCode>,
    pub reason: Option<String>,
    pub containers: Vec<StoppedContainer>,
}

/// How one container of a stopped task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedContainer {
    pub name: String,
    /// Absent for one that was never started.
    pub exit_code: Option<i32>,
    pub reason: Option<String>,
}

impl Deployment {
    pub(super) fn is_primary(&self) -> bool {
        self.status == DeploymentStatus::Primary
    }
}

/// The deployment of that id.
pub(super) fn find<'a>(deployments: &'a [Deployment], id: &str) -> Option<&'a Deployment> {
    deployments.iter().find(|deployment| deployment.id == id)
}

pub(super) fn primary(deployments: &[Deployment]) -> Option<&Deployment> {
    deployments
        .iter()
        .find(|deployment| deployment.is_primary())
}

/// Whether the primary deployment is completed and all there is. One that has failed and has no task any more may be told
/// for a while yet.
pub(super) fn is_settled(primary: &Deployment, deployments: &[Deployment]) -> bool {
    let is_over = |other: &Deployment| {
        std::ptr::eq(other, primary)
            || other.rollout == Some(RolloutState::Failed)
                && other.counts.running == 0
                && other.counts.pending == 0
    };
    primary.rollout == Some(RolloutState::Completed) && deployments.iter().all(is_over)
}
