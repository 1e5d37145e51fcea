//! Starting a child.

use std::ffi::OsString;
use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Gid, Pid, Uid, fchown, pipe2};
use thiserror::Error;

use super::sys::{Isolation, isolate};
use crate::exit_code::Exit;

/// What to execute, completely: nothing else is inherited but the resource
/// limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Descriptors of ours that the program finds under the same number.
    pub(crate) inherited: Vec<RawFd>,
}

/// A service that runs, and the reading ends of its outputs.
pub(crate) struct ServiceProcess {
    pub(crate) pid: Pid,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

#[derive(Debug, Error)]
pub(crate) enum SpawnError {
    #[error("cannot execute `{program}`")]
    Execute {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot make a pipe for the output of `{program}`")]
    Pipe {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl SpawnError {
    /// What a shell would have exited with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Execute { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Exit::Code(127)
            }
            Self::Execute { .. } | Self::Pipe { .. } => Exit::Code(126),
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Execute { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
                "check the name, and that the interpreter a script names exists in the image"
                    .to_owned(),
            ),
            Self::Execute { .. } | Self::Pipe { .. } => None,
        }
    }
}

/// Starts a service in a session of its own, its outputs connected to new pipes.
///
/// The pipes are given to `worker`: a process that has changed its user may write to an inherited
/// pipe but not open `/dev/stdout` on it unless it owns it (proc(5), `/proc/pid/fd`).
pub(crate) fn spawn_service(
    command_line: &CommandLine,
    worker: Option<(Uid, Gid)>,
) -> Result<ServiceProcess, SpawnError> {
    let pipe = || {
        output_pipe(worker).map_err(|source| SpawnError::Pipe {
            program: command_line.program.clone(),
            source,
        })
    };
    let (stdout, stdout_writer) = pipe()?;
    let (stderr, stderr_writer) = pipe()?;
    let mut command = Command::new(&command_line.program);
    command
        .args(&command_line.arguments)
        .env_clear()
        .envs(
            command_line
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(stdout_writer)
        .stderr(stderr_writer);
    isolate(
        &mut command,
        Isolation::Session,
        command_line.inherited.clone(),
    );
    let pid = spawn(command, &command_line.program)?;
    Ok(ServiceProcess {
        pid,
        stdout,
        stderr,
    })
}

/// Starts the main command of plain init: everything inherited, and the terminal handed over.
pub(crate) fn spawn_foreground(command_line: &[OsString]) -> Result<Pid, SpawnError> {
    let (program, arguments) = match command_line {
        [program, arguments @ ..] => (PathBuf::from(program), arguments),
        [] => (PathBuf::new(), &[][..]),
    };
    let mut command = Command::new(&program);
    command.args(arguments);
    isolate(&mut command, Isolation::ForegroundGroup, Vec::new());
    spawn(command, &program)
}

fn spawn(mut command: Command, program: &std::path::Path) -> Result<Pid, SpawnError> {
    let child = command.spawn().map_err(|source| SpawnError::Execute {
        program: program.to_owned(),
        source,
    })?;
    // Dropping the handle neither kills nor waits: from here on only the pid counts.
    Ok(Pid::from_raw(child.id().cast_signed()))
}

fn output_pipe(worker: Option<(Uid, Gid)>) -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    if let Some((user, group)) = worker {
        fchown(&writer, Some(user), Some(group))?;
    }
    Ok((reader, writer))
}
