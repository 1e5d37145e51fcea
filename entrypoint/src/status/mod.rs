//! `wpimg-init status`: what PID 1 knows, told to a person or a program.
//!
//! PID 1 writes a small file whenever something has changed, and never asks anybody; the subcommand reads it.
//! So it costs PID 1 nothing to be watched, and a status that is asked for every second does not wake it.

mod file;
mod show;
mod snapshot;
mod table;

pub(crate) use file::StatusFile;
pub(crate) use show::{Format, show};
pub(crate) use snapshot::{
    Ended, JobSnapshot, LastRun, ServiceSnapshot, ServiceStage, Snapshot, Stage,
};
