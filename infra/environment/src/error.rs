//! What can be wrong with what a recipe says about the stacks, each with the place where it is wrong.

use std::borrow::Cow;

use thiserror::Error;

use crate::{
    conflict::Conflict,
    place::{Place, Position, TablePlace},
    value::ValueError,
    wording::{all_of, one_of},
};

/// Why a recipe does not describe two stacks.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EnvironmentError {
    #[error("the recipe is not valid TOML at {position}: {message}")]
    Syntax { position: Position, message: String },
    #[error("{place} must be {expected}, not {found}")]
    WrongType {
        place: Place,
        expected: Cow<'static, str>,
        found: &'static str,
    },
    #[error("unknown key {place}{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        place: Place,
        nearest: Option<String>,
    },
    #[error("{place} has a value that cannot be used")]
    Invalid {
        place: Place,
        #[source]
        source: ValueError,
    },
    #[error("{place} is filled in by wpimg: {reason}")]
    Filled { place: Place, reason: &'static str },
    #[error("{place} is no name for an environment")]
    EnvironmentName {
        place: Place,
        #[source]
        source: ValueError,
    },
    #[error("`{file}` has no environment `{name}`{}", did_you_mean(nearest.as_deref()))]
    UnknownEnvironment {
        file: String,
        name: String,
        known: Vec<String>,
        nearest: Option<String>,
    },
    #[error("{place} does not say what the stacks are called")]
    NoName { place: TablePlace },
    #[error("{} missing in {place}", are(keys))]
    Missing {
        place: TablePlace,
        keys: Vec<String>,
    },
    #[error(
        "{place} makes `{first}` and `{second}` the same stacks, `{name}-data` and `{name}-app`"
    )]
    SameStacks {
        place: Place,
        first: String,
        second: String,
        name: String,
    },
    #[error("{place} does not go with the rest")]
    Conflict {
        place: Place,
        #[source]
        source: Conflict,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!(" (did you mean `{nearest}`?)"))
        .unwrap_or_default()
}

/// `a` is, `a` and `b` are.
fn are(keys: &[String]) -> String {
    let verb = if keys.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", all_of(keys))
}

impl EnvironmentError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { place, nearest } => Some(match nearest {
                Some(nearest) => format!(
                    "rename `{}` to `{nearest}` in `{}`",
                    place.key, place.position.file
                ),
                None => format!(
                    "remove line {} of `{}`",
                    place.position.line, place.position.file
                ),
            }),
            Self::Invalid { source, .. } => source.hint(),
            Self::Filled { place, .. } => Some(format!(
                "remove line {} of `{}`",
                place.position.line, place.position.file
            )),
            Self::UnknownEnvironment {
                file, name, known, ..
            } => Some(if known.is_empty() {
                format!("add `[env.{name}]` to `{file}`, or leave `--env` out")
            } else {
                format!("name {}, or add `[env.{name}]` to `{file}`", one_of(known))
            }),
            Self::NoName { .. } => {
                Some("write what the site is called: `name = \"shop\"` under [infra]".to_owned())
            }
            Self::Missing { .. } => {
                Some("add what is missing, under [infra] for all environments".to_owned())
            }
            Self::SameStacks { second, .. } => Some(format!(
                "give `{second}` another `name`, `region`, `account` or `profile`"
            )),
            Self::Conflict { source, .. } => Some(source.hint()),
            Self::Syntax { .. } | Self::WrongType { .. } | Self::EnvironmentName { .. } => None,
        }
    }
}
