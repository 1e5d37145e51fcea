//! The `wpimg` command: arguments in, one exit status out.
//!
//! Nothing is decided here. `cli` defines the arguments, `commands` holds one paragraph per
//! command, `settings` is the only reader of the environment, and `report` is the only writer
//! to the terminal.

mod cli;
mod commands;
mod settings;

mod recipe;

mod blocking;
mod cache;
mod docker;
mod embedded;
mod fetch;
mod mirror;

mod error_report;
mod exit_status;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    error_report::install_panic_hook();
    commands::run(std::env::args_os()).into()
}
