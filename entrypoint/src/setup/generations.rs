//! The settings of WordPress in files, a directory for each time they have changed.
//!
//! ```text
//! /run/wpimg/secrets -> secrets-4
//! /run/wpimg/secrets-4/WORDPRESS_DB_PASSWORD …   what counts
//! /run/wpimg/secrets-3/…                         for requests that began before
//! ```
//!
//! A generation is written completely before the link is swapped, and never changed again. Numbers only grow, so
//! nothing that PHP remembers of a path can be about another generation.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use thiserror::Error;

use super::plan::plan_secrets;
use super::{Identity, Layout, PerformError, perform};
use crate::settings::WordPressSettings;

const PREFIX: &str = "secrets-";

/// A directory's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Generation(pub(super) u64);

impl Generation {
    pub(super) fn name(self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    fn named(name: &str) -> Option<Self> {
        name.strip_prefix(PREFIX)?.parse().ok().map(Self)
    }
}

#[derive(Debug, Error)]
pub(crate) enum GenerationError {
    #[error("cannot lock `{path}`")]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot read `{path}`")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot move `{path}` out of the way")]
    Move {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Perform(#[from] PerformError),
}

impl GenerationError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Lock { .. } | Self::Read { .. } | Self::Move { .. } => {
                Some("empty the runtime directory".to_owned())
            }
            Self::Perform(error) => error.hint(),
        }
    }
}

/// What changed since the generation before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    First,
    Unchanged,
    /// The names of the settings that differ, came or went.
    Changed(Vec<String>),
}

/// Writes a new generation, unless the one that counts is the same.
pub(crate) fn renew(
    settings: &WordPressSettings,
    layout: &Layout,
    identity: &Identity,
) -> Result<Renewal, GenerationError> {
    // Somebody may run the job by hand while PID 1 does.
    let _lock = lock(layout.run())?;
    make_way(layout)?;
    let current = current(layout);
    let wanted: BTreeMap<OsString, Vec<u8>> = settings
        .values()
        .map(|(name, value)| (name.into(), value.expose().to_vec()))
        .collect();
    let present = current.map(|generation| contents(&layout.run().join(generation.name())));
    if present.as_ref() == Some(&wanted) {
        return Ok(Renewal::Unchanged);
    }
    let known = generations(layout.run())?;
    let next = Generation(known.iter().max().map_or(1, |highest| highest.0 + 1));
    perform(&plan_secrets(settings, layout, next), identity)?;
    for old in known {
        if Some(old) != current {
            // What is left is found again next time, and harms nobody.
            let _ = fs::remove_dir_all(layout.run().join(old.name()));
        }
    }
    Ok(match present {
        None => Renewal::First,
        Some(present) => Renewal::Changed(differences(&present, &wanted)),
    })
}

