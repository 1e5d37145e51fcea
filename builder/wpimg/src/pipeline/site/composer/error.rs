//! Why a Composer project cannot be put into an image.

use std::{io, path::PathBuf};

use thiserror::Error;
use wpimg_site::detect::DetectError;

use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::pipeline::site::files::SiteFileError;
use crate::pipeline::site::intakes::TakeInError;

/// The project of `[composer]` cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ComposerError {
    #[error(transparent)]
    Path(#[from] SiteFileError),
    #[error("the Composer project `{}` is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    #[error(transparent)]
    Detect(#[from] DetectError),
    #[error("`{}` does not say where WordPress is installed", path.display())]
    NoWordPress { path: PathBuf },
    #[error("the Composer project `{}` has no `{missing}`", path.display())]
    NotInstalled { path: PathBuf, missing: String },
    #[error("`{path}` of the Composer project lies outside of its document root `{web}`")]
    Outside { path: String, web: String },
    #[error("`{path}` of the Composer project cannot be a path in an image")]
    Name { path: String },
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is not what Composer writes", path.display())]
    Installed {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("the recipe names a WordPress beside the Composer project")]
    SecondWordPress,
    #[error(transparent)]
    TakeIn(#[from] TakeInError),
}

impl Hint for ComposerError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Path(error) => return error.hint(),
            Self::TakeIn(error) => return error.hint(),
            Self::NotADirectory { .. } => {
                "let `path` under `[composer]` name the folder with `composer.json`".to_owned()
            }
            Self::Detect(_) | Self::Read { .. } => {
                "`path` under `[composer]` is relative to the recipe".to_owned()
            }
            Self::NoWordPress { .. } => {
                "set `extra.wordpress-install-dir` there, as Bedrock does, or \
                                         take `[composer]` out of the recipe"
                    .to_owned()
            }
            Self::NotInstalled { path, .. } => {
                format!("run `composer install --no-dev` in `{}`", path.display())
            }
            Self::Installed { .. } | Self::TooLarge { .. } => {
                "remove `vendor` and run `composer install --no-dev`".to_owned()
            }
            Self::Outside { web, .. } => {
                format!("let `extra.installer-paths` in `composer.json` name folders in `{web}`")
            }
            Self::Name { .. } => {
                "rename it, with letters, digits, dots, dashes and underscores".to_owned()
            }
            Self::SecondWordPress => {
                "take `[wordpress]` or `[composer]` out of the recipe".to_owned()
            }
        })
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Path(error) => error.exit_status(),
            Self::TakeIn(error) => error.exit_status(),
            Self::NotADirectory { .. }
            | Self::Detect(_)
            | Self::NoWordPress { .. }
            | Self::NotInstalled { .. }
            | Self::Outside { .. }
            | Self::Name { .. }
            | Self::Read { .. }
            | Self::Installed { .. }
            | Self::TooLarge { .. }
            | Self::SecondWordPress => ExitStatus::Usage,
        }
    }
}
