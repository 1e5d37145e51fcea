//! The JSON documents of an image: config, descriptor, manifest, index.
//!
//! All of them are written as canonical JSON, because their bytes are hashed; maps are sorted maps.
//! Format: OCI image-spec `config.md`, `descriptor.md`, `manifest.md`, `image-index.md`.

pub mod config;
pub mod descriptor;
pub mod manifest;

pub use config::{ConfigError, Execution, ImageConfig};
pub use descriptor::{Descriptor, DescriptorPlatform};
pub use manifest::{DocumentError, Index, Manifest};
