//! What can be wrong with arguments and environment once clap is content.

use std::io;

use thiserror::Error;

use crate::{error_report::Hint, exit_status::ExitStatus};

/// An argument or a variable that cannot be worked with.
#[derive(Debug, Error)]
pub(crate) enum SettingsError {
    #[error(
        "no place for the cache: none of `WPIMG_CACHE_DIR`, `XDG_CACHE_HOME` and `HOME` is set"
    )]
    NoCacheDirectory,
    #[error("`SOURCE_DATE_EPOCH` is not a number of seconds since 1970: `{value}`")]
    BadSourceDateEpoch { value: String },
    #[error("`WPIMG_WORDPRESS_ORG` is not an http or https address: `{value}`")]
    BadWordPressOrg { value: String },
    #[error("the variable `{name}` is not valid UTF-8")]
    NotUnicode { name: &'static str },
    #[error("`--tag {tag}` is not an image name")]
    BadTag { tag: String },
    #[error("the working directory cannot be read")]
    NoWorkingDirectory {
        #[source]
        source: io::Error,
    },
}

impl Hint for SettingsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoCacheDirectory => Some("name a directory with `--cache-dir PATH`".to_owned()),
            Self::BadSourceDateEpoch { .. } => {
                Some("use `SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)` or unset it".to_owned())
            }
            Self::BadWordPressOrg { .. } => {
                Some("name a server that has `release/`, `plugin/` and `theme/`".to_owned())
            }
            Self::NotUnicode { name } => Some(format!("set `{name}` again or unset it")),
            Self::BadTag { .. } => {
                Some("write a name in lower case, such as `shop`, `shop:6.8` or `registry.example/shop:6.8`".to_owned())
            }
            Self::NoWorkingDirectory { .. } => Some("change to a directory that exists".to_owned()),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}
