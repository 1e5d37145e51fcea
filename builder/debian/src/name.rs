//! Names of binary packages, and names of suites.
//!
//! A package name has at least two of the characters `a-z 0-9 + - .` and starts with a letter or
//! digit, so it is safe inside a file name. Sources: deb-control(5), Debian Policy 5.6.1.

use std::{borrow::Borrow, fmt, ops::Deref, str::FromStr};

use thiserror::Error;

use crate::excerpt::excerpt;

/// Why a text is neither a package nor a suite name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("`{text}` is not a package name")]
    Package { text: String },
    #[error("`{text}` is not a suite name")]
    Suite { text: String },
}

/// The name of a binary package, real or virtual.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageName(Box<str>);

/// The name of a distribution in an archive, such as `trixie` or `trixie-security`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SuiteName(Box<str>);

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let well_formed = (2..=128).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase()
                    || byte.is_ascii_digit()
                    || matches!(byte, b'+' | b'-' | b'.')
            });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(NameError::Package {
                text: excerpt(text),
            })
        }
    }
}

impl FromStr for SuiteName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        // A suite becomes part of a URL path and of cache paths, so `..` must not get through.
        let well_formed = (1..=64).contains(&text.len())
            && text.split('/').all(|part| {
                part.starts_with(|first: char| first.is_ascii_alphanumeric())
                    && part.bytes().all(|byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
                    })
            });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(NameError::Suite {
                text: excerpt(text),
            })
        }
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{:?}", &*self.0)
            }
        }
    };
}

text_like!(PackageName);
text_like!(SuiteName);

#[cfg(test)]
mod tests {
    use super::{PackageName, SuiteName};

    #[test]
    fn package_names_follow_policy() {
        for good in ["libc6", "g++", "libstdc++6", "php8.4-fpm", "0ad"] {
            assert!(good.parse::<PackageName>().is_ok(), "{good}");
        }
        for bad in ["", "a", "Libc6", "../x", "a_b", "-x1", "lib c"] {
            assert!(bad.parse::<PackageName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn suite_names_cannot_climb_out_of_dists() {
        for good in ["trixie", "trixie-security", "bookworm/updates", "13.7"] {
            assert!(good.parse::<SuiteName>().is_ok(), "{good}");
        }
        for bad in ["", "..", "trixie/..", "/", "a//b", "a b"] {
            assert!(bad.parse::<SuiteName>().is_err(), "{bad}");
        }
    }
}
