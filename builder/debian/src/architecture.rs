//! Debian architecture names such as `amd64`, `arm64` and `all`.
//!
//! Only the spelling is checked, not whether Debian builds for it. Wildcards (`any`, `linux-any`)
//! occur in dependency restrictions only and are matched there. Source: deb-control(5).

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::excerpt::excerpt;

/// A validated architecture name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Architecture(Box<str>);

/// Why a text is not an architecture name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not an architecture name")]
pub struct ArchitectureError {
    text: String,
}

impl Architecture {
    /// The architecture of packages that run everywhere.
    pub fn all() -> Self {
        Self("all".into())
    }

    /// Returns `amd64`.
    pub fn amd64() -> Self {
        Self("amd64".into())
    }

    /// Returns `arm64`.
    pub fn arm64() -> Self {
        Self("arm64".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether a package of this architecture installs on a machine of architecture `target`.
    pub fn runs_on(&self, target: &Self) -> bool {
        self == target || &*self.0 == "all"
    }
}

impl FromStr for Architecture {
    type Err = ArchitectureError;

    fn from_str(text: &str) -> Result<Self, ArchitectureError> {
        let well_formed = (1..=32).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(ArchitectureError {
                text: excerpt(text),
            })
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Architecture;

    #[test]
    fn packages_for_all_run_everywhere_and_others_only_at_home() {
        let amd64 = Architecture::amd64();
        assert!(Architecture::all().runs_on(&amd64));
        assert!(amd64.runs_on(&amd64));
        assert!(!Architecture::arm64().runs_on(&amd64));
    }

    #[test]
    fn names_with_path_characters_are_refused() {
        for text in ["", "../x", "AMD64", "amd 64", "64amd"] {
            assert!(text.parse::<Architecture>().is_err(), "{text}");
        }
        assert_eq!(
            "kfreebsd-amd64".parse::<Architecture>().unwrap().as_str(),
            "kfreebsd-amd64"
        );
    }
}
