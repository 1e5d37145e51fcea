//! `wpimg-init [OPTIONS] -- CMD ARGS`: a plain init for any command.
//!
//! Every signal that can be caught goes to the command's group, real-time ones included. When the command has
//! ended, what it left behind is asked to end, waited for, and in the end killed: no other small init waits.
//! Under a shell that controls jobs we are the job: suspended, continued and put into the foreground with the
//! command. Nothing is configured and no environment variable is read.

mod exit_remap;
mod machine;
mod options;
mod rewrite;
mod terminal;
#[cfg(test)]
mod tests;
mod watch;

use std::env;
use std::io;

use nix::sys::prctl;
use nix::unistd::{getpid, getppid};
use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::process::{SignalNumber, SignalQueue, SpawnError, receive_at_end_of, spawn_foreground};
use machine::Machine;
pub(crate) use options::{HELP, OptionError, Request};
use terminal::Terminal;
use watch::Watch;
use wpimg_report::Report;

#[derive(Debug, Error)]
enum CommandError {
    #[error("cannot receive signals")]
    Signals(#[source] io::Error),
    #[error("cannot become the reaper of orphaned processes")]
    Subreaper(#[source] io::Error),
    #[error("cannot ask for {signal} when the parent ends")]
    ParentDeath {
        signal: SignalNumber,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Spawn(#[from] SpawnError),
}

impl CommandError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Signals(_) | Self::Subreaper(_) | Self::ParentDeath { .. } => ExitCode::Internal,
            Self::Spawn(error) => ExitCode::Child(error.exit()),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signals(_) | Self::Subreaper(_) | Self::ParentDeath { .. } => None,
            Self::Spawn(error) => error.hint(),
        }
    }
}

/// Runs the command to its end and returns its exit code.
pub(crate) fn run(request: Request, report: &mut Report) -> ExitCode {
    match start(request) {
        Ok(watch) => watch.run(report),
        Err(error) => {
            report.failure(&error, error.hint());
            error.code()
        }
    }
}

fn start(request: Request) -> Result<Watch, CommandError> {
    let Request { options, command } = request;
    let parent = getppid();
    let (signals, inherited) = SignalQueue::open().map_err(CommandError::Signals)?;
    if let Some(signal) = options.parent_death {
        receive_at_end_of(parent, signal)
            .map_err(|source| CommandError::ParentDeath { signal, source })?;
    }
    if getpid().as_raw() != 1 {
        prctl::set_child_subreaper(true).map_err(|errno| CommandError::Subreaper(errno.into()))?;
    }
    let terminal = Terminal::controlling();
    let handed = terminal.as_ref().and_then(Terminal::to_begin_with);
    let command = spawn_foreground(&command, handed, inherited)?;
    // So that we do not keep a volume from being unmounted.
    let _ = env::set_current_dir("/");
    Ok(Watch {
        target: options.target,
        machine: Machine::new(options),
        signals,
        command,
        terminal,
    })
}
