//! What can be wrong with a lock, and the command that mends it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::Stale;
use crate::error_report::{Hint, writing_hint};
use crate::exit_status::ExitStatus;

/// A build cannot go by the lock.
#[derive(Debug, Error)]
pub(crate) enum LockError {
    #[error("`{}` does not exist, and this build is to be locked", path.display())]
    Missing { path: PathBuf },
    #[error("could not read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("could not write `{}`", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is not a lock", path.display())]
    Malformed {
        path: PathBuf,
        #[source]
        source: Malformed,
    },
    #[error("`{}` is stale: {}", path.display(), reason(*stale))]
    Stale { path: PathBuf, stale: Stale },
}

/// Why a text is not a lock.
#[derive(Debug, Error)]
pub(crate) enum Malformed {
    #[error("{0}")]
    Toml(String),
    #[error(
        "its form has version {version}, this program knows version {}",
        super::VERSION
    )]
    Version { version: i64 },
    #[error("it has no `version`")]
    NoVersion,
}

impl Malformed {
    pub(super) fn toml(error: &toml::de::Error) -> Self {
        Self::Toml(error.to_string().trim_end().to_owned())
    }
}

fn reason(stale: Stale) -> String {
    match stale {
        Stale::Recipe => "the recipe asks for something else now".to_owned(),
        Stale::Format { locked } => format!(
            "it was made for format {locked} of the builder, this one has {}",
            wpimg_assemble::FORMAT_VERSION
        ),
        Stale::Platform { platform } => format!("it has no packages for {platform}"),
    }
}

impl Hint for LockError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => {
                "run `wpimg lock` and commit the lock, or build with `--unlocked`".to_owned()
            }
            Self::Stale { .. } => {
                "run `wpimg lock`; it changes as little as the recipe allows".to_owned()
            }
            Self::Malformed { source, .. } => match source {
                Malformed::Version { .. } => {
                    "use the version of wpimg that wrote it, or remove it and run `wpimg lock`"
                        .to_owned()
                }
                Malformed::Toml(_) | Malformed::NoVersion => {
                    "mend it (a merge may have left its marks), or remove it and run `wpimg lock`"
                        .to_owned()
                }
            },
            Self::TooLarge { .. } => "take it from git again".to_owned(),
            Self::Unreadable { .. } => "check the permissions of the file".to_owned(),
            Self::Unwritable { source, .. } => writing_hint(source),
        })
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Unwritable { .. } => ExitStatus::Failure,
            Self::Missing { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::Malformed { .. }
            | Self::Stale { .. } => ExitStatus::Usage,
        }
    }
}
