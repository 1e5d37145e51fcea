//! What an image is made from: taken from the lock, or resolved now.

use serde_json::json;
use wpimg_oci::canonical;
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;

use super::archive::Archive;
use super::request::Request;
use super::selection::{self, Kept, Selected};
use super::sources;
use super::tools::Tools;
use crate::error_report::Failure;
use crate::lock::{self, Lock, LockError};
use crate::recipe::Recipe;
use crate::report::units::count;
use crate::settings::Locking;

/// The packages of every platform of a build.
pub(crate) type Selections = Vec<(Platform, Vec<Selected>)>;

/// The digest of everything in a recipe that decides what its lock holds.
pub(crate) fn recipe_digest(recipe: &Recipe) -> Digest {
    let inputs = json!({
        "packages": selection::inputs(recipe),
        "sources": sources::inputs(recipe),
    });
    let bytes = canonical::to_vec(&inputs);
    Digest::of(&bytes.expect("texts have a canonical form"))
}

/// The lock that a build goes by, if it goes by one.
pub(crate) fn lock(request: &Request, locking: Locking) -> Result<Option<Lock>, LockError> {
    if locking == Locking::Ignored {
        return Ok(None);
    }
    let path = &request.lock_path;
    let Some(lock) = lock::read(path)? else {
        return match locking {
            Locking::Required => Err(LockError::Missing { path: path.clone() }),
            Locking::IfPresent | Locking::Ignored => Ok(None),
        };
    };
    lock.check(&recipe_digest(&request.recipe), &request.platforms)
        .map_err(|stale| LockError::Stale {
            path: path.clone(),
            stale,
        })?;
    Ok(Some(lock))
}

/// The packages of every platform.
pub(crate) async fn selections(
    request: &Request,
    lock: Option<&Lock>,
    tools: &Tools,
) -> Result<Selections, Failure> {
    let selections = match lock {
        Some(lock) => {
            let locked = |platform: &Platform| Some((*platform, lock.selection(*platform)?));
            request.platforms.iter().filter_map(locked).collect()
        }
        None => {
            let archive = Archive::open(request, tools).await?;
            resolve(request, &archive, |_| Kept::new(), tools).await?
        }
    };
    let verb = if lock.is_some() { "Locked" } else { "Resolved" };
    for (platform, selected) in &selections {
        let packages = count(selected.len(), "package");
        tools
            .report
            .status(verb, &format!("{packages} for {platform}"));
    }
    Ok(selections)
}

/// Resolves the packages of every platform; `kept` says what of a platform shall stay.
pub(crate) async fn resolve(
    request: &Request,
    archive: &Archive,
    kept: impl Fn(Platform) -> Kept,
    tools: &Tools,
) -> Result<Selections, Failure> {
    let mut selections = Vec::new();
    for &platform in &request.platforms {
        let kept = kept(platform);
        let selected = selection::select(request, platform, archive, &kept, tools).await?;
        selections.push((platform, selected));
    }
    Ok(selections)
}
