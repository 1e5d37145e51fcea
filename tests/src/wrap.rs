//! A command in the hands of another program: fewer cores, another user, another day.

use std::process::Command;

use anyhow::{Result, bail};

use crate::requirement::Requirement;

/// A user that owns nothing and exists on every Debian machine: `nobody`.
const STRANGER: &str = "65534";

/// The command on one core only.
pub fn on_one_core(command: &Command) -> Result<Command> {
    Requirement::Taskset.check()?;
    let mut taskset = Requirement::Taskset.command();
    taskset.args(["--cpu-list", "0"]);
    Ok(wrap(taskset, command))
}

/// The command as another user than the one who runs the tests.
///
/// Root becomes `nobody`. Others become root of a user namespace of their own, which is as different.
pub fn as_another_user(command: &Command) -> Result<Command> {
    if is_root()? {
        Requirement::Setpriv.check()?;
        let mut setpriv = Requirement::Setpriv.command();
        setpriv.args(["--reuid", STRANGER, "--regid", STRANGER, "--clear-groups"]);
        return Ok(wrap(setpriv, command));
    }
    Requirement::Unshare.check()?;
    let mut unshare = Requirement::Unshare.command();
    unshare.args(["--user", "--map-root-user"]);
    Ok(wrap(unshare, command))
}

/// The command in a network of its own, which leads nowhere.
pub fn without_network(command: &Command) -> Result<Command> {
    Requirement::Unshare.check()?;
    let mut unshare = Requirement::Unshare.command();
    if is_root()? {
        unshare.arg("--net");
    } else {
        unshare.args(["--user", "--map-root-user", "--net"]);
    }
    Ok(wrap(unshare, command))
}

/// The command with a clock that is forty days ahead.
pub fn forty_days_later(command: &Command) -> Result<Command> {
    Requirement::Faketime.check()?;
    let mut faketime = Requirement::Faketime.command();
    // Time-outs are measured with the monotonic clock, which stays true.
    faketime.args(["--exclude-monotonic", "-f", "+40d"]);
    Ok(wrap(faketime, command))
}

pub fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    if !output.status.success() {
        bail!("`id -u` ended with {}", output.status);
    }
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Appends the inner command to the outer one's arguments; directory and environment are the inner one's.
pub fn wrap(mut outer: Command, inner: &Command) -> Command {
    outer
        .arg(inner.get_program())
        .args(inner.get_args())
        .env_clear()
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    if let Some(directory) = inner.get_current_dir() {
        outer.current_dir(directory);
    }
    outer
}
