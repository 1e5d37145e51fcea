//! A pin: which versions of a package may be chosen at all, wherever a dependency leads to it.
//!
//! Like a pin of apt with a priority above 1000, but said per version or suite. Source:
//! apt_preferences(5).

use std::fmt;

use crate::{dependency::Constraint, index::Package, name::SuiteName};

/// Limits the versions of the packages whose names match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// A package name, in which `*` stands for any number of characters.
    pub pattern: String,
    pub constraint: Option<Constraint>,
    pub suite: Option<SuiteName>,
}

impl Pin {
    /// Says whether the pin is about packages of this name.
    pub fn concerns(&self, name: &str) -> bool {
        matches(self.pattern.as_bytes(), name.as_bytes())
    }

    /// Says whether the package may be chosen.
    pub fn admits(&self, package: &Package) -> bool {
        let version = self.constraint.as_ref();
        let suite = self.suite.as_ref();
        version.is_none_or(|constraint| constraint.accepts(&package.version))
            && suite.is_none_or(|suite| *suite == package.suite)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)?;
        if let Some(constraint) = &self.constraint {
            write!(f, " ({constraint})")?;
        }
        match &self.suite {
            Some(suite) => write!(f, " from {suite}"),
            None => Ok(()),
        }
    }
}

/// Goes back to the last `*` when a match fails, which takes at most the product of both lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(byte) if *byte == name[position] => {
                at += 1;
                position += 1;
            }
            Some(_) | None => match star {
                Some((after, from)) => {
                    at = after + 1;
                    position = from + 1;
                    star = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_number_of_characters() {
        for (pattern, name, expected) in [
            ("nginx", "nginx", true),
            ("nginx", "nginx-common", false),
            ("nginx*", "nginx", true),
            ("php8.4-*", "php8.4-fpm", true),
            ("php8.4-*", "php8.3-fpm", false),
            ("*-fpm", "php8.4-fpm", true),
            ("p*4*m", "php8.4-fpm", true),
            ("p*4*n", "php8.4-fpm", false),
            ("*", "anything", true),
            ("", "anything", false),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
