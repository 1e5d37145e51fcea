//! `wpimg-init exec -- CMD ARGS`: a command beside the services of a running container.
//!
//! It finds what the services find: the directory with WordPress's settings, PHP's configuration, and an
//! environment without secrets. It replaces this process, so nothing stands between it and its terminal.

mod account;
mod options;

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use nix::errno::Errno;
use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::process::SpawnError;
use crate::services;
use crate::settings::{self, Environment, SettingsError};
use crate::setup::{self, Layout};
use account::Account;
pub(crate) use options::{ExecOptionError, Request};
use wpimg_report::Report;

#[derive(Debug, Error)]
enum ExecError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("no wpimg-init serves WordPress here")]
    NobodyServes,
    #[error("there are no settings of WordPress in `{directory}` yet")]
    NoSettings { directory: PathBuf },
    #[error("there is no user `{user}`")]
    NoUser { user: String },
    #[error("cannot become another user")]
    User(#[source] Errno),
    #[error("cannot go to `{directory}`")]
    Directory {
        directory: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Execute(#[from] SpawnError),
}

impl ExecError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Settings(_) => ExitCode::Configuration,
            Self::NobodyServes | Self::NoSettings { .. } => ExitCode::NotServing,
            Self::NoUser { .. } => ExitCode::Usage,
            Self::User(_) | Self::Directory { .. } => ExitCode::Internal,
            Self::Execute(error) => ExitCode::Child(error.exit()),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Settings(error) => error.hint(),
            Self::NobodyServes => Some(
                "run it inside a container of the image that serves, and with its `WPIMG_RUN_DIR`; \
                 elsewhere use `wpimg-init -- CMD`"
                    .to_owned(),
            ),
            Self::NoSettings { .. } => {
                Some("the secrets are being fetched: try again, or see the container's log".to_owned())
            }
            Self::NoUser { .. } => Some("give a name of /etc/passwd, or UID:GID".to_owned()),
            Self::User(_) => Some("only root may: leave `--user` out".to_owned()),
            Self::Directory { .. } => None,
            Self::Execute(error) => error.hint(),
        }
    }
}

/// Returns only when the command could not be executed.
pub(crate) fn run(request: &Request, environment: &Environment, report: &mut Report) -> ExitCode {
    let error = match execute(request, environment) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    report.failure(&error, error.hint());
    error.code()
}

fn execute(
    request: &Request,
    environment: &Environment,
) -> Result<std::convert::Infallible, ExecError> {
    let requested = settings::run_directory(environment)?;
    let run = setup::find_claimed_directory(requested.as_deref()).ok_or(ExecError::NobodyServes)?;
    let layout = Layout::new("/".into(), run);
    let directory = layout.secrets();
    if !directory.is_dir() {
        return Err(ExecError::NoSettings { directory });
    }
    let account = match &request.user {
        None => Account::of_workers(),
        Some(user) => {
            let named = Account::named(user);
            let user = user.clone();
            Some(named.ok_or(ExecError::NoUser { user })?)
        }
    };
    let somebody_else = account.filter(|account| !account.is_ours());
    let home = somebody_else.is_some();
    if let Some(account) = somebody_else {
        account.assume().map_err(ExecError::User)?;
    }
    let directory = layout.document_root();
    env::set_current_dir(&directory)
        .map_err(|source| ExecError::Directory { directory, source })?;
    let (program, arguments) = match request.command.as_slice() {
        [program, arguments @ ..] => (PathBuf::from(program), arguments),
        [] => (PathBuf::new(), &[][..]),
    };
    let source = Command::new(&program)
        .args(arguments)
        .env_clear()
        .envs(variables(environment, &layout, home))
        .exec();
    Err(SpawnError::Execute { program, source }.into())
}

/// What a service has in its environment, and where things are that a command line tool looks for.
fn variables(environment: &Environment, layout: &Layout, home: bool) -> Vec<(OsString, OsString)> {
    let mut variables = services::scrubbed(environment);
    variables.extend([
        ("WPIMG_RUN_DIR".into(), layout.run().into()),
        ("TMPDIR".into(), layout.temporary().into()),
        (
            "PHP_INI_SCAN_DIR".into(),
            layout.php_scan_directories().into(),
        ),
    ]);
    if home {
        // The caller's is no place for another user's files, and the workers' own is not writable.
        variables.push(("HOME".into(), layout.temporary().into()));
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(environment: impl Into<Environment>, home: bool) -> Vec<(OsString, OsString)> {
        let layout = Layout::new("/".into(), "/run/wpimg".into());
        let found: Environment = variables(&environment.into(), &layout, home)
            .into_iter()
            .collect();
        found
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn no_secret_is_in_the_environment_and_where_to_find_them_is() {
        let environment = [
            ("WORDPRESS_DB_PASSWORD", "hunter2"),
            ("PATH", "/usr/bin"),
            ("HOME", "/root"),
        ];
        let expected = [
            ("HOME", "/run/wpimg/tmp"),
            ("PATH", "/usr/bin"),
            (
                "PHP_INI_SCAN_DIR",
                ":/run/wpimg/php/defaults.d:/etc/wpimg/php.d:/run/wpimg/php/conf.d",
            ),
            ("TMPDIR", "/run/wpimg/tmp"),
            ("WPIMG_RUN_DIR", "/run/wpimg"),
        ];
        let expected = expected.map(|(name, value)| (name.into(), value.into()));
        assert_eq!(found(environment, true), expected);
    }

    #[test]
    fn whoever_stays_who_they_are_keeps_their_home() {
        let home = ("HOME".into(), "/root".into());
        assert!(found([("HOME", "/root")], false).contains(&home));
    }
}
