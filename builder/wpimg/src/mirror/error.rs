//! What can be wrong with a mirror's address.

use std::error::Error;

use thiserror::Error;

use super::MirrorOrigin;
use crate::{error_report::Hint, exit_status::ExitStatus};

/// Why a mirror cannot be used.
#[derive(Debug, Error)]
pub(crate) enum MirrorError {
    #[error("the mirror `{text}` from {origin} is not a URL")]
    NotAUrl {
        text: String,
        origin: MirrorOrigin,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the mirror `{text}` from {origin} is neither http nor https")]
    Scheme { text: String, origin: MirrorOrigin },
    #[error("no archive is known for `{suite}`: the mirror `{main}` is not named `debian`")]
    NoSecurityArchive { suite: String, main: String },
}

impl Hint for MirrorError {
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NotAUrl { .. } | Self::Scheme { .. } => {
                "write an address such as `http://mirror.example/debian`"
            }
            Self::NoSecurityArchive { .. } => {
                "name a mirror laid out as Debian's (`…/debian` beside `…/debian-security`), or \
                 take the security suite out of `[debian] suites`"
            }
        };
        Some(text.to_owned())
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}
