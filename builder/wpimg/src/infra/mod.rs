//! The stacks of a site, as the commands work with them.
//!
//! ```text
//! site      which site: what its recipe says, and a session with AWS
//! wanted    what a stack should be: template and parameters
//! prepare   brings a stack that cannot be changed to where it can
//! change    what would change, as CloudFormation itself says
//! cost      what it costs, as an estimate
//! follow    what happens, up to the end
//! ```

mod change;
mod cost;
mod error;
mod follow;
mod prepare;
mod site;
mod wanted;

pub(crate) use change::{Proposal, propose};
pub(crate) use cost::cost;
pub(crate) use error::InfraError;
pub(crate) use follow::{Doing, follow};
pub(crate) use prepare::{State, newest, prepare, state};
pub(crate) use site::Site;
pub(crate) use wanted::{DESCRIPTION, NO_IMAGE, Wanted, image, wanted};
