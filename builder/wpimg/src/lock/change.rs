//! What another resolution would change.

use std::collections::{BTreeMap, BTreeSet};

use super::Lock;
use crate::mirror::is_security;

/// Whether a new version comes from a security suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Security {
    Yes,
    No,
}

/// One thing that is locked otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    /// `package`, `plugin`, `theme`, `mu-plugin` or `wordpress`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Versions before, usually one; none: it is new.
    pub(crate) old: Vec<String>,
    /// Versions now; none: it is gone.
    pub(crate) new: Vec<String>,
    pub(crate) security: Security,
}

/// What differs between two locks, sorted by kind and name.
pub(crate) fn changes(old: &Lock, new: &Lock) -> Vec<Change> {
    let (before, after) = (versions(old), versions(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for key @ (kind, name) in keys {
        let of = |versions: &Versions| versions.get(key).cloned().unwrap_or_default();
        let (was, is) = (of(&before), of(&after));
        if was == is {
            continue;
        }
        let from_security = |(_, suite): &&(String, String)| is_security(suite);
        let security = if is.difference(&was).any(|entry| from_security(&entry)) {
            Security::Yes
        } else {
            Security::No
        };
        changes.push(Change {
            kind,
            name: name.clone(),
            old: only_versions(&was),
            new: only_versions(&is),
            security,
        });
    }
    changes
}

type Versions = BTreeMap<(&'static str, String), BTreeSet<(String, String)>>;

/// Versions by kind and name, each with where it comes from.
fn versions(lock: &Lock) -> Versions {
    let mut versions = Versions::new();
    for locked in &lock.packages {
        let package = &locked.package;
        versions
            .entry(("package", package.name.clone()))
            .or_default()
            .insert((package.version.clone(), package.suite.clone()));
    }
    for source in &lock.sources {
        // Without a version, the bytes are all there is to tell two apart.
        let version = match &source.version {
            Some(version) => version.clone(),
            None => source.sha256.hex()[..12].to_owned(),
        };
        versions
            .entry((source.kind.as_str(), source.name.clone()))
            .or_default()
            .insert((version, String::new()));
    }
    versions
}

fn only_versions(entries: &BTreeSet<(String, String)>) -> Vec<String> {
    let mut versions: Vec<String> = entries.iter().map(|(version, _)| version.clone()).collect();
    versions.dedup();
    versions
}
