//! `[debian.pins]`: which versions of a package may be chosen at all.
//!
//! ```toml
//! [debian.pins]
//! nginx = "1.26.3-3+deb13u1"
//! "libicu*" = ">= 76"
//! "php8.4-*" = { suite = "trixie" }
//! ```

use std::{fmt, str::FromStr};

use wpimg_debian::{
    dependency::{Constraint, Operator},
    name::SuiteName,
};

use super::ValueError;

/// What is asked of the packages whose names match a pattern: all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) version: Option<PinnedVersion>,
    pub(crate) suite: Option<SuiteName>,
}

/// A package name, in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PackagePattern(String);

/// A version, or a comparison with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PinnedVersion(pub(crate) Constraint);

/// As deb-control(5) writes them; the longer ones first, since a shorter one begins some of them.
const OPERATORS: [(&str, Operator); 5] = [
    ("<<", Operator::Earlier),
    ("<=", Operator::EarlierOrEqual),
    (">=", Operator::LaterOrEqual),
    (">>", Operator::Later),
    ("=", Operator::Equal),
];

impl FromStr for PackagePattern {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.*".contains(&byte)
        };
        if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
            return Err(ValueError::PackagePattern {
                text: text.to_owned(),
            });
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for PinnedVersion {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let trimmed = text.trim();
        let (version, operator) = OPERATORS
            .iter()
            .find_map(|&(sign, operator)| Some((trimmed.strip_prefix(sign)?, operator)))
            .unwrap_or((trimmed, Operator::Equal));
        match version.parse() {
            Ok(version) => Ok(Self(Constraint { operator, version })),
            Err(source) => Err(ValueError::PinnedVersion {
                text: text.to_owned(),
                source,
            }),
        }
    }
}

impl fmt::Display for PackagePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for PinnedVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = OPERATORS
            .iter()
            .find(|(_, operator)| *operator == self.0.operator)
            .map_or("=", |(sign, _)| sign);
        write!(formatter, "{sign} {}", self.0.version)
    }
}
