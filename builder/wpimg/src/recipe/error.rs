//! What can be wrong with a recipe, each with the place where it is wrong.

use std::{fmt, io, path::PathBuf};

use thiserror::Error;

use super::ValueError;
use crate::{error_report::Hint, exit_status::ExitStatus, report::units::Bytes};

/// A place in a recipe, written as compilers do: `wpimg.toml:7:1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// Counts lines and columns (in characters, from 1) up to a byte offset.
    pub(super) fn at(file: &str, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A table of a recipe and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) section: &'static str,
    pub(crate) position: Position,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}", self.section, self.position)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) position: Position,
}

/// Why a recipe cannot be used.
#[derive(Debug, Error)]
pub(crate) enum RecipeError {
    #[error("could not read the recipe `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the recipe `{}` is larger than {}", path.display(), Bytes(*limit))]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("the recipe is not valid TOML at {position}: {message}")]
    Syntax { position: Position, message: String },
    #[error("unknown key `{key}` in {section} at {position}{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        key: String,
        section: &'static str,
        position: Position,
        nearest: Option<String>,
    },
    #[error("`{key}` in {section} at {position} must be {expected}, not {found}")]
    WrongType {
        key: String,
        section: &'static str,
        position: Position,
        expected: &'static str,
        found: &'static str,
    },
    #[error("`{key}` in {section} at {position} has a value that cannot be used")]
    Invalid {
        key: String,
        section: &'static str,
        position: Position,
        #[source]
        source: ValueError,
    },
    #[error("`{key}` is missing in {place}")]
    MissingInEntry { key: &'static str, place: Place },
    #[error("{section} at {position} has both `{first}` and `{second}`")]
    TwoSources {
        first: String,
        second: String,
        section: &'static str,
        position: Position,
        keys: &'static [&'static str],
    },
    #[error("{place} does not say where it comes from")]
    NoSource {
        place: Place,
        keys: &'static [&'static str],
    },
    #[error("`{key}` in {section} at {position} goes only with {about}")]
    Pointless {
        key: &'static str,
        section: &'static str,
        position: Position,
        /// What it goes with, quoted.
        about: &'static str,
    },
    #[error("`{key}` in {section} at {position} has more than {limit} entries")]
    TooMany {
        key: &'static str,
        section: &'static str,
        position: Position,
        limit: usize,
    },
    #[error("two entries of {section} would lie in one directory{}: at {first} and at {second}", named(name.as_deref()))]
    TwoOfOneName {
        section: &'static str,
        name: Option<String>,
        first: Position,
        second: Position,
    },
    #[error("`{file}` needs `{key}` in {section}")]
    Missing {
        key: &'static str,
        section: &'static str,
        file: String,
    },
}

fn named(name: Option<&str>) -> String {
    name.map(|name| format!(", `{name}`")).unwrap_or_default()
}

/// `a`, `b` or `c`.
fn one_of(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|key| format!(" (did you mean `{key}`?)"))
        .unwrap_or_default()
}

impl Hint for RecipeError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, source } if source.kind() == io::ErrorKind::NotFound => {
                Some(format!(
                    "create `{}`, or leave `--recipe` out to build the built-in recipe",
                    path.display()
                ))
            }
            Self::Invalid { source, .. } => source.hint(),
            Self::Missing { key, section, file } => Some(format!(
                "add `{key}` under {section} in `{file}`, or leave `extends` out"
            )),
            Self::UnknownKey {
                key,
                position,
                nearest,
                ..
            } => Some(match nearest {
                Some(nearest) => format!("rename `{key}` to `{nearest}` in `{}`", position.file),
                None => format!("remove line {} of `{}`", position.line, position.file),
            }),
            Self::TwoSources { first, second, .. } => {
                Some(format!("choose one: remove `{first}` or `{second}`"))
            }
            Self::NoSource { keys, .. } => Some(format!("add one of {}", one_of(keys))),
            Self::Pointless { key, .. } => Some(format!("remove `{key}`")),
            Self::TwoOfOneName { .. } => {
                Some("remove one of them, or give one another `name`".to_owned())
            }
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::Syntax { .. }
            | Self::WrongType { .. }
            | Self::MissingInEntry { .. }
            | Self::TooMany { .. } => None,
        }
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}
