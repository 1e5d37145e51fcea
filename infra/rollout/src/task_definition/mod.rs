//! A task definition as ECS describes it, and the next one made out of it.
//!
//! Inside it stays the JSON that ECS has sent: what this crate has no name for is registered again as it was, so that a field
//! ECS invents tomorrow is not lost by a deployment today. Only what is asked for changes.

mod container;
mod definition;
mod difference;
mod flatten;
mod registrable;
mod secrecy;
mod settings;

pub use container::{Container, LogDriver};
pub use definition::{TaskDefinition, TaskDefinitionError};
pub use difference::{Change, Difference, Field, Shown, difference};
pub use settings::Setting;

#[cfg(test)]
mod difference_tests;
#[cfg(test)]
mod tests;
