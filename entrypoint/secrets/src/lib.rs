//! What a setting may refer to in AWS Secrets Manager and Parameter Store, and how it is fetched.
//!
//! The grammar of references (`reference`), which calls they need (`calls`), what is taken from an answer
//! (`document`) and what a refusal means (`failure`) are pure. `aws` is the thin edge with the SDK, and
//! `transport` carries its requests over a pure-Rust TLS, so that the whole is built for every platform
//! without a C compiler.
//!
//! Nothing here runs in PID 1: a child process of it fetches, writes files and ends.

mod aws;
mod calls;
mod document;
mod failure;
mod fetch;
mod reference;
mod transport;
mod value;

pub use document::{Entry, EntryError, entries};
pub use failure::{Failure, Reason};
pub use fetch::{Wanted, fetch};
pub use reference::{Reference, ReferenceError};
pub use value::Value;
