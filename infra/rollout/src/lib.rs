//! What `wpimg deploy` decides, as values: no network, no clock, no environment.
//!
//! In the order of a deployment: `task_definition` makes the next revision out of the live one and tells the difference,
//! `verify` looks for what would make it fail before anything is touched, `rollout` follows one deployment by its id until it
//! has ended one way or another, and `exit_code` is what a script learns of it. Who calls ECS hands in what it answered and
//! performs what comes back.

pub mod exit_code;
mod pinned_image;
pub mod rollout;
pub mod task_definition;
pub mod verify;

pub use pinned_image::{NotPinned, PinnedImage};
