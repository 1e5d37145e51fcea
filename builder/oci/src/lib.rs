//! The OCI image model: what an image is made of, and how it lies on disk.
//!
//! ```text
//! digest, platform, media_type, annotation   the words
//! canonical, timestamp                       the two spellings a digest depends on
//! json                                       reading documents of others
//! rootfs                                     the merged tree, metadata only
//! layer                                      tree -> compressed tar, byte for byte the same every time
//! image                                      config, descriptor, manifest, index
//! layout                                     directory, archive and `docker load` forms; reading them back
//! ```
//!
//! Nothing here opens a socket, reads a clock or looks at the environment, and nothing unpacks a
//! layer to disk. Only `layer` and `layout` write, each to a place its caller names.
//! Format: OCI image-spec 1.1.

pub mod annotation;
pub mod canonical;
pub mod digest;
pub mod image;
pub mod json;
pub mod layer;
pub mod layout;
pub mod media_type;
pub mod platform;
pub mod rootfs;
mod tar_stream;
pub mod timestamp;

pub use image::{config, manifest};
