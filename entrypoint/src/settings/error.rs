//! What can be wrong with a setting. Values of secrets never appear here.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use wpimg_secrets::{EntryError, ReferenceError};

use super::references::WHOLE_SECRET;

#[derive(Debug, Error)]
pub(crate) enum SettingsError {
    #[error("`{variable}` is `{value}`, expected {expected}")]
    Invalid {
        variable: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error("`{variable}` is {length} bytes long, expected at least {minimum}")]
    TooShort {
        variable: &'static str,
        length: usize,
        minimum: usize,
    },
    #[error("`WPIMG_DRAIN_DELAY` ({drain} s) does not fit into `WPIMG_STOP_TIMEOUT` ({total} s)")]
    DrainTooLong { drain: u64, total: u64 },
    #[error("`{variable}` is missing, which `{because}` needs")]
    MissingBeside {
        variable: &'static str,
        because: &'static str,
    },
    #[error("both `{variable}` and `{file_variable}` are set")]
    GivenTwice {
        variable: String,
        file_variable: String,
    },
    #[error("`{variable}` begins like a reference to a secret but is none")]
    Reference {
        variable: String,
        #[source]
        source: ReferenceError,
    },
    #[error("the secret that `{variable}` names is not understood")]
    Document {
        variable: &'static str,
        #[source]
        source: EntryError,
    },
    #[error(
        "the secret that `{variable}` names is for the database `{engine}`, expected MySQL or MariaDB"
    )]
    Engine {
        variable: &'static str,
        engine: String,
    },
    #[error("cannot read `{path}`, which `{variable}` names")]
    FileUnreadable {
        variable: String,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}`, which `{variable}` names, is larger than {limit} bytes")]
    FileTooLarge {
        variable: String,
        path: PathBuf,
        limit: u64,
    },
}

impl SettingsError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid { .. } => None,
            Self::TooShort { .. } => Some("generate one with `openssl rand -base64 48`".to_owned()),
            Self::DrainTooLong { drain, .. } => Some(format!(
                "set `WPIMG_STOP_TIMEOUT` to {} or more, and the orchestrator's own stop timeout \
                 a few seconds above it",
                drain.saturating_add(15)
            )),
            Self::MissingBeside { variable, because } => {
                Some(format!("set `{variable}`, or unset `{because}`"))
            }
            Self::GivenTwice {
                variable,
                file_variable,
            } => Some(format!("unset `{variable}` or `{file_variable}`")),
            Self::Reference { variable, .. } if variable == WHOLE_SECRET => {
                Some("expected the name or the ARN of a secret in Secrets Manager".to_owned())
            }
            Self::Reference { variable, .. } => Some(format!(
                "expected `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:KEY:STAGE:VERSION` with what is behind \
                 NAME as far as wanted, `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME` or `ssm:NAME`; a value that \
                 looks like one can be given as `{variable}_FILE`"
            )),
            Self::Document { .. } => Some(
                "expected one JSON object: names of variables as keys, or what RDS writes"
                    .to_owned(),
            ),
            Self::Engine { .. } => Some("name the secret of another database".to_owned()),
            Self::FileUnreadable { path, .. } => Some(format!(
                "mount `{}` into the container, or unset the variable",
                path.display()
            )),
            Self::FileTooLarge { .. } => Some("point the variable at the right file".to_owned()),
        }
    }
}
