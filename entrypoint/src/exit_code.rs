//! What the container's exit code means.
//!
//! A container that ends because a service could not be kept alive exits with that service's own
//! code, or 128+n when signal n killed it, as a shell would report it. Everything `wpimg-init`
//! decides itself has a code of its own below; 64 to 78 follow sysexits(3), 124 follows timeout(1),
//! 126 and 127 follow the shell (POSIX.1-2024, XCU 2.8.2). A service may use one of these numbers
//! too (php-fpm exits 78 on a bad configuration): the message on stderr names who spoke.

use std::fmt;

use nix::sys::signal::Signal;

/// How a child process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Code(u8),
    Signal(u8),
}

impl Exit {
    /// The number a shell would report: the code itself, or 128 plus the signal.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128_u8.saturating_add(signal),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "exited with code {code}"),
            Self::Signal(number) => match Signal::try_from(i32::from(*number)) {
                Ok(signal) => write!(formatter, "was killed by {signal}"),
                Err(_) => write!(formatter, "was killed by signal {number}"),
            },
        }
    }
}

/// Why `wpimg-init` itself ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Asked to stop, and everything stopped by itself, or as fast as a second signal asked for.
    Success,
    /// The command line was not understood.
    Usage,
    /// A service kept ending with code 0 although it should run for ever.
    ServiceEnded,
    /// The kernel refused something `wpimg-init` cannot do without, such as a signal handler.
    Internal,
    /// No directory for sockets, secrets and temporary files could be made.
    RuntimeDirectory,
    /// `wp-content/uploads` cannot be written by the workers and could not be put right.
    Uploads,
    /// A setting, or the image itself, is wrong, or somebody else has the port; the message names the
    /// variable or the file.
    Configuration,
    /// Asked to stop, but something had to be cut short to keep within the stop budget.
    BudgetSpent,
    /// A service that could not be kept alive, or the given command, ended this way. One that could
    /// not even be executed counts as ended with 126 or 127.
    Child(Exit),
}

impl ExitCode {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Usage => 64,
            Self::ServiceEnded => 69,
            Self::Internal => 70,
            Self::RuntimeDirectory => 73,
            Self::Uploads => 77,
            Self::Configuration => 78,
            Self::BudgetSpent => 124,
            Self::Child(exit) => exit.number(),
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.number().into()
    }
}

/// The table `--help` prints.
pub(crate) const TABLE: &str = "  \
  0    stopped as asked
  64   the command line was not understood
  69   a service kept ending with code 0
  70   the kernel refused something wpimg-init cannot do without
  73   no runtime directory could be made
  77   wp-content/uploads cannot be written
  78   a setting or a file of the image is wrong, or the port cannot be had
  124  stopped as asked, but requests were cut short when WPIMG_STOP_TIMEOUT was nearly over
  126  the command cannot be executed
  127  the command was not found
  n    otherwise the code of the command, or of the service that could not be kept alive;
       128+n when signal n killed it
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_child_reports_128_plus_the_signal() {
        assert_eq!(Exit::Signal(9).number(), 137);
        assert_eq!(Exit::Signal(15).to_string(), "was killed by SIGTERM");
        assert_eq!(Exit::Signal(40).to_string(), "was killed by signal 40");
    }

    #[test]
    fn the_table_names_every_code_of_our_own() {
        for code in [
            ExitCode::Success,
            ExitCode::Usage,
            ExitCode::ServiceEnded,
            ExitCode::Internal,
            ExitCode::RuntimeDirectory,
            ExitCode::Uploads,
            ExitCode::Configuration,
            ExitCode::BudgetSpent,
            ExitCode::Child(Exit::Code(126)),
            ExitCode::Child(Exit::Code(127)),
        ] {
            let row = format!("\n  {:<4} ", code.number());
            assert!(
                format!("\n{TABLE}").contains(&row),
                "{code:?} is missing from the table"
            );
        }
    }
}
