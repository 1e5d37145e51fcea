//! What the rollout wants done.

use std::time::Duration;

use super::{notice::Notice, observation::StoppedTask, outcome::Outcome};
use crate::PinnedImage;

/// One thing for the edge to do. Actions of one event are performed in order.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look at the service after this long. There is never more than one look to come.
    Poll { after: Duration },
    /// Write a message.
    Say(Notice),
    /// Show the last lines of what this task has logged.
    FetchLogs(StoppedTask),
    /// Ask the site through its load balancer after this long. There is never more than one question open.
    CheckSite { after: Duration },
    /// `StopServiceDeployment` with `ROLLBACK`: ECS takes back what it is doing.
    StopDeployment { service_deployment: String },
    /// `UpdateService` to this task definition, together with whatever else the deployment has changed about the service.
    UpdateService { task_definition: String },
    /// Write the image to where the next `wpimg infra apply` reads it.
    RecordImage(PinnedImage),
    /// Stop following. Always the last action there is.
    Finish(Outcome),
}
