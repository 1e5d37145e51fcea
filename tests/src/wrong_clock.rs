//! A command that sees another time than the machine has; see faketime(1).

use std::process::Command;

use anyhow::Result;

use crate::requirement::Requirement;
use crate::wrap::wrap;

/// The command with a clock that is off by `offset`, as in `-3y` or `+40d`.
pub fn off_by(command: &Command, offset: &str) -> Result<Command> {
    Requirement::Faketime.check()?;
    let mut faketime = Requirement::Faketime.command();
    // Time-outs are measured with the monotonic clock, which stays true.
    faketime.args(["--exclude-monotonic", "-f", offset]);
    Ok(wrap(faketime, command))
}
