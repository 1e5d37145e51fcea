//! `wpimg-init` without arguments: configure, start, supervise, stop.
//!
//! Until the services run, an error ends the program with its own code and one clear message. From
//! the first spawn on nothing does: what goes wrong then is reported and left to the supervisor.

mod checking;
mod denials;
mod host;
mod hosted_jobs;
mod marker;
mod masking;
mod sizing;
mod timeout;
mod watch;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::getpid;
use thiserror::Error;

use crate::dice::Dice;
use crate::exit_code::ExitCode;
use crate::jobs;
use crate::port::{Port, PortError};
use crate::process::Signals;
use crate::services::{self, ServicesError};
use crate::settings::{self, Environment, References, ServerSettings, SettingsError};
use crate::setup::{self, Identity, Layout, PerformError, RuntimeDirectoryError};
use crate::supervisor::Supervisor;
use denials::Denials;
use host::Host;
use hosted_jobs::HostedJobs;
use wpimg_report::Report;

const STOP: [Signal; 3] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT];
const OTHERS: [Signal; 3] = [Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGCHLD];

/// Why there was nothing to supervise.
#[derive(Debug, Error)]
enum StartError {
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    #[error("cannot become the reaper of orphaned processes")]
    Subreaper(#[source] io::Error),
    #[error("cannot find out which program this is")]
    Program(#[source] io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    RuntimeDirectory(#[from] RuntimeDirectoryError),
    #[error(transparent)]
    Perform(#[from] PerformError),
    #[error(transparent)]
    Services(#[from] ServicesError),
}

impl StartError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Signals(_) | Self::Subreaper(_) | Self::Program(_) => ExitCode::Internal,
            Self::Settings(_) | Self::Port(_) | Self::Services(_) => ExitCode::Configuration,
            Self::RuntimeDirectory(_) | Self::Perform(_) => ExitCode::RuntimeDirectory,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signals(_) | Self::Subreaper(_) | Self::Program(_) => None,
            Self::Settings(error) => error.hint(),
            Self::Port(error) => error.hint(),
            Self::RuntimeDirectory(error) => Some(error.hint()),
            Self::Perform(error) => error.hint(),
            Self::Services(error) => error.hint(),
        }
    }
}

/// Returns when nothing is left to supervise.
pub(crate) fn serve(environment: &Environment, report: &mut Report) -> ExitCode {
    match start(environment, report) {
        Ok(Some(host)) => host.run(report),
        Ok(None) => ExitCode::Success,
        Err(error) => {
            report.failure(&error, error.hint());
            error.code()
        }
    }
}

/// Everything up to the first spawn; `None` when a stop signal came first.
fn start(environment: &Environment, report: &mut Report) -> Result<Option<Host>, StartError> {
    // Before anything else: as PID 1 we are immune to a signal without a handler, so a TERM that
    // comes earlier would be lost instead of stopping us.
    let signals = Signals::install(STOP.into_iter().chain(OTHERS)).map_err(StartError::Signals)?;
    if getpid().as_raw() != 1 {
        prctl::set_child_subreaper(true).map_err(|errno| StartError::Subreaper(errno.into()))?;
    }
    umask(Mode::S_IWGRP | Mode::S_IWOTH);
    report.set_format(settings::log_format(environment)?);
    report.expect_services();

    let capacity = sizing::capacity(environment, report);
    let server = &ServerSettings::resolve(environment, capacity)?;
    if let Some(shortage) = server.php.shortage {
        report.warning(shortage);
    }
    let run = setup::choose_runtime_directory(server.run_directory.as_deref())?;
    setup::claim_runtime_directory(&run)?;
    let spool = setup::choose_spool(&run, server.body_limit);
    if let Some(room) = spool.short {
        sizing::say_short(room, &run, server, report);
    }
    let layout = Layout::new("/".into(), run).with_spool(spool.directory);
    let port = Port::bind(server.http_port)?;
    let identity = Identity::of_this_process();
    let definitions =
        services::definitions(server, &layout, &identity, environment, port.descriptors())?;
    setup::perform(
        &setup::plan(server, &layout, &identity, port.ipv6()),
        &identity,
    )?;
    if signals.waiting(&STOP) {
        return Ok(None);
    }
    port.open()?;
    let supervisor = Supervisor::new(
        definitions.iter().map(|d| d.policy.clone()),
        server.stop_budget,
        Dice::seed(),
    );
    let program = this_program(env::current_exe(), env::args_os().next())?;
    let jobs = HostedJobs::new(
        jobs::definitions(&program, &layout, environment, server)?,
        denials(environment, &layout, report),
    );
    Ok(Some(Host::new(
        supervisor,
        definitions,
        jobs,
        signals,
        port,
        &layout,
        &identity,
    )))
}

/// Nobody listens where a fetch could change nothing. Without it the site works too.
fn denials(environment: &Environment, layout: &Layout, report: &mut Report) -> Denials {
    if !References::can_change(environment) {
        return Denials::unheard();
    }
    Denials::of(&layout.denied_marker()).unwrap_or_else(|error| {
        report.message(format_args!(
            "a password that the database refuses will be fetched anew only in its time: {error}"
        ));
        Denials::unheard()
    })
}

/// Without /proc the kernel does not say which program this is; then the path it was started by is as good.
fn this_program(known: io::Result<PathBuf>, name: Option<OsString>) -> Result<PathBuf, StartError> {
    known.or_else(|error| {
        let path = name.map(PathBuf::from).filter(|name| name.is_absolute());
        path.ok_or(StartError::Program(error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_proc_the_path_of_the_call_names_the_program() {
        let unknown = || Err(io::ErrorKind::NotFound.into());
        let found = |name: &str| this_program(unknown(), Some(name.into()));
        assert_eq!(
            found("/usr/bin/wpimg-init").unwrap(),
            PathBuf::from("/usr/bin/wpimg-init")
        );
        assert!(found("wpimg-init").is_err());
        let known = this_program(Ok("/a".into()), Some("/b".into()));
        assert_eq!(known.unwrap(), PathBuf::from("/a"));
    }
}
