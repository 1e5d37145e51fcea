//! What is followed, and how long and how patiently.

use std::{num::NonZeroU32, time::Duration};

use crate::PinnedImage;

/// What `UpdateService` has set in motion.
#[derive(Clone, Debug)]
pub struct Target {
    /// The id of the primary deployment in the answer to `UpdateService`.
    pub deployment: String,
    /// What that deployment brings.
    pub task_definition: String,
    /// What served before, and serves again after a rollback.
    pub previous: String,
    /// What is recorded once the deployment has succeeded.
    pub image: PinnedImage,
    /// The ids of the service events that were there before: they are about another deployment.
    pub old_events: Vec<String>,
}

/// What the user has chosen.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub limits: Limits,
    pub roll_back: RollBack,
    /// So many failed tasks are enough, however many ECS would still try.
    pub fail_after: Option<NonZeroU32>,
    /// From one look to the next while ECS answers; less than a second is taken for a second.
    pub poll: Duration,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the deployment to complete and the site to answer.
    pub timeout: Duration,
    /// For a rollback to end.
    pub grace: Duration,
    /// For a site to recover that does not answer after ECS has called the deployment completed.
    pub site: Duration,
}

/// What to do about a deployment that fails, takes too long or is interrupted. ECS itself may roll back in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollBack {
    Automatically,
    /// Leave it as it is, to be looked at.
    Never,
}

/// ECS throttles all that an account asks in a region together (developer guide, "Request throttling for the Amazon ECS
/// API"): one that deploys must not starve what else asks there.
pub(super) const SHORTEST_POLL: Duration = Duration::from_secs(1);
