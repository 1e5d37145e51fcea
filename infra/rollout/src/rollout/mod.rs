//! The rollout: follows one deployment by its id until it has ended, events in, actions out.
//!
//! It knows no clock and no network: the time since the beginning comes in with each event, and what should be asked or done
//! goes out as a list of [`Action`]s. That a service is stable says nothing, it is stable after a rollback too; so what counts
//! is the deployment that `UpdateService` has answered with: it alone is left, it is primary, ECS calls it completed, and the
//! site answers. Everything else is an end with another name.
//!
//! ```text
//! Watching <-> Checking --> Recording --> Finished
//!     |           |
//!     +-----------+--> RollingBack -----> Finished
//! ```

mod action;
mod event;
mod failure;
mod machine;
mod notice;
mod observation;
mod outcome;
mod pace;
mod rollback;
mod site;
mod status;
mod target;
mod told;
mod verdict;

pub use action::Action;
pub use event::Event;
pub use machine::Rollout;
pub use notice::{Notice, Trigger};
pub use observation::{
    Counts, Deployment, Observation, ServiceDeployment, ServiceEvent, StoppedContainer, StoppedTask,
};
pub use outcome::{Outcome, Reason, Undo};
pub use status::{DeploymentStatus, RolloutState, ServiceDeploymentStatus, StopCode};
pub use target::{Limits, Policy, RollBack, Target};

#[cfg(test)]
mod chances;
#[cfg(test)]
mod ends_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rollback_tests;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod verdict_tests;
