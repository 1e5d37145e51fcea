//! Set-up: everything between reading the settings and starting the first service.
//!
//! Deciding is pure (`plan`, `render`, `layout`) and gives a list of steps; `perform` carries them
//! out one by one and stops at the first that fails, naming the path. Nothing is done that is
//! already right, so a restarted container starts as fast as a fresh one.

mod claim;
mod generations;
mod identity;
mod layout;
mod perform;
mod plan;
mod render;
mod room;
mod runtime_directory;

pub(crate) use claim::{claim as claim_runtime_directory, find_claimed as find_claimed_directory};
pub(crate) use generations::{GenerationError, Renewal, renew as renew_secrets};
pub(crate) use identity::Identity;
pub(crate) use layout::{FPM_SOCKET, Layout, STATUS_FILE};
pub(crate) use perform::{PerformError, perform};
pub(crate) use plan::plan;
pub(crate) use render::{DATABASE_PAGE, NGINX_STATUS_PATH, PING_PATH, STATUS_PATH};
pub(crate) use room::choose_spool;
pub(crate) use runtime_directory::{
    RuntimeDirectoryError, candidates as runtime_directories, choose as choose_runtime_directory,
};
