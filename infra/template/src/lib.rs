//! The CloudFormation stacks that wpimg bundles, as values: no network, no clock, no environment.
//!
//! `template` is what a stack's template is made of, and `expression` what stands where a value is known to CloudFormation
//! only. Two stacks, so that nothing that is lost for good goes with what is replaced every week: `data` has the network, the
//! database, the files and the secrets; `app` has the load balancer, the registry and the service. `written` is what lies
//! below `infra/` for those who read the stacks or use them without wpimg.

pub mod app;
#[cfg(test)]
mod chosen;
pub mod data;
pub mod expression;
pub mod json;
#[cfg(test)]
mod references;
mod template;
pub mod written;

pub use template::{Kept, Kind, Output, Parameter, Resource, Template};
