//! Reading: manifests and blobs, verified while they arrive.

mod blob;
mod manifest;
mod presence;

pub use manifest::FetchedManifest;
