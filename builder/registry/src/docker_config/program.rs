//! Running `docker-credential-<name> get`.
//!
//! The host goes to its standard input and JSON comes back. A helper that knows nobody says so on
//! its standard output and fails. Protocol: docker/docker-credential-helpers, README.

use std::{ffi::OsStr, io, process::Stdio, time::Duration};

use serde::Deserialize;
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::credentials::Credentials;

const LARGEST: u64 = 64 * 1024;
/// The user name that marks the secret as an identity token.
const TOKEN_USER: &str = "<token>";

/// Why a credential helper gave nothing.
#[derive(Debug, Error)]
pub enum HelperError {
    #[error("`{name}` is not a name of a credential helper")]
    Name { name: String },
    #[error("credential helper `docker-credential-{name}` could not be run")]
    Run {
        name: String,
        #[source]
        source: io::Error,
    },
    #[error("credential helper `docker-credential-{name}` gave no answer in {} s", patience.as_secs_f32())]
    Silent { name: String, patience: Duration },
    #[error("credential helper `docker-credential-{name}` failed: {message}")]
    Failed { name: String, message: String },
    #[error("credential helper `docker-credential-{name}` gave an answer that cannot be used")]
    Answer { name: String },
}

impl HelperError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Name { .. } => Some("correct it in Docker's `config.json`".to_owned()),
            Self::Run { name, source } if source.kind() == io::ErrorKind::NotFound => {
                Some(format!(
                    "install `docker-credential-{name}`, or take it out of Docker's `config.json`"
                ))
            }
            Self::Run { .. } => None,
            Self::Silent { name, .. } | Self::Failed { name, .. } | Self::Answer { name } => {
                Some(format!("try it: `docker-credential-{name} list`"))
            }
        }
    }
}

/// A credential helper.
pub(super) struct Program<'a> {
    pub(super) name: &'a str,
    pub(super) search_path: Option<&'a OsStr>,
    pub(super) patience: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

impl Program<'_> {
    /// Asks for a server's credentials; `None` if the helper has none.
    pub(super) async fn get(&self, server: &str) -> Result<Option<Credentials>, HelperError> {
        let name = self.name.to_owned();
        // The name becomes part of a path.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 100 || !name.chars().all(plain) {
            let name = name.chars().filter(|c| !c.is_control()).take(100).collect();
            return Err(HelperError::Name { name });
        }
        let patience = self.patience;
        let failed = |source| HelperError::Run {
            name: name.clone(),
            source,
        };
        let mut child = self.command().spawn().map_err(failed)?;
        let finished = timeout(patience, converse(&mut child, server)).await;
        let Ok(finished) = finished else {
            // Dropping the child kills it.
            return Err(HelperError::Silent { name, patience });
        };
        let (well, output) = finished.map_err(failed)?;
        if well {
            return read(&output)
                .map_or(Err(HelperError::Answer { name }), |found| Ok(Some(found)));
        }
        let text = String::from_utf8_lossy(&output).to_lowercase();
        if text.contains("credentials not found") || text.contains("no credentials") {
            return Ok(None);
        }
        let message: String = String::from_utf8_lossy(&output)
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        Err(HelperError::Failed { name, message })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(format!("docker-credential-{}", self.name));
        command
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        if let Some(path) = self.search_path {
            command.env("PATH", path);
        }
        command
    }
}

/// Returns whether it ended well, and what it said.
async fn converse(child: &mut Child, server: &str) -> io::Result<(bool, Vec<u8>)> {
    if let Some(mut input) = child.stdin.take() {
        // A helper that reads nothing may have answered all the same.
        let _ = input.write_all(server.as_bytes()).await;
    }
    let mut output = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LARGEST).read_to_end(&mut output).await?;
    }
    Ok((child.wait().await?.success(), output))
}

fn read(output: &[u8]) -> Option<Credentials> {
    let Answer { username, secret } = serde_json::from_slice(output).ok()?;
    if secret.is_empty() {
        return None;
    }
    Some(if username == TOKEN_USER {
        Credentials::identity_token(secret)
    } else {
        Credentials::basic(username, secret)
    })
}
