//! Amazon ECS: a service, its deployments and tasks, and the revisions of its task definition.
//!
//! ```text
//! service     what a service is and does now
//! observe     one look at a deployment that is followed
//! revisions   task definitions, as the JSON that ECS sends and takes
//! change      what a deployment does to a service
//! tasks       tasks outside of a service, and what is asked about any task
//! ```
//!
//! Words of the API become values of `wpimg_rollout`, which decides. Source: Amazon ECS API reference, 2014-11-13.

mod change;
mod observe;
mod revisions;
mod service;
mod tasks;

pub use observe::Look;
pub use service::{Network, Service};
pub use tasks::{Launch, Shell, Task, TaskContainer, TaskState};

use aws_config::SdkConfig;
use aws_sdk_ecs::Client;

/// What asks ECS.
#[derive(Clone, Debug)]
pub struct Services {
    client: Client,
}

impl Services {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }
}

/// The last part of an ARN or of a path: what people call the thing.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
