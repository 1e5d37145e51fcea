//! Starting a child.

use std::ffi::OsString;
use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Gid, Pid, Uid, fchown, pipe2};
use thiserror::Error;

use super::sys::isolate;
use crate::exit_code::Exit;

/// Four times the default of Linux (pipe(7)); used memory counts, not this.
const PIPE_SIZE: i32 = 256 * 1024;

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
            Self::Execute { source, .. } if source.raw_os_error() == Some(nix::libc::EPERM) => {
                Some("another user needs root with the capabilities SETUID and SETGID".to_owned())
            }
            Self::Execute { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
                "check the name, and that the interpreter a script names exists in the image"
                    .to_owned(),
            ),
            Self::Execute { source, .. } if source.raw_os_error() == Some(nix::libc::ENOEXEC) => {
                Some("a script must begin with a line such as `#!/bin/sh`, and a program must be for this processor".to_owned())
            }
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
    spawn_service_as(command_line, worker, None)
}

/// The same for a service that is started as `user`, to whom its outputs belong then.
pub(crate) fn spawn_service_as(
    command_line: &CommandLine,
    worker: Option<(Uid, Gid)>,
    user: Option<(Uid, Gid)>,
) -> Result<ServiceProcess, SpawnError> {
    let worker = user.or(worker);
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
    if let Some((user, group)) = user {
        // Also drops every other group of ours.
        command.uid(user.as_raw()).gid(group.as_raw());
    }
    isolate(&mut command, command_line.inherited.clone());
    let pid = spawn(command, &command_line.program)?;
    Ok(ServiceProcess {
        pid,
        stdout,
        stderr,
    })
}

pub(super) fn spawn(mut command: Command, program: &Path) -> Result<Pid, SpawnError> {
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
    // A burst fits in, and much output comes in fewer turns. The default will do where it is not allowed.
    let _ = fcntl(&reader, FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
    if let Some((user, group)) = worker {
        fchown(&writer, Some(user), Some(group))?;
    }
    Ok((reader, writer))
}
