//! The `wpimg` command: arguments in, one exit status out.
//!
//! Nothing is decided here. `cli` defines the arguments, `commands` holds one paragraph per
//! command, `pipeline` the stages they share, `settings` is the only reader of the environment, and
//! `report` is the only writer to the terminal.

mod cli;
mod commands;
mod settings;

mod lock;
mod pipeline;
mod recipe;

mod blocking;
mod cache;
mod docker;
mod embedded;
mod fetch;
mod github;
mod infra;
mod interrupts;
mod mirror;
mod registries;
mod release;

mod error_report;
mod exit_status;
mod report;

#[cfg(feature = "fuzzing")]
pub mod fuzzing;

use std::process::ExitCode;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    error_report::install_panic_hook();
    commands::run(std::env::args_os()).into()
}
