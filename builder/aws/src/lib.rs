//! The thin edge to AWS.
//!
//! ```text
//! session     credentials and a region, with which everything is asked
//! stacks      CloudFormation: change sets, events, drift
//! ecs         services, their deployments, tasks and revisions
//! logs        CloudWatch Logs
//! parameters  Parameter Store
//! balancers   which tasks get visitors
//! ecr         the three calls a push needs: token, repository, digest of a tag
//! host        which registry names are ECR, and what they say about region and account
//! error       a failed call: which, on what; cause: why, and what to do about it
//! ```
//!
//! Images go to ECR through the registry protocol, in another crate; here is only what that
//! protocol has no words for. What to do with the answers is decided in `wpimg_rollout` and
//! `wpimg_plan`; words of AWS become their values here. This crate opens connections to AWS and reads what the AWS SDK
//! reads: environment variables that start with `AWS_`, the proxy variables, `~/.aws` and the
//! system's certificates. It keeps no state and writes nothing, except that the SDK refreshes the
//! cached sign-in of `aws sso login` and `aws login` when it is about to end.

pub mod balancers;
pub mod cause;
pub mod ecr;
pub mod ecs;
pub mod error;
pub mod host;
pub mod logs;
pub mod parameters;
pub mod session;
pub mod stacks;

mod credentials;

pub use ecr::{Ecr, EcrError};
pub use error::AwsError;
pub use host::EcrHost;
pub use session::{Identity, NoRegion, Session};
