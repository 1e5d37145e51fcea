//! The exit statuses of `wpimg`: one table, shown in `--help`, kept stable for scripts.
//!
//! 70 is `EX_SOFTWARE` of sysexits(3).

use std::process::ExitCode;

use wpimg_rollout::exit_code::DeployExit;

/// How a run of the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// What was asked for has been done.
    Success,
    /// Something outside the command stood in the way: the network, a disk, a package.
    Failure,
    /// The arguments, an environment variable or the recipe need mending.
    Usage,
    /// The command looked for a difference and found one.
    Different,
    /// The command itself is wrong.
    Bug,
    /// How a deployment ended, where it is none of these.
    Deployment(DeployExit),
    /// What a program has ended with that was run for the user.
    Of(u8),
}

/// The table as `--help` shows it.
pub(crate) const EXIT_STATUS_HELP: &str = "\
Exit status:
  0   Done
  1   Failed for a reason outside the command: network, disk, package, daemon
  2   The arguments, the environment or the recipe need mending
  3   Found what was looked for: updates (`outdated`), a difference (`diff`, `verify`), a change
      (`infra plan`, `infra drift`)
  10  and up: how a deployment ended (`wpimg deploy --help`); 15 everywhere where AWS gets no
      credentials
  70  A bug in wpimg
  130 Interrupted";

impl ExitStatus {
    /// The number the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Different => 3,
            Self::Bug => 70,
            Self::Deployment(exit) => exit.code(),
            Self::Of(code) => code,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::{DeployExit, EXIT_STATUS_HELP, ExitStatus};

    #[test]
    fn the_help_table_lists_every_code() {
        for status in [
            ExitStatus::Success,
            ExitStatus::Failure,
            ExitStatus::Usage,
            ExitStatus::Different,
            ExitStatus::Bug,
            ExitStatus::Deployment(DeployExit::Interrupted),
        ] {
            let line = format!("\n  {:<4}", status.code());
            assert!(
                EXIT_STATUS_HELP.contains(&line),
                "no line for {}",
                status.code()
            );
        }
    }
}
