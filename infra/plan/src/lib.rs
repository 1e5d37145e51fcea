//! What `wpimg infra plan` shows and refuses, as values: no network, no clock, no environment.
//!
//! `change` reads a change set: what becomes of each resource, what is lost with it, and the refusal to do so. `cost` is an
//! estimate of what a stack costs a month, and of what a change adds to that; it needs `evaluate`, which fills the parameters
//! into a template. Who calls CloudFormation hands in what it answered, and prints what comes back.

pub mod change;
pub mod cost;
pub mod evaluate;
mod shown;
