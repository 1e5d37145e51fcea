//! What can be wrong with a source.

use thiserror::Error;

use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::fetch::{Redacted, Url};
use crate::lock::SourceKind;

/// A source is not what it was, or not there.
#[derive(Debug, Error)]
pub(crate) enum SourceError {
    #[error("{} `{name}` at `{}` is not what it was: {actual}, expected {expected}", kind.as_str(), Redacted(url))]
    Moved {
        kind: SourceKind,
        name: String,
        url: Url,
        expected: String,
        actual: String,
    },
    #[error("the lock has no {} `{name}`", kind.as_str())]
    NotLocked { kind: SourceKind, name: String },
    #[error("WordPress.org does not say which version of {} `{name}` is the newest", kind.as_str())]
    NoVersion { kind: SourceKind, name: String },
    #[error("`{text}` is not the address of a source")]
    Address { text: String },
}

impl Hint for SourceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Moved { name, .. } => format!(
                "somebody has replaced the file: find out why before you trust it. If it is right, \
                 correct `sha256` in the recipe or run `wpimg update {name}`"
            ),
            Self::NotLocked { .. } => "run `wpimg lock`".to_owned(),
            Self::NoVersion { .. } => {
                "check the slug, or name the `version` in the recipe".to_owned()
            }
            Self::Address { .. } => "take the lock from git again, or run `wpimg lock`".to_owned(),
        })
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Moved { .. } | Self::NoVersion { .. } => ExitStatus::Failure,
            Self::NotLocked { .. } | Self::Address { .. } => ExitStatus::Usage,
        }
    }
}
