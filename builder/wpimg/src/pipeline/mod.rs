//! From a recipe to an image, in stages that the commands share.
//!
//! ```text
//! request      recipe, mirror, platforms
//! inputs       what it is made from: the lock, or a resolution
//! archive      InRelease of every suite, verified; indexes by hash
//! selection    which packages: resolved, or as the lock has them
//! departed     locked versions that the archive no longer lists
//! locations    where their bytes may be: cache, mirror, snapshot archive, vendor directory
//! sources      WordPress, plugins and themes from the network
//! packages     fetched and taken apart
//! base         merged, effects applied, proved complete, layered: all that packages bring
//! locale       what a language of the recipe asks for
//! site         WordPress releases, plugins, themes, files: layers on top of any base
//! image        configuration and manifest
//! locking      a lock, made anew or changed
//! vendor       the directory of all that a locked build fetches
//! output       layout, archive, Docker Engine
//! publish      registry
//! bill         bills of materials and provenance
//! subject      an image that is looked at, wherever it lies
//! ```

pub(crate) mod archive;
pub(crate) mod base;
pub(crate) mod bill;
mod built_in;
mod departed;
mod hints;
pub(crate) mod image;
pub(crate) mod inputs;
mod layers;
mod locale;
pub(crate) mod locations;
pub(crate) mod locking;
pub(crate) mod output;
pub(crate) mod packages;
pub(crate) mod publish;
pub(crate) mod request;
pub(crate) mod selection;
pub(crate) mod site;
mod skeleton;
pub(crate) mod sources;
pub(crate) mod subject;
pub(crate) mod tools;
pub(crate) mod vendor;
