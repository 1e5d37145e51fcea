//! Makes a lock: from nothing, to fit a changed recipe, or to take newer versions.

use std::collections::BTreeMap;

use strsim::normalized_damerau_levenshtein;
use thiserror::Error;
use wpimg_oci::platform::Platform;

use super::archive::Archive;
use super::inputs;
use super::request::Request;
use super::selection::Kept;
use super::sources::{self, Remote};
use super::tools::Tools;
use crate::error_report::{Failure, Hint};
use crate::exit_status::ExitStatus;
use crate::lock::{Lock, LockedSource};

/// What of an earlier lock shall stay as it is, where the recipe allows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Staying<'a> {
    Everything,
    AllBut(&'a [String]),
    Nothing,
}

/// A name given to `wpimg update` is not locked.
#[derive(Debug, Error)]
#[error("nothing called `{name}` is locked")]
pub(crate) struct UnknownName {
    name: String,
    nearest: Option<String>,
}

impl Hint for UnknownName {
    fn hint(&self) -> Option<String> {
        let nearest = self.nearest.as_ref()?;
        Some(format!("the nearest name in the lock is `{nearest}`"))
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

/// Resolves the recipe against the archive as it is now.
pub(crate) async fn resolve(
    request: &Request,
    old: Option<&Lock>,
    staying: Staying<'_>,
    tools: &Tools,
) -> Result<Lock, Failure> {
    if let (Some(old), Staying::AllBut(names)) = (old, staying) {
        check_names(old, names)?;
    }
    let archive = Archive::open(request, tools).await?;
    let kept = |platform| old.map_or_else(Kept::new, |old| kept(old, platform, staying));
    let mut selections = inputs::resolve(request, &archive, kept, tools).await?;
    for package in selections.iter_mut().flat_map(|(_, selected)| selected) {
        // What has left the archive knows when it was there.
        package.seen = package.seen.or_else(|| archive.date(&package.suite));
    }
    let recipe = inputs::recipe_digest(&request.recipe);
    let mut found = Vec::new();
    for remote in sources::of_recipe(&request.recipe) {
        found.push(source(&remote, request, old, staying, tools).await?);
    }
    let mut lock = Lock::new(recipe, archive.suites(), found, &selections);
    // The archive is signed anew every few hours; that alone is no change.
    if let Some(old) = old {
        lock.keep_times(old);
    }
    Ok(lock)
}

/// What a source is locked to: as it was if it shall stay and the recipe still means it, else as it
/// is now.
async fn source(
    remote: &Remote,
    request: &Request,
    old: Option<&Lock>,
    staying: Staying<'_>,
    tools: &Tools,
) -> Result<LockedSource, Failure> {
    let locked = old.and_then(|old| remote.locked_in(old));
    let stays = match staying {
        Staying::Everything => true,
        Staying::AllBut(names) => names.iter().all(|name| *name != remote.name),
        Staying::Nothing => false,
    };
    if let Some(locked) = locked.filter(|locked| stays && remote.still_means(locked)) {
        return Ok(locked.clone());
    }
    Ok(sources::fetch(remote, None, request, tools).await?.locked)
}

fn kept(old: &Lock, platform: Platform, staying: Staying<'_>) -> Kept {
    let stays = |name: &str| match staying {
        Staying::Everything => true,
        Staying::AllBut(names) => names.iter().all(|other| other != name),
        Staying::Nothing => false,
    };
    let selected = old.selection(platform).unwrap_or_default();
    let selected = selected.into_iter().filter(|package| stays(&package.name));
    selected
        .map(|package| (package.name.clone(), package))
        .collect::<BTreeMap<_, _>>()
}

fn check_names(old: &Lock, names: &[String]) -> Result<(), UnknownName> {
    let packages = old.packages.iter().map(|locked| &locked.package.name);
    let locked: Vec<&String> = packages
        .chain(old.sources.iter().map(|source| &source.name))
        .collect();
    let unknown = names.iter().find(|name| !locked.contains(name));
    let Some(name) = unknown else {
        return Ok(());
    };
    let near = |other: &&&String| normalized_damerau_levenshtein(name, other);
    let nearest = locked.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
    Err(UnknownName {
        name: name.clone(),
        nearest: nearest
            .filter(|other| near(other) > 0.5)
            .map(|name| (*name).clone()),
    })
}
