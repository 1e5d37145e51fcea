//! Why a value cannot be used, and what a right one looks like.

use std::borrow::Cow;

use thiserror::Error;

/// Why a value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    #[error("`{text}` is not {expected}")]
    Unfit {
        text: String,
        /// What it should have been, as a phrase: "the ARN of a topic".
        expected: Cow<'static, str>,
        /// What was probably meant.
        nearest: Option<String>,
    },
    #[error("{number} is not from {least} to {most}")]
    OutOfRange {
        number: String,
        least: u32,
        most: u32,
    },
    #[error("the text is empty")]
    Empty,
    #[error("the text has a control character in it, such as a line break")]
    ControlCharacter,
    #[error("the entry `{text}` of the list is empty, or has a comma or a space around it")]
    Entry { text: String },
    #[error("the value has {length} bytes, and CloudFormation takes {limit}")]
    TooLong { length: usize, limit: usize },
    #[error("`{text}` has bits behind its first {bits}")]
    BitsBehind {
        text: String,
        bits: u8,
        /// The network that the address is in.
        network: String,
    },
    #[error("`{text}` is too long: {limit} characters are the most")]
    NameTooLong { text: String, limit: usize },
    #[error("`{text}` begins with `sg-`, which is how AWS calls security groups itself")]
    SecurityGroupName { text: String },
    #[error("the tag `{name}` {problem}")]
    Tag { name: String, problem: TagProblem },
    #[error("there are more than {limit} tags")]
    TooManyTags { limit: usize },
}

/// What AWS refuses about a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TagProblem {
    #[error("has a name that is empty or longer than 128 characters")]
    NameLength,
    #[error("has a value that is empty or longer than 256 characters")]
    ValueLength,
    #[error("has a character that is no letter, digit or space and none of `_.:/=+-@`")]
    Character,
    #[error("begins with `aws:`, as only AWS's own do")]
    Reserved,
    #[error("differs from another one only in upper and lower case")]
    SameButForCase,
}

impl ValueError {
    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unfit { nearest, .. } => {
                nearest.as_ref().map(|nearest| format!("write `{nearest}`"))
            }
            Self::Entry { .. } => {
                Some("write each entry as a text of its own: `[\"one\", \"two\"]`".to_owned())
            }
            Self::BitsBehind { network, .. } => Some(format!("write `\"{network}\"`")),
            Self::SecurityGroupName { text } => Some(format!(
                "write `{}`",
                text.trim_start_matches("sg-").trim_start_matches('-')
            )),
            Self::OutOfRange { .. }
            | Self::Empty
            | Self::ControlCharacter
            | Self::TooLong { .. }
            | Self::NameTooLong { .. }
            | Self::Tag { .. }
            | Self::TooManyTags { .. } => None,
        }
    }
}
