//! A template with its parameters filled in, as far as that is possible without CloudFormation.
//!
//! Conditions are decided, what they leave out is gone, and functions of known texts are their result (CloudFormation user
//! guide, "Intrinsic function reference"). What only a running stack knows stays the function that it was: a `Ref` to a
//! resource is still a `Ref`. So a value without a function in it is a value that CloudFormation would have too.

mod conditions;
mod error;
mod exports;
mod functions;
mod stack;
mod substitution;
mod value;

pub use error::TemplateError;
pub use exports::exports;
pub use stack::{Existence, Inputs, Resource, Stack, evaluate, read};
pub(crate) use value::{function, items, text};

#[cfg(test)]
mod tests;
