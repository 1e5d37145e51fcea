//! Pushing: a plan, then blobs, then manifests, then tags.
//!
//! ```text
//! image      what is pushed: blobs, and documents with children first
//! plan       what has to be done, as a value
//! perform    doing it
//! upload     one blob: mount, or a session and one PUT
//! body       the bytes of that PUT, and how far they got
//! manifest   one manifest or tag
//! ```
//!
//! No manifest is sent before everything it names is confirmed, and no tag before its manifest.
//! Blobs go up in one PUT: ECR discards all but the first part of an upload in several.

mod body;
mod image;
pub(crate) mod manifest;
mod perform;
mod plan;
mod upload;

pub(crate) use image::BlobSource;
pub use image::{Blob, ManifestDocument, PushImage, PushRequest};
pub use perform::PushReport;
pub use plan::{BlobStep, ManifestStep, Presence, PushPlan, TagStep};
