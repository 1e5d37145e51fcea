//! AWS CloudFormation: stacks, what would change about them, and what happens to them.
//!
//! ```text
//! stack       a stack as it is, and its status
//! change_set  what would change, and the order to do it
//! changes     the words of a change set as values of wpimg_plan
//! events      what happens while it is done
//! drift       what somebody has changed behind its back
//! ```
//!
//! Source: AWS CloudFormation API reference, 2010-05-15.

mod change_set;
mod changes;
mod drift;
mod events;
mod stack;

pub use change_set::{ChangeSet, ChangeSetRequest};
pub use drift::{Drift, Drifted};
pub use events::StackEvent;
pub use stack::{Stack, StackResource, StackStatus};

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;

/// What asks CloudFormation.
#[derive(Clone, Debug)]
pub struct Stacks {
    client: Client,
}

impl Stacks {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }
}

/// The code of all that is wrong with a request, a stack that does not exist among it.
const INVALID: &str = "ValidationError";
