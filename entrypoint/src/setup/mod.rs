//! Set-up: everything between reading the settings and starting the first service.
//!
//! Deciding is pure (`plan`, `render`, `layout`) and gives a list of steps; `perform` carries them
//! out one by one and stops at the first that fails, naming the path. Nothing is done that is
//! already right, so a restarted container starts as fast as a fresh one.

mod identity;
mod layout;
mod perform;
mod plan;
mod render;
mod runtime_directory;
mod uploads;

pub(crate) use identity::Identity;
pub(crate) use layout::Layout;
pub(crate) use perform::{PerformError, perform};
pub(crate) use plan::{plan, plan_secrets};
pub(crate) use render::PING_PATH;
pub(crate) use runtime_directory::{RuntimeDirectoryError, choose as choose_runtime_directory};
pub(crate) use uploads::{Ownership, UploadsError, put_right as put_uploads_right};
