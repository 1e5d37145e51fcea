//! What would make a deployment fail, looked for before anything is touched.
//!
//! [`Needs::of`] tells what a task definition needs to be there, somebody who may ask finds out, and [`verify`] says what is
//! wrong with what was found. What could not be found out is no problem of the deployment: whoever deploys need not be allowed
//! to read roles.

mod facts;
mod needs;
mod problem;

pub use facts::{Facts, Found, ImageFacts, verify};
pub use needs::{Needs, Role, RoleUse, Secret};
pub use problem::{Problem, Report, Unchecked};

#[cfg(test)]
mod tests;
