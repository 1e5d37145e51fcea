//! The main command of a plain init.

use std::ffi::OsString;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::PathBuf;
use std::process;

use nix::unistd::Pid;

use super::spawn::spawn;
use super::sys::pass_on;
use super::{InheritedSignals, SignalNumber, SpawnError, sys};

/// The command while it runs: it leads a process group of its own, of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) pid: Pid,
}

impl Command {
    /// To the command alone. Only as long as it has not been reaped.
    pub(crate) fn signal(self, signal: SignalNumber) {
        let _ = sys::kill(self.pid.as_raw(), signal.get());
    }

    /// To everybody in its group, or to itself should it have left it.
    pub(crate) fn signal_group(self, signal: SignalNumber) {
        if sys::kill(-self.pid.as_raw(), signal.get()).is_err() {
            self.signal(signal);
        }
    }
}

/// Starts the command with everything inherited, signals as we found them, and `terminal` handed over.
pub(crate) fn spawn_foreground(
    command_line: &[OsString],
    terminal: Option<BorrowedFd<'_>>,
    signals: InheritedSignals,
) -> Result<Command, SpawnError> {
    let (program, arguments) = match command_line {
        [program, arguments @ ..] => (PathBuf::from(program), arguments),
        [] => (PathBuf::new(), &[][..]),
    };
    let mut command = process::Command::new(&program);
    command.args(arguments);
    let terminal = terminal.map(|terminal| terminal.as_raw_fd());
    pass_on(&mut command, terminal, signals.0);
    let pid = spawn(command, &program)?;
    Ok(Command { pid })
}
