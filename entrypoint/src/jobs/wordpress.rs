//! The jobs that run WordPress's code: `database`, `warm` and `cron`. What they do is PHP, in
//! `/usr/share/wpimg/jobs`; here is how they are asked and what their answers mean.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use thiserror::Error;

use super::php::{Call, CallError, run_script, visit};
use crate::exit_code::{Exit, ExitCode};
use crate::process::Signals;
use crate::settings::{self, Environment, JobSettings, SettingsError};
use crate::setup::{self, Layout, RuntimeDirectoryError};
use wpimg_report::Report;

/// The first page is worth waiting for this long, and no visitor waits longer for readiness because of it.
const LONGEST_WARMING: Duration = Duration::from_secs(5);

/// How a script says that the database could not be reached (EX_TEMPFAIL of sysexits(3)).
const UNREACHABLE: u8 = 75;

#[derive(Debug, Error)]
enum JobError {
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    RuntimeDirectory(#[from] RuntimeDirectoryError),
    #[error(transparent)]
    Call(#[from] CallError),
}

impl JobError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Signals(_) | Self::Call(_) => ExitCode::Internal,
            Self::Settings(_) => ExitCode::Configuration,
            Self::RuntimeDirectory(_) => ExitCode::RuntimeDirectory,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Signals(_) => None,
            Self::Settings(error) => error.hint(),
            Self::RuntimeDirectory(error) => Some(error.hint()),
            Self::Call(error) => error.hint(),
        }
    }
}

/// What every one of these jobs needs.
struct Context {
    layout: Layout,
    settings: JobSettings,
    signals: Signals,
}

impl Context {
    fn new(environment: &Environment) -> Result<Self, JobError> {
        let signals = Signals::install([Signal::SIGTERM]).map_err(JobError::Signals)?;
        let settings = JobSettings::resolve(environment)?;
        let directory = settings::run_directory(environment)?;
        let run = setup::choose_runtime_directory(directory.as_deref())?;
        let layout = Layout::new("/".into(), run);
        Ok(Self {
            layout,
            settings,
            signals,
        })
    }

    fn call(&self, socket: PathBuf) -> Call<'_> {
        Call {
            socket,
            signals: &self.signals,
        }
    }

    fn script(
        &self,
        name: &str,
        parameters: &[(&str, &str)],
        report: &mut Report,
    ) -> Result<(u8, Vec<String>), JobError> {
        let script = self.layout.job_scripts().join(name);
        let call = self.call(self.layout.fpm_jobs_socket());
        let log = &mut |line: &[u8]| {
            report.relay(line);
            report.flush();
        };
        Ok(run_script(&call, &script, parameters, log)?)
    }
}

fn finished(done: Result<ExitCode, JobError>, report: &mut Report) -> ExitCode {
    done.unwrap_or_else(|error| {
        report.failure(&error, error.hint());
        error.code()
    })
}

/// Waits for the database, installs WordPress, brings its tables up to date.
pub(super) fn database(environment: &Environment, report: &mut Report) -> ExitCode {
    let mut run = || {
        let context = Context::new(environment)?;
        let wait = context.settings.database_wait.as_secs().to_string();
        let parameters = [("WPIMG_DATABASE_WAIT", wait.as_str())];
        let (code, _) = context.script("database.php", &parameters, report)?;
        Ok(match code {
            0 => ExitCode::Success,
            UNREACHABLE => ExitCode::Database,
            _ => ExitCode::Installation,
        })
    };
    let done = run();
    finished(done, report)
}

/// Has the first page made, so that the first visitor does not wait for its compilation.
///
/// What goes wrong is said and is no failure: a visitor will see it as well.
pub(super) fn warm(environment: &Environment, report: &mut Report) -> ExitCode {
    let mut run = || -> Result<(), JobError> {
        let context = Context::new(environment)?;
        let (_, pages) = context.script("warm.php", &[], report)?;
        for page in pages {
            let [scheme, host] = match page.split_once(' ') {
                Some((scheme, host)) => [scheme, host],
                None => ["http", page.as_str()],
            };
            let document = context.layout.document_root().join("index.php");
            let document = document.display().to_string();
            let root = context.layout.document_root().display().to_string();
            let mut parameters = vec![
                ("SCRIPT_FILENAME", document.as_str()),
                ("SCRIPT_NAME", "/index.php"),
                ("DOCUMENT_ROOT", root.as_str()),
                ("DOCUMENT_URI", "/index.php"),
                ("REQUEST_URI", "/"),
                ("REQUEST_SCHEME", scheme),
                ("HTTP_HOST", host),
                ("HTTP_USER_AGENT", "wpimg-init"),
                ("SERVER_NAME", host),
                ("SERVER_PORT", if scheme == "https" { "443" } else { "80" }),
            ];
            if scheme == "https" {
                parameters.push(("HTTPS", "on"));
            }
            let call = context.call(context.layout.fpm_socket());
            let page = visit(&call, &parameters, LONGEST_WARMING)?;
            report.message(format_args!(
                "the first page has {} bytes and took {} ms",
                page.length,
                page.took.as_millis()
            ));
        }
        Ok(())
    };
    if let Err(error) = run() {
        report.failure(&error, error.hint());
    }
    ExitCode::Success
}

/// Runs what is due, in one task of all that share the database.
pub(super) fn cron(environment: &Environment, report: &mut Report) -> ExitCode {
    let mut run = || {
        let context = Context::new(environment)?;
        let limit = context.settings.cron_timeout.as_secs().to_string();
        let limit = ("WPIMG_CRON_TIMEOUT", limit.as_str());
        let (mut worst, sites) = context.script("cron.php", &[limit], report)?;
        // Of a network; the schedule ends us when all of them together take too long.
        for site in sites {
            let site = ("WPIMG_CRON_SITE", site.as_str());
            let (code, _) = context.script("cron.php", &[limit, site], report)?;
            worst = worst.max(code);
        }
        Ok(match worst {
            0 => ExitCode::Success,
            code => ExitCode::Child(Exit::Code(code)),
        })
    };
    let done = run();
    finished(done, report)
}
