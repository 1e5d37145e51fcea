//! The first difference in a sentence.

use std::fmt;

use super::{EntryDifference, FirstDifference};
use crate::plain::excerpt;

impl fmt::Display for FirstDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LayerCount { expected, found } => {
                write!(
                    formatter,
                    "number of layers is {found} instead of {expected}"
                )
            }
            Self::Entry {
                layer,
                origin,
                path,
                what,
            } => {
                write!(formatter, "layer {}", layer + 1)?;
                if let Some(origin) = origin {
                    write!(formatter, " ({})", excerpt(origin, 60))?;
                }
                write!(formatter, ": `{path}` {what}")
            }
            Self::Archive {
                layer,
                offset,
                after,
            } => {
                write!(
                    formatter,
                    "layer {}: byte {offset} of the archive",
                    layer + 1
                )?;
                match after {
                    Some(path) => write!(formatter, ", in or after the header of `{path}`"),
                    None => Ok(()),
                }
            }
            Self::Compression {
                layer,
                expected,
                found,
            } if expected == found => write!(
                formatter,
                "layer {}: same files, but {found} with other settings or of another version",
                layer + 1
            ),
            Self::Compression {
                layer,
                expected,
                found,
            } => write!(
                formatter,
                "layer {}: same files, but compressed with {found} instead of {expected}",
                layer + 1
            ),
            Self::Document {
                document,
                pointer,
                expected,
                found,
            } => {
                let shown = |value: &Option<String>| value.clone().unwrap_or("nothing".to_owned());
                let (expected, found) = (shown(expected), shown(found));
                write!(
                    formatter,
                    "{document}: `{pointer}` is {found} instead of {expected}"
                )
            }
            Self::Spelling { document, offset } => {
                write!(
                    formatter,
                    "{document}: same values, spelled differently from byte {offset} on"
                )
            }
        }
    }
}

impl fmt::Display for EntryDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(formatter, "is missing"),
            Self::Unexpected => write!(formatter, "was not expected"),
            Self::Order { instead } => {
                write!(formatter, "comes later; `{instead}` is at its place")
            }
            Self::Kind { expected, found } => {
                write!(formatter, "is a {found} instead of a {expected}")
            }
            Self::LinkTarget { expected, found } => {
                write!(formatter, "leads to `{found}` instead of `{expected}`")
            }
            Self::Device => write!(formatter, "is another device"),
            Self::Mode { expected, found } => {
                write!(formatter, "has mode {found:04o} instead of {expected:04o}")
            }
            Self::Owner { expected, found } => write!(
                formatter,
                "belongs to {}:{} instead of {}:{}",
                found.0, found.1, expected.0, expected.1
            ),
            Self::ModificationTime { expected, found } => {
                write!(formatter, "was modified at {found} instead of {expected}")
            }
            Self::Size { expected, found } => {
                write!(formatter, "has {found} bytes instead of {expected}")
            }
            Self::Content {
                offset,
                expected,
                found,
            } => write!(
                formatter,
                "differs from byte {offset} on: `{found}` instead of `{expected}`"
            ),
        }
    }
}
