//! Debian package versions and their order.
//!
//! A version is `[epoch:]upstream[-revision]`. Two spellings that Debian calls equal (`1.0` and
//! `0:1.0-0`) are equal here too, while the text stays as it was written. Refuses what
//! `dpkg --compare-versions` complains about. Rules: deb-version(7).

mod order;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, fmt, str::FromStr};

use thiserror::Error;

use crate::excerpt::excerpt;

/// No version in the archive comes near this; longer text is an attack or a mistake.
const LONGEST: usize = 512;

/// A version number as deb-version(7) defines it.
#[derive(Clone)]
pub struct Version {
    text: Box<str>,
    epoch: u32,
    upstream_start: usize,
    /// Where the last hyphen is; the end of the text when there is no revision.
    upstream_end: usize,
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VersionError {
    #[error("version is empty")]
    Empty,
    #[error("version of {length} bytes is longer than {LONGEST}")]
    TooLong { length: usize },
    #[error("epoch of version `{version}` is not a number below 2147483648")]
    Epoch { version: String },
    #[error("upstream part of version `{version}` does not start with a digit")]
    NoLeadingDigit { version: String },
    #[error("revision of version `{version}` is empty")]
    EmptyRevision { version: String },
    #[error("version `{version}` contains `{character}`")]
    Character { version: String, character: char },
}

impl Version {
    /// Returns the version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the part between epoch and revision.
    pub fn upstream(&self) -> &str {
        &self.text[self.upstream_start..self.upstream_end]
    }

    /// Returns the part after the last hyphen, empty for a native package.
    pub fn revision(&self) -> &str {
        self.text.get(self.upstream_end + 1..).unwrap_or("")
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(VersionError::Empty);
        }
        if text.len() > LONGEST {
            return Err(VersionError::TooLong { length: text.len() });
        }
        let allowed = |character: char| {
            character.is_ascii_alphanumeric() || matches!(character, '.' | '+' | '~' | '-' | ':')
        };
        if let Some(character) = text.chars().find(|&character| !allowed(character)) {
            return Err(VersionError::Character {
                version: excerpt(text),
                character,
            });
        }
        let (epoch, upstream_start) = match text.split_once(':') {
            None => (0, 0),
            Some((digits, _)) => (parse_epoch(digits, text)?, digits.len() + 1),
        };
        let upstream_end = text[upstream_start..]
            .rfind('-')
            .map_or(text.len(), |hyphen| upstream_start + hyphen);
        if upstream_end + 1 == text.len() && text.ends_with('-') {
            return Err(VersionError::EmptyRevision {
                version: excerpt(text),
            });
        }
        if !text[upstream_start..upstream_end].starts_with(|first: char| first.is_ascii_digit()) {
            return Err(VersionError::NoLeadingDigit {
                version: excerpt(text),
            });
        }
        if let Some(revision) = text.get(upstream_end + 1..)
            && revision.contains(':')
        {
            return Err(VersionError::Character {
                version: excerpt(text),
                character: ':',
            });
        }
        Ok(Self {
            text: text.into(),
            epoch,
            upstream_start,
            upstream_end,
        })
    }
}

fn parse_epoch(digits: &str, version: &str) -> Result<u32, VersionError> {
    let error = || VersionError::Epoch {
        version: excerpt(version),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error());
    }
    match digits.parse::<i32>() {
        Ok(epoch) => Ok(epoch.unsigned_abs()),
        Err(_) => Err(error()),
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| order::compare(self.upstream(), other.upstream()))
            .then_with(|| order::compare(self.revision(), other.revision()))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Version({})", self.text)
    }
}
