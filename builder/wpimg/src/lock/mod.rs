//! The lock, `wpimg.lock`: exactly what a recipe resolved to, so that every later build takes the
//! same bytes.
//!
//! ```toml
//! version = 1                          # of this file's form
//! format = 4                           # of the builder: another one makes other bytes
//! recipe = "sha256:…"                  # what was asked for; another recipe makes the lock stale
//! platforms = ["linux/amd64"]
//!
//! [[suite]]                            # where packages were resolved from, and who signed for it
//! name = "trixie"
//! signed-by = ["…"]
//!
//! [[source]]                           # WordPress, plugins and themes from the network
//! kind = "plugin"
//! …
//!
//! package = [                          # one line each, sorted: merges of two branches rarely clash
//!   { name = "adduser", version = "3.134", architecture = "all", suite = "trixie", path = …, size = …, sha256 = "…", seen = "2026-09-12T07:55:41Z" },
//! ]
//! ```
//!
//! `seen` is the date of the release in which this version was found when it was locked: the time for
//! which the snapshot archive is asked. It changes with the version only, so that two branches that
//! update different packages change different lines.
//!
//! Paths are those of the pool, never of a mirror. Content that lies beside the recipe is not locked:
//! it is versioned together with the lock.

mod change;
mod error;
mod file;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use change::{Change, Security, changes};
pub(crate) use error::LockError;
pub(crate) use file::{read, write};

use serde::{Deserialize, Serialize};
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;

use crate::pipeline::selection::Selected;

/// The version of the lock's form.
const VERSION: u32 = 1;

/// What a recipe resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The builder's format version.
    pub(crate) format: u32,
    /// Of everything in the recipe that decides what is locked.
    pub(crate) recipe: Digest,
    pub(crate) platforms: Vec<Platform>,
    pub(crate) suites: Vec<LockedSuite>,
    pub(crate) sources: Vec<LockedSource>,
    pub(crate) packages: Vec<LockedPackage>,
}

/// A release that packages were resolved from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LockedSuite {
    pub(crate) name: String,
    /// Fingerprints of the certificates whose signatures were valid.
    pub(crate) signed_by: Vec<String>,
}

/// Site content from the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LockedSource {
    pub(crate) kind: SourceKind,
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) url: String,
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
}

/// What a source is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SourceKind {
    Wordpress,
    Plugin,
    Theme,
    MuPlugin,
}

/// A package, and the platforms it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedPackage {
    pub(crate) package: Selected,
    /// The one platform that needs a package of architecture `all`; `None`: every platform on which
    /// it can be installed.
    pub(crate) only: Option<Platform>,
}

impl SourceKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Wordpress => "wordpress",
            Self::Plugin => "plugin",
            Self::Theme => "theme",
            Self::MuPlugin => "mu-plugin",
        }
    }
}

impl Lock {
    /// Joins the selections of all platforms.
    pub(crate) fn new(
        recipe: Digest,
        mut suites: Vec<LockedSuite>,
        mut sources: Vec<LockedSource>,
        selections: &[(Platform, Vec<Selected>)],
    ) -> Self {
        let mut packages: Vec<LockedPackage> = Vec::new();
        for (platform, selected) in selections {
            for package in selected {
                let shared = |other: &&(Platform, Vec<Selected>)| other.1.contains(package);
                let everywhere = selections.iter().filter(shared).count() == selections.len();
                let locked = LockedPackage {
                    package: package.clone(),
                    only: (package.architecture == "all" && !everywhere).then_some(*platform),
                };
                if !packages.contains(&locked) {
                    packages.push(locked);
                }
            }
        }
        packages.sort_by(|a, b| order(a).cmp(&order(b)));
        suites.sort();
        sources.sort();
        Self {
            format: wpimg_assemble::FORMAT_VERSION,
            recipe,
            platforms: selections.iter().map(|(platform, _)| *platform).collect(),
            suites,
            sources,
            packages,
        }
    }

    /// The digest of the lock as it is written.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(text::to_text(self).as_bytes())
    }

    /// The packages of one platform, sorted by name; `None` if the platform is not locked.
    ///
    pub(crate) fn selection(&self, platform: Platform) -> Option<Vec<Selected>> {
        if !self.platforms.contains(&platform) {
            return None;
        }
        let architecture = platform.debian_architecture();
        let belongs = |locked: &&LockedPackage| match locked.package.architecture.as_str() {
            "all" => locked.only.is_none_or(|only| only == platform),
            own => own == architecture,
        };
        let packages = self.packages.iter().filter(belongs);
        Some(packages.map(|locked| locked.package.clone()).collect())
    }

    /// Leaves the times of what did not change as they are in `old`.
    pub(crate) fn keep_times(&mut self, old: &Self) {
        for locked in &mut self.packages {
            let is_same = |other: &&LockedPackage| {
                let (one, other) = (&locked.package, &other.package);
                (&one.name, &one.architecture, one.sha256)
                    == (&other.name, &other.architecture, other.sha256)
            };
            if let Some(same) = old.packages.iter().find(is_same) {
                locked.package.seen = same.package.seen;
            }
        }
    }

    /// Says why the lock cannot be built from, if it cannot.
    pub(crate) fn check(&self, recipe: &Digest, platforms: &[Platform]) -> Result<(), Stale> {
        if *recipe != self.recipe {
            return Err(Stale::Recipe);
        }
        if self.format != wpimg_assemble::FORMAT_VERSION {
            return Err(Stale::Format {
                locked: self.format,
            });
        }
        let missing = platforms
            .iter()
            .find(|platform| !self.platforms.contains(platform));
        match missing {
            Some(platform) => Err(Stale::Platform {
                platform: *platform,
            }),
            None => Ok(()),
        }
    }
}

/// Reads a text; a lock reads back from what it is written as.
#[cfg(feature = "fuzzing")]
pub(crate) fn check_round_trip(text: &str) {
    if let Ok(lock) = text::from_text(text) {
        let again = text::from_text(&text::to_text(&lock));
        assert_eq!(again.ok(), Some(lock));
    }
}

/// Why a lock does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// The recipe asks for something else now.
    Recipe,
    /// Written for another format of layers.
    Format { locked: u32 },
    /// A platform was not locked.
    Platform { platform: Platform },
}

fn order(locked: &LockedPackage) -> (&str, &str, &str, Option<Platform>) {
    let Selected {
        name,
        version,
        architecture,
        ..
    } = &locked.package;
    (name, architecture, version, locked.only)
}
