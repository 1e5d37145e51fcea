//! What happens to a resource, how sure that is, and how much it matters.

use std::fmt;

/// What happens to a resource, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    Removed,
    /// Another one takes its place.
    Replaced,
    Changed,
    /// Only the stack's record of it changes.
    Recorded,
    /// One that exists already becomes the stack's.
    Imported,
    Added,
}

/// Whether it is sure to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    Certain,
    /// It turns out while the stack is updated.
    Possible,
}

/// How much somebody has to think about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Plain,
    /// The site may be away, or something stays behind.
    Warning,
    /// Something is lost for good.
    Loss,
}

impl Turn {
    /// A sign that needs no colour to be understood.
    pub fn sign(self) -> char {
        match self {
            Self::Removed => '-',
            Self::Replaced => '±',
            Self::Changed => '~',
            Self::Recorded => '=',
            Self::Imported | Self::Added => '+',
        }
    }

    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Changed => "changed",
            Self::Recorded => "recorded",
            Self::Imported => "imported",
            Self::Added => "added",
        }
    }
}

impl Severity {
    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Warning => "warning",
            Self::Loss => "loss",
        }
    }
}

/// What is said of the resource: "may be replaced".
pub(super) struct Said(pub(super) Turn, pub(super) Certainty);

impl fmt::Display for Said {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Certainty::Certain => {}
            Certainty::Possible => formatter.write_str("may be ")?,
        }
        formatter.write_str(match self.0 {
            Turn::Removed => "removed",
            Turn::Replaced => "replaced",
            Turn::Changed => "changed",
            Turn::Recorded => "recorded as it is",
            Turn::Imported => "taken in",
            Turn::Added => "added",
        })
    }
}
