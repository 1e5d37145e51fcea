//! What the container's exit code means.
//!
//! A container that ends because a service could not be kept alive exits with that service's own
//! code, or 128+n when signal n killed it, as a shell would report it. Everything `wpimg-init`
//! decides itself has a code of its own below; 64 to 78 follow sysexits(3) and 79 and 80 go on
//! from there, 124 follows timeout(1), 126 and 127 follow the shell (POSIX.1-2024, XCU 2.8.2). A service
//! may use one of these numbers too (php-fpm exits 78 on a bad configuration): the message on stderr names
//! who spoke.

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
    /// `healthcheck` found the container not healthy, or `status` found no container that serves.
    NotHealthy,
    /// The command line was not understood.
    Usage,
    /// An essential service ended with code 0 although it should run for ever: so often that it was given
    /// up, or before its turn in a stop.
    ServiceEnded,
    /// The kernel refused something `wpimg-init` cannot do without, such as a signal handler.
    Internal,
    /// `wpimg-init exec` found nobody who serves here, or not yet.
    NotServing,
    /// No directory for sockets, secrets and temporary files could be made.
    RuntimeDirectory,
    /// A directory that the workers have to write to cannot be written by them and could not be put right.
    Ownership,
    /// The database did not answer within `WPIMG_DATABASE_WAIT`.
    Database,
    /// WordPress could not be installed, or its tables not brought up to date.
    Installation,
    /// A setting, or the image itself, is wrong, or somebody else has the port; the message names the
    /// variable or the file.
    Configuration,
    /// A secret could not be fetched from AWS; the message names it, the variable and what is missing.
    Secrets,
    /// Asked to stop, but something had to be cut short to keep within the stop budget.
    BudgetSpent,
    /// A service that could not be kept alive or that died before its turn in a stop, or the given command,
    /// ended this way. One that could not even be executed counts as ended with 126 or 127.
    Child(Exit),
}

impl ExitCode {
    /// What a service's end means for the container.
    pub(crate) fn of_service(exit: Exit) -> Self {
        match exit {
            Exit::Code(0) => Self::ServiceEnded,
            Exit::Code(_) | Exit::Signal(_) => Self::Child(exit),
        }
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NotHealthy => 1,
            Self::Usage => 64,
            Self::ServiceEnded => 69,
            Self::Internal => 70,
            Self::NotServing => 72,
            Self::RuntimeDirectory => 73,
            Self::Database => 75,
            Self::Ownership => 77,
            Self::Configuration => 78,
            Self::Installation => 79,
            Self::Secrets => 80,
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
  1    healthcheck: the container is not healthy; status: nothing is served here
  64   the command line was not understood
  69   an essential service ended with code 0 though nobody had asked it to
  70   the kernel refused something wpimg-init cannot do without
  72   wpimg-init exec: no wpimg-init serves here, or it has no settings yet
  73   no runtime directory could be made
  75   the database did not answer within WPIMG_DATABASE_WAIT
  77   wp-content/uploads, or a directory of WPIMG_WRITABLE, cannot be written by the workers
  78   a setting or a file of the image is wrong, or the port cannot be had
  79   WordPress could not be installed, or its tables not brought up to date
  80   a secret could not be fetched from AWS
  124  stopped as asked, but requests were cut short when WPIMG_STOP_TIMEOUT was nearly over
  126  the command cannot be executed
  127  the command was not found
  n    otherwise the code of the command, or of the essential service that could not be kept
       alive or died while the container stopped; 128+n when signal n killed it
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
            ExitCode::NotHealthy,
            ExitCode::Usage,
            ExitCode::ServiceEnded,
            ExitCode::Internal,
            ExitCode::NotServing,
            ExitCode::RuntimeDirectory,
            ExitCode::Ownership,
            ExitCode::Database,
            ExitCode::Installation,
            ExitCode::Configuration,
            ExitCode::Secrets,
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
