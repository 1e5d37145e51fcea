//! Writes the settings of WordPress, each to a file that wp-config.php reads with every request.
//!
//! PID 1 runs this before the first service and again whenever a secret may have changed.

use thiserror::Error;
use wpimg_secrets::Failure;

use crate::exit_code::ExitCode;
use crate::settings::{self, Environment, References, SettingsError, WordPressSettings, read_file};
use crate::setup::{self, GenerationError, Identity, Layout, Renewal, RuntimeDirectoryError};
use wpimg_report::Report;

#[derive(Debug, Error)]
enum JobError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("secrets could not be fetched")]
    Secrets(Vec<Failure>),
    #[error(transparent)]
    RuntimeDirectory(#[from] RuntimeDirectoryError),
    #[error(transparent)]
    Generation(#[from] GenerationError),
}

impl JobError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Settings(_) => ExitCode::Configuration,
            Self::Secrets(_) => ExitCode::Secrets,
            Self::RuntimeDirectory(_) | Self::Generation(_) => ExitCode::RuntimeDirectory,
        }
    }

    fn say(&self, report: &mut Report) {
        match self {
            Self::Settings(error) => report.failure(error, error.hint()),
            Self::Secrets(failures) => {
                for failure in failures {
                    report.failure(failure, Some(failure.hint()));
                }
            }
            Self::RuntimeDirectory(error) => report.failure(error, Some(error.hint())),
            Self::Generation(error) => report.failure(error, error.hint()),
        }
    }
}

pub(super) fn run(environment: &Environment, report: &mut Report) -> ExitCode {
    let write = || -> Result<Renewal, JobError> {
        let directory = settings::run_directory(environment)?;
        let run = setup::choose_runtime_directory(directory.as_deref())?;
        let layout = Layout::new("/".into(), run);
        renew(environment, &layout, &Identity::of_this_process())
    };
    match write() {
        Ok(Renewal::First | Renewal::Unchanged) => ExitCode::Success,
        Ok(Renewal::Changed(names)) => {
            report.message(format_args!("settings changed: {}", names.join(", ")));
            ExitCode::Success
        }
        Err(error) => {
            error.say(report);
            error.code()
        }
    }
}

/// Fetches every secret and reads every `NAME_FILE` again. Nothing is written when one of them is wrong.
fn renew(
    environment: &Environment,
    layout: &Layout,
    identity: &Identity,
) -> Result<Renewal, JobError> {
    let references = References::of(environment)?;
    let values = wpimg_secrets::fetch(references.wanted()).map_err(JobError::Secrets)?;
    let environment = references.filled(environment, &values)?;
    let settings = WordPressSettings::resolve(&environment, &read_file)?;
    Ok(setup::renew_secrets(&settings, layout, identity)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_rotated_file_counts_after_renewal_and_a_missing_one_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mounted = home.path().join("mounted");
        let environment = [("WORDPRESS_DB_PASSWORD_FILE", mounted.to_str().unwrap())].into();
        let layout = Layout::new("/".into(), home.path().to_owned());
        let renew = || renew(&environment, &layout, &Identity::Unprivileged);
        let seen = || fs::read(home.path().join("secrets/WORDPRESS_DB_PASSWORD")).unwrap();

        for password in ["old", "new"] {
            fs::write(&mounted, password).unwrap();
            renew().unwrap();
            assert_eq!(seen(), password.as_bytes());
        }
        fs::remove_file(&mounted).unwrap();
        assert!(renew().is_err());
        assert_eq!(seen(), b"new");
    }
}
