//! One exchange with a registry: where it is, how long we wait, and what its answers mean.

mod diagnostic;
mod endpoint;
mod exchange;
mod options;
mod retry;

pub use diagnostic::Diagnostic;
pub(crate) use endpoint::Endpoint;
pub(crate) use exchange::{
    Call, Failure, content_digest, content_type, diagnostic, next_chunk, read_bounded, refusal,
    same_origin, transport,
};
pub use options::{ClientOptions, Registry};
pub use retry::RetryPolicy;
