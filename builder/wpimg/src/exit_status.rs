//! The exit statuses of `wpimg`: one table, shown in `--help`, kept stable for scripts.
//!
//! 70 is `EX_SOFTWARE` of sysexits(3).

use std::process::ExitCode;

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
}

/// The table as `--help` shows it.
pub(crate) const EXIT_STATUS_HELP: &str = "\
Exit status:
  0   Done
  1   Failed for a reason outside the command: network, disk, package, daemon
  2   The arguments, the environment or the recipe need mending
  3   Found what was looked for: updates (`outdated`), a difference (`diff`, `verify`)
  70  A bug in wpimg";

impl ExitStatus {
    /// The number the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Different => 3,
            Self::Bug => 70,
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
    use super::{EXIT_STATUS_HELP, ExitStatus};

    #[test]
    fn the_help_table_lists_every_code() {
        for status in [
            ExitStatus::Success,
            ExitStatus::Failure,
            ExitStatus::Usage,
            ExitStatus::Different,
            ExitStatus::Bug,
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
