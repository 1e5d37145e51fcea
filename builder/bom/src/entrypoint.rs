//! The crates that are linked into `wpimg-init`, from the words of Cargo.
//!
//! `cargo tree` says which crates of the workspace end up in one program for one target, with the
//! features it is really built with; `Cargo.lock` has their checksums. What only runs while
//! building (tests, build scripts, procedural macros) is not in the image and not listed. The
//! expected command:
//!
//! ```text
//! cargo tree --package wpimg-init --edges normal,no-proc-macro --target TARGET
//!            --prefix none --no-dedupe --format "{p}|{l}"
//! ```
//!
//! Directories that Cargo puts behind the name of a local package are dropped.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;
use wpimg_oci::digest::Digest;

use crate::licence::Licence;

/// The program that is PID 1, and what is linked into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrypoint {
    pub program: Crate,
    /// Sorted by name and version, without the program itself.
    pub crates: Vec<Crate>,
}

/// One version of a crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crate {
    pub name: String,
    pub version: String,
    /// An SPDX expression in the spelling of its manifest; empty where there is none.
    pub licence: String,
    /// The digest of the crate file. A crate without one does not come from a registry.
    pub checksum: Option<Digest>,
}

/// Why the words of Cargo cannot be read.
#[derive(Debug, Error)]
pub enum EntrypointError {
    #[error("line {line} of `cargo tree` is not `name vVERSION|licence`: `{excerpt}`")]
    Line { line: usize, excerpt: String },
    #[error("`cargo tree` printed nothing")]
    Empty,
    #[error("`Cargo.lock` cannot be read")]
    Lock {
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("crate `{name}` has the checksum `{checksum}` in `Cargo.lock`, which is no SHA-256")]
    Checksum { name: String, checksum: String },
    #[error("crate `{name}` {version} is not in `Cargo.lock`")]
    NotLocked { name: String, version: String },
}

impl EntrypointError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotLocked { .. } => Some("run `cargo update --workspace` and build again".into()),
            Self::Line { .. } | Self::Empty | Self::Lock { .. } | Self::Checksum { .. } => None,
        }
    }
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Entrypoint {
    /// Reads the output of `cargo tree`, whose first line is the program, and `Cargo.lock`.
    pub fn from_cargo(tree: &str, lock: &str) -> Result<Self, EntrypointError> {
        let lock: LockFile = toml::from_str(lock).map_err(|source| EntrypointError::Lock {
            source: Box::new(source),
        })?;
        let locked: BTreeMap<(&str, &str), &LockedPackage> = lock
            .package
            .iter()
            .map(|package| ((package.name.as_str(), package.version.as_str()), package))
            .collect();

        let mut crates = Vec::new();
        for (position, line) in tree.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let (name, version, licence) =
                parse_line(line).ok_or_else(|| EntrypointError::Line {
                    line: position + 1,
                    excerpt: line.chars().take(100).collect(),
                })?;
            let package =
                locked
                    .get(&(name, version))
                    .ok_or_else(|| EntrypointError::NotLocked {
                        name: name.into(),
                        version: version.into(),
                    })?;
            crates.push(Crate {
                name: name.into(),
                version: version.into(),
                licence: licence.into(),
                checksum: checksum(package)?,
            });
        }
        let mut crates = crates.into_iter();
        let program = crates.next().ok_or(EntrypointError::Empty)?;
        let others: BTreeSet<Crate> = crates.filter(|other| *other != program).collect();
        Ok(Self {
            program,
            crates: others.into_iter().collect(),
        })
    }
}

impl Crate {
    pub(crate) fn licence(&self) -> Licence {
        Licence::from_spdx(&self.licence)
    }
}

fn parse_line(line: &str) -> Option<(&str, &str, &str)> {
    // A directory may contain the separator, an SPDX expression cannot.
    let (package, licence) = line.rsplit_once('|')?;
    let mut words = package.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    // `--format` without `--no-dedupe` marks what was printed before.
    let licence = licence.strip_suffix("(*)").unwrap_or(licence);
    (!version.is_empty()).then_some((name, version, licence.trim()))
}

fn checksum(package: &LockedPackage) -> Result<Option<Digest>, EntrypointError> {
    let Some(checksum) = &package.checksum else {
        return Ok(None);
    };
    match Digest::from_hex(checksum) {
        Ok(digest) => Ok(Some(digest)),
        Err(_) => Err(EntrypointError::Checksum {
            name: package.name.clone(),
            checksum: checksum.chars().take(100).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "hkdf"
version = "0.13.0"
source = "registry+https://example.org/index"
checksum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
dependencies = ["hmac"]

[[package]]
name = "wpimg-init"
version = "0.1.0"

[[package]]
name = "libc"
version = "0.2.1"
"#;

    #[test]
    fn crates_are_sorted_once_and_carry_no_directory() {
        let tree = "wpimg-init v0.1.0 (/home/me/a|b/entrypoint)|MIT OR Apache-2.0\n\
                    libc v0.2.1|MIT\n\
                    hkdf v0.13.0|MIT/Apache-2.0\n\n\
                    libc v0.2.1|MIT (*)\n";
        let entrypoint = Entrypoint::from_cargo(tree, LOCK).unwrap();
        assert_eq!(entrypoint.program.name, "wpimg-init");
        assert_eq!(entrypoint.program.licence, "MIT OR Apache-2.0");
        let names: Vec<_> = entrypoint
            .crates
            .iter()
            .map(|item| (item.name.as_str(), item.licence.as_str()))
            .collect();
        assert_eq!(names, [("hkdf", "MIT/Apache-2.0"), ("libc", "MIT")]);
        assert_eq!(entrypoint.crates[0].checksum, Some(Digest::of(b"")));
        assert!(!format!("{entrypoint:?}").contains("/home"));
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (tree, lock, expected) in [
            ("", LOCK, "`cargo tree` printed nothing"),
            (
                "libc v0.2.1|MIT\nlibc",
                LOCK,
                "line 2 of `cargo tree` is not `name vVERSION|licence`: `libc`",
            ),
            (
                "libc v0.3.0|MIT",
                LOCK,
                "crate `libc` 0.3.0 is not in `Cargo.lock`",
            ),
            (
                "libc v0.2.1|MIT",
                "package = 1",
                "`Cargo.lock` cannot be read",
            ),
            (
                "a v1.0.0|MIT",
                "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"xyz\"",
                "crate `a` has the checksum `xyz` in `Cargo.lock`, which is no SHA-256",
            ),
        ] {
            let error = Entrypoint::from_cargo(tree, lock).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
