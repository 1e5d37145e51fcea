//! What can be wrong in services.toml.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum FileError {
    #[error("cannot read `{path}`")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{place}: {problem}")]
    Wrong { place: Place, problem: Problem },
}

/// Where in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`, line {}", self.file, self.line)
    }
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum Problem {
    #[error("{message}")]
    Syntax { message: String },
    #[error("unknown key `{key}`")]
    UnknownKey {
        key: String,
        nearest: Option<&'static str>,
    },
    #[error("`{key}` is missing")]
    Missing { key: &'static str },
    #[error("`{key}` is wrong, expected {expected}")]
    Invalid {
        key: &'static str,
        expected: &'static str,
    },
    #[error("there are two services `{name}`")]
    Twice { name: String },
    #[error("`{name}` comes after `{after}`, but there is no such service")]
    AfterNobody { name: String, after: String },
    #[error("`{name}` comes after itself, by way of its `after`")]
    Circle { name: String },
    #[error("`{name}` is essential, but comes after `{after}`, which is not")]
    AfterOptional { name: String, after: String },
    #[error("`{key}` of `{name}` cannot be changed")]
    BuiltIn { name: &'static str, key: String },
    #[error("`{name}` is to run as `{user}`, but this container is not run by root")]
    OtherUser { name: String, user: String },
    #[error("`{name}` is to run as `{user}`, whom /etc/passwd does not know")]
    UnknownUser { name: String, user: String },
}

impl FileError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("make it a file that everybody may read".to_owned()),
            Self::Wrong { problem, .. } => problem.hint(),
        }
    }
}

impl Problem {
    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey {
                nearest: Some(nearest),
                ..
            } => Some(format!("did you mean `{nearest}`?")),
            Self::Twice { .. } => Some("give one of them another name".to_owned()),
            Self::AfterOptional { after, .. } => Some(format!(
                "set `essential = true` for `{after}`, or the container may never become ready"
            )),
            Self::BuiltIn { .. } => Some(
                "of nginx and php-fpm only `environment`, `restart` and `start-timeout` may be changed; \
                 their own configuration is below /etc/wpimg"
                    .to_owned(),
            ),
            Self::OtherUser { .. } => {
                Some("leave `user` away, or run the container as root".to_owned())
            }
            Self::UnknownUser { .. } => {
                Some("use a name of the image, or a number such as \"1000\"".to_owned())
            }
            Self::AfterNobody { .. } => {
                Some("name a service of this file, `php-fpm` or `nginx`".to_owned())
            }
            Self::Syntax { .. }
            | Self::UnknownKey { nearest: None, .. }
            | Self::Missing { .. }
            | Self::Invalid { .. }
            | Self::Circle { .. } => None,
        }
    }
}
