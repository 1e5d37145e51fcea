//! The subcommand: finds the file, makes sure that its writer lives, and prints it.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use serde_json::Value;
use thiserror::Error;

use super::Snapshot;
use super::file::read;
use super::table::table;
use crate::exit_code::ExitCode;
use crate::settings::{self, Environment, SettingsError};
use crate::setup::{STATUS_FILE, runtime_directories};
use wpimg_report::Report;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Error)]
enum ShowError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("nothing is served here: there is no `{path}`")]
    Nobody { path: PathBuf },
    #[error("cannot read `{path}`")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` was left by process {pid}, which is gone")]
    Gone { path: PathBuf, pid: i32 },
    #[error("cannot write the status as JSON")]
    Json(#[from] serde_json::Error),
}

impl ShowError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Settings(_) => ExitCode::Configuration,
            Self::Nobody { .. } | Self::Unreadable { .. } | Self::Gone { .. } | Self::Json(_) => {
                ExitCode::NotHealthy
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Settings(error) => error.hint(),
            Self::Nobody { .. } => Some(
                "run this inside a container that serves WordPress; set `WPIMG_RUN_DIR` as its PID 1 has it"
                    .to_owned(),
            ),
            Self::Unreadable { .. } | Self::Gone { .. } | Self::Json(_) => None,
        }
    }
}

/// Prints the status; 0 when there is one, whatever it says.
pub(crate) fn show(format: Format, environment: &Environment, report: &mut Report) -> ExitCode {
    match text(format, environment) {
        Ok(text) => {
            report.result(&text);
            ExitCode::Success
        }
        Err(error) => {
            report.failure(&error, error.hint());
            error.code()
        }
    }
}

fn text(format: Format, environment: &Environment) -> Result<String, ShowError> {
    let directories = runtime_directories(settings::run_directory(environment)?);
    let snapshot = find(directories)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    match format {
        Format::Text => Ok(table(&snapshot, now.as_secs())),
        Format::Json => Ok(json(&snapshot, now.as_secs())?),
    }
}

/// The status in the first of these directories that has one.
fn find(directories: Vec<PathBuf>) -> Result<Snapshot, ShowError> {
    let mut first = None;
    for directory in directories {
        let path = directory.join(STATUS_FILE);
        match read(&path) {
            Ok(snapshot) if is_alive(snapshot.pid) => return Ok(snapshot),
            Ok(Snapshot { pid, .. }) => return Err(ShowError::Gone { path, pid }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                first.get_or_insert(path);
            }
            Err(source) => return Err(ShowError::Unreadable { path, source }),
        }
    }
    let path = first.unwrap_or_default();
    Err(ShowError::Nobody { path })
}

fn is_alive(pid: i32) -> bool {
    // EPERM: it is there, but another user's.
    pid > 0 && matches!(kill(Pid::from_raw(pid), None), Ok(()) | Err(Errno::EPERM))
}

/// The file, with what only the moment of asking knows.
fn json(snapshot: &Snapshot, now: u64) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(snapshot)?;
    add_uptime(&mut value, now);
    for list in ["services", "jobs"] {
        let entries = value.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            add_uptime(entry, now);
        }
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}

fn add_uptime(value: &mut Value, now: u64) {
    let since = value.get("since").and_then(Value::as_u64);
    if let (Some(since), Value::Object(object)) = (since, value) {
        object.insert("uptime".to_owned(), now.saturating_sub(since).into());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::status::StatusFile;
    use crate::status::table::tests::snapshot;

    #[test]
    fn a_program_finds_names_states_and_seconds() {
        let snapshot = snapshot();
        let text = json(&snapshot, snapshot.since + 3700).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["stage"], "ready");
        assert_eq!(value["uptime"], 3700);
        assert_eq!(value["services"][0]["state"], "ready");
        assert_eq!(value["services"][0]["uptime"], 65);
        assert_eq!(value["services"][0]["last_exit"]["signal"], 9);
        assert_eq!(value["services"][1]["state"], "backing-off");
        assert_eq!(value["services"][1]["essential"], false);
        assert_eq!(value["jobs"][0]["last_run"]["code"], 0);
        assert_eq!(value["jobs"][0]["last_run"]["milliseconds"], 250);
    }

    #[test]
    fn a_status_whose_writer_is_gone_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(STATUS_FILE);
        let mut left = snapshot();
        // Larger than the largest there can be.
        left.pid = i32::MAX;
        StatusFile::new(path).update(left).unwrap();
        let error = find(vec![directory.path().to_owned()]).unwrap_err();
        assert!(error.to_string().contains("which is gone"), "{error}");
        assert_eq!(error.code(), ExitCode::NotHealthy);
    }

    #[test]
    fn the_first_directory_with_a_status_counts_and_none_is_told_by_the_first_name() {
        let directory = tempfile::tempdir().unwrap();
        let [first, second] = ["a", "b"].map(|name| directory.path().join(name));
        let both = || vec![first.clone(), second.clone()];
        let error = find(both()).unwrap_err().to_string();
        assert!(error.contains("a/status.json"), "{error}");

        fs::create_dir(&second).unwrap();
        let mut living = snapshot();
        living.pid = nix::unistd::getpid().as_raw();
        StatusFile::new(second.join(STATUS_FILE))
            .update(living.clone())
            .unwrap();
        assert_eq!(find(both()).unwrap(), living);
    }
}
