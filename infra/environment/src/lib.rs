//! What a recipe says about the AWS stacks, as parameters of their templates: no network, no clock, no environment.
//!
//! `environment` is what comes out: the names of the two stacks and the values of their parameters. On the way there
//! `document` reads `[infra]` and the tables of `[env]`, `catalog` knows every key and what it sets, `value` turns what stands
//! in TOML into the text of a parameter, and `conflict` finds values that do not go together. What is wrong is said with its
//! line and column before anything is sent.

mod catalog;
mod conflict;
mod document;
mod environment;
mod error;
mod key_documentation;
mod place;
mod schema;
mod stack;
mod value;
mod wording;

pub use conflict::Conflict;
pub use environment::Environment;
pub use error::EnvironmentError;
pub use key_documentation::{KeyDocumentation, keys};
pub use place::{Place, Position, TablePlace};
pub use schema::{environments_schema, schema};
pub use stack::Stack;
pub use value::{TagProblem, ValueError};

#[cfg(test)]
mod tests;
