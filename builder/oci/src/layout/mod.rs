//! Images on disk: the OCI layout as a directory or a tar, and what `docker load` wants.
//!
//! ```text
//! oci-layout            {"imageLayoutVersion":"1.0.0"}
//! index.json            the image index everything is reached from
//! blobs/sha256/<hex>    manifests, configs and layers
//! ```
//!
//! What is written is exactly what the index reaches, and every blob is hashed on its way, so a
//! damaged cache never becomes a layout. Format: OCI image-spec `image-layout.md`, version 1.0.0.

mod archive;
mod blobs;
mod closure;
mod directory;
mod docker;
mod error;
mod in_place;
mod lock;
mod read;
mod staging;
mod target;
mod writer;

pub use archive::DockerCompat;
pub use directory::Outcome;
pub use error::{LayoutError, Occupant};
pub use read::{Layout, LocatedImage};
pub use writer::LayoutWriter;

const LAYOUT_FILE: &str = "oci-layout";
const INDEX_FILE: &str = "index.json";
const BLOBS_DIRECTORY: &str = "blobs";
const SHA256_DIRECTORY: &str = "blobs/sha256";
const LAYOUT_MARKER: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;
const LAYOUT_VERSION: &str = "1.0.0";
/// Largest JSON document read: what the distribution-spec asks a registry to accept at least.
const LARGEST_DOCUMENT: u64 = 4 * 1024 * 1024;

/// Returns where a blob lies inside a layout.
fn blob_name(digest: &crate::digest::Digest) -> String {
    format!("{SHA256_DIRECTORY}/{}", digest.hex())
}
