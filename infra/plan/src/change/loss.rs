//! What would be lost for good, and the refusal to do so.

use std::fmt;

use thiserror::Error;

use super::turn::{Certainty, Said, Turn};
use crate::shown::escaped;

/// Something that cannot be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub logical_id: String,
    pub kind: String,
    pub physical_id: Option<String>,
    pub turn: Turn,
    pub certainty: Certainty,
    /// For a sentence: "the database".
    pub what: &'static str,
    pub remainder: Remainder,
    /// Properties whose change does it, none where the resource is removed.
    pub because_of: Vec<String>,
    /// What to do instead.
    pub instead: &'static str,
}

/// What is left of a resource that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remainder {
    Nothing,
    Snapshot,
    /// It stays, outside of the stack.
    Resource,
}

/// Whether contents may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowReplacement {
    No,
    /// As with `--allow-replacement`.
    Yes,
}

/// Why a stack is not updated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("stack `{}` is left as it is, because {} would lose what {}", escaped(.stack), named(.losses), plural(.losses))]
pub struct Refusal {
    pub stack: String,
    /// At least one.
    pub losses: Vec<Loss>,
}

impl Refusal {
    /// What to do about it; what to do about each loss is in `instead`.
    pub fn hint(&self) -> String {
        "`--allow-replacement` updates the stack all the same; back up first what is still needed"
            .to_owned()
    }
}

fn named(losses: &[Loss]) -> String {
    let names: Vec<String> = losses
        .iter()
        .map(|loss| format!("`{}`", escaped(&loss.logical_id)))
        .collect();
    names.join(", ")
}

fn plural(losses: &[Loss]) -> &'static str {
    if losses.len() == 1 {
        "it holds"
    } else {
        "they hold"
    }
}

impl Remainder {
    /// What is said where nothing is lost.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Snapshot => Some("a snapshot of it stays, and costs"),
            Self::Resource => Some("it stays outside of the stack, and costs"),
        }
    }

    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Snapshot => "snapshot",
            Self::Resource => "resource",
        }
    }
}

impl Loss {
    /// What happens to the contents.
    pub(super) fn consequence(&self) -> String {
        let what = self.what;
        match self.remainder {
            Remainder::Nothing => format!("{what} would be lost"),
            Remainder::Snapshot => {
                format!(
                    "{what} would be lost to the site: a snapshot stays, but the new one begins empty"
                )
            }
            Remainder::Resource => {
                format!(
                    "{what} would be lost to the site: the old one stays, but the new one begins empty"
                )
            }
        }
    }
}

/// One line, without what to do instead.
impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` ({}",
            escaped(&self.logical_id),
            escaped(&self.kind)
        )?;
        if let Some(physical_id) = &self.physical_id {
            write!(formatter, ", {}", escaped(physical_id))?;
        }
        let verb = match self.certainty {
            Certainty::Certain => "is ",
            Certainty::Possible => "",
        };
        write!(formatter, ") {verb}{}", Said(self.turn, self.certainty))?;
        if !self.because_of.is_empty() {
            let names: Vec<String> = self
                .because_of
                .iter()
                .map(|name| format!("`{}`", escaped(name)))
                .collect();
            write!(formatter, " because of {}", names.join(", "))?;
        }
        write!(formatter, ": {}", self.consequence())
    }
}
