//! The thin edge to AWS.
//!
//! ```text
//! host    which registry names are ECR, and what they say about region and account
//! ecr     the three calls a push needs: token, repository, digest of a tag
//! ```
//!
//! Images go to ECR through the registry protocol, in another crate; here is only what that
//! protocol has no words for. This crate opens connections to AWS and reads what the AWS SDK
//! reads: environment variables that start with `AWS_`, the proxy variables, `~/.aws` and the
//! system's certificates. It keeps no state and writes nothing, except that the SDK refreshes the
//! cached sign-in of `aws sso login` and `aws login` when it is about to end.

pub mod ecr;
pub mod host;

pub use ecr::{Ecr, EcrError};
pub use host::EcrHost;