fn differences(
    before: &BTreeMap<OsString, Vec<u8>>,
    after: &BTreeMap<OsString, Vec<u8>>,
) -> Vec<String> {
    let mut names: Vec<&OsString> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |name: &&OsString| before.get(*name) != after.get(*name);
    let names = names.into_iter().filter(differs);
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn lock(run: &Path) -> Result<Flock<File>, GenerationError> {
    let failed = |source| GenerationError::Lock {
        path: run.to_owned(),
        source,
    };
    let directory = File::open(run).map_err(failed)?;
    Flock::lock(directory, FlockArg::LockExclusive).map_err(|(_, errno)| failed(errno.into()))
}

/// A directory in place of the link becomes a generation.
fn make_way(layout: &Layout) -> Result<(), GenerationError> {
    let path = layout.secrets();
    if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let generation = layout.run().join(Generation(0).name());
    fs::rename(&path, generation).map_err(|source| GenerationError::Move { path, source })
}

/// The generation that the link names.
fn current(layout: &Layout) -> Option<Generation> {
    let target = fs::read_link(layout.secrets()).ok()?;
    Generation::named(target.to_str()?)
}

fn generations(run: &Path) -> Result<Vec<Generation>, GenerationError> {
    let failed = |source| GenerationError::Read {
        path: run.to_owned(),
        source,
    };
    let names = fs::read_dir(run).map_err(failed)?;
    let mut found = Vec::new();
    for name in names {
        let name = name.map_err(failed)?.file_name();
        found.extend(name.to_str().and_then(Generation::named));
    }
    Ok(found)
}

/// What cannot be read differs from everything that could be wanted, and so is written anew.
fn contents(directory: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let Ok(entries) = fs::read_dir(directory) else {
        return BTreeMap::from([("/".into(), Vec::new())]);
    };
    let content =
        |path: PathBuf| fs::read(&path).unwrap_or_else(|_| path.as_os_str().as_bytes().to_vec());
    entries
        .flatten()
        .map(|entry| (entry.file_name(), content(entry.path())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;

    struct Home {
        directory: tempfile::TempDir,
        layout: Layout,
    }

    impl Home {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let layout = Layout::new("/".into(), directory.path().to_owned());
            Self { directory, layout }
        }

        fn renew(&self, environment: impl Into<Environment>) -> Renewal {
            let settings = WordPressSettings::resolve(&environment.into(), &|_, _| unreachable!());
            renew(&settings.unwrap(), &self.layout, &Identity::Unprivileged).unwrap()
        }

        fn password(&self, password: &str) -> Renewal {
            self.renew([("WORDPRESS_DB_PASSWORD", password)])
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.directory.path()).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }

        fn seen(&self) -> Vec<u8> {
            fs::read(self.layout.secrets().join("WORDPRESS_DB_PASSWORD")).unwrap()
        }
    }

    #[test]
    fn the_generation_before_stays_and_older_ones_go() {
        let home = Home::new();
        assert_eq!(home.password("one"), Renewal::First);
        for password in ["two", "three"] {
            let changed = vec!["WORDPRESS_DB_PASSWORD".to_owned()];
            assert_eq!(home.password(password), Renewal::Changed(changed));
            assert_eq!(home.seen(), password.as_bytes());
        }
        assert_eq!(home.names(), ["secrets", "secrets-2", "secrets-3"]);
        let before = home
            .directory
            .path()
            .join("secrets-2/WORDPRESS_DB_PASSWORD");
        assert_eq!(fs::read(before).unwrap(), b"two");
    }

    #[test]
    fn nothing_is_written_when_nothing_has_changed() {
        let home = Home::new();
        let _ = home.password("one");
        assert_eq!(home.password("one"), Renewal::Unchanged);
        assert_eq!(home.names(), ["secrets", "secrets-1"]);
    }

    #[test]
    fn a_setting_that_is_no_longer_given_is_forgotten() {
        let home = Home::new();
        let _ = home.renew([("WORDPRESS_DB_USER", "a"), ("WORDPRESS_DB_HOST", "b")]);
        let changed = home.renew([("WORDPRESS_DB_HOST", "b")]);
        assert_eq!(
            changed,
            Renewal::Changed(vec!["WORDPRESS_DB_USER".to_owned()])
        );
        assert_eq!(fs::read_dir(home.layout.secrets()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_neither_used_nor_in_the_way() {
        let home = Home::new();
        let _ = home.password("one");
        let half = home.directory.path().join("secrets-2");
        fs::create_dir(&half).unwrap();
        fs::write(half.join("WORDPRESS_DB_PASSWORD"), b"half").unwrap();
        assert_eq!(home.password("one"), Renewal::Unchanged);
        let _ = home.password("two");
        assert_eq!((home.seen(), half.exists()), (b"two".to_vec(), false));
    }

    #[test]
    fn a_directory_in_place_of_the_link_is_moved_away() {
        let home = Home::new();
        fs::create_dir(home.layout.secrets()).unwrap();
        assert_eq!(home.password("one"), Renewal::First);
        assert_eq!(home.seen(), b"one");
    }
}
