//! `wpimg-init` without arguments: configure, start, supervise, stop.
//!
//! Until the services run, an error ends the program with its own code and one clear message. From
//! the first spawn on nothing does: what goes wrong then is reported and left to the supervisor.

mod host;
mod secrets;

use std::io;
use std::path::Path;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::getpid;
use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::port::{Port, PortError};
use crate::process::Signals;
use crate::report::Report;
use crate::services::{self, ServicesError};
use crate::settings::{Capacity, Environment, Settings, SettingsError, read_file};
use crate::setup::{
    self, Identity, Layout, Ownership, PerformError, RuntimeDirectoryError, UploadsError,
};
use crate::supervisor::Supervisor;
use host::Host;
use secrets::SecretFiles;

const STOP: [Signal; 3] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT];
const OTHERS: [Signal; 3] = [Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGCHLD];

/// Why there was nothing to supervise.
#[derive(Debug, Error)]
enum StartError {
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    #[error("cannot become the reaper of orphaned processes")]
    Subreaper(#[source] io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    RuntimeDirectory(#[from] RuntimeDirectoryError),
    #[error(transparent)]
    Perform(#[from] PerformError),
    #[error(transparent)]
    Uploads(#[from] UploadsError),
    #[error(transparent)]
    Services(#[from] ServicesError),
}

impl StartError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Signals(_) | Self::Subreaper(_) => ExitCode::Internal,
            Self::Settings(_) | Self::Port(_) | Self::Services(_) => ExitCode::Configuration,
            Self::RuntimeDirectory(_) | Self::Perform(_) => ExitCode::RuntimeDirectory,
            Self::Uploads(_) => ExitCode::Uploads,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signals(_) | Self::Subreaper(_) => None,
            Self::Settings(error) => error.hint(),
            Self::Port(error) => error.hint(),
            Self::RuntimeDirectory(error) => Some(error.hint()),
            Self::Perform(error) => error.hint(),
            Self::Uploads(error) => Some(error.hint()),
            Self::Services(error) => Some(error.hint()),
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

    let capacity = Capacity::of_this_container();
    let settings = Settings::resolve(environment, &read_file, capacity)?;
    let server = &settings.server;
    let run = setup::choose_runtime_directory(server.run_directory.as_deref())?;
    let layout = Layout::new("/".into(), run);
    let port = Port::bind(server.http_port)?;
    let definitions = services::definitions(server, &layout, environment, port.descriptors())?;
    let identity = Identity::of_this_process();
    setup::perform(
        &setup::plan(&settings, &layout, &identity, port.ipv6()),
        &identity,
    )?;
    let stop_waits = || signals.waiting(&STOP);
    let uploads = setup::put_uploads_right(&layout.uploads(), &identity, &stop_waits)?;
    say_ownership(uploads, &layout.uploads(), report);
    if stop_waits() {
        return Ok(None);
    }
    port.open()?;
    let supervisor = Supervisor::new(
        definitions.iter().map(|d| d.policy.clone()),
        server.stop_budget,
    );
    Ok(Some(Host::new(
        supervisor,
        definitions,
        signals,
        port,
        SecretFiles::new(environment.clone(), layout, identity),
    )))
}

fn say_ownership(found: Ownership, uploads: &Path, report: &mut Report) {
    let uploads = uploads.display();
    match found {
        Ownership::AlreadyRight => {}
        Ownership::PutRight { changed } => {
            report.message(format_args!(
                "gave {changed} files in {uploads} to the workers"
            ));
        }
        Ownership::MappedElsewhere => report.message(format_args!(
            "the owner of {uploads} cannot be changed, but the workers can write there"
        )),
        Ownership::ReadOnly => {
            report.message(format_args!("{uploads} is read-only: uploads will fail"));
        }
        Ownership::Interrupted => {
            report.message(format_args!("stopped while changing owners in {uploads}"));
        }
    }
}
