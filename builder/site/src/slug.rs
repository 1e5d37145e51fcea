//! The name of a plugin's or theme's directory below `wp-content`.
//!
//! Letters, digits, `-`, `_` and `.`, not starting with `.` or `-`: what every plugin and theme of
//! WordPress.org has, and what needs no quoting in a shell, a URL or a web server's configuration.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::excerpt::excerpt;

/// Longer than any that is known; a component of a path takes 255 bytes.
const LONGEST: usize = 128;

/// A validated directory name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// A text that cannot name a plugin or theme.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` cannot be the directory of a plugin or theme")]
pub struct SlugError {
    pub text: String,
}

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let starts_well = !text.starts_with(['.', '-']);
        if text.is_empty() || text.len() > LONGEST || !starts_well || !text.bytes().all(is_fine) {
            return Err(SlugError {
                text: excerpt(text),
            });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn names_that_exist_are_taken_and_others_are_not() {
        for text in ["akismet", "Divi", "woo_2", "wp-1.0", "2checkout"] {
            assert_eq!(text.parse::<Slug>().unwrap().as_str(), text);
        }
        let long = "x".repeat(129);
        for text in [
            "",
            ".",
            "..",
            ".git",
            "-rf",
            "my plugin",
            "a/b",
            "é",
            "a\n",
            &long,
        ] {
            assert!(text.parse::<Slug>().is_err(), "{text:?}");
        }
    }
}
