//! Looks inside OCI and Docker images: layers, packages, files, and how two images differ.
//!
//! ```text
//! blob                 where bytes come from: the caller
//! layer, image         streamed once, checked against their digests, within limits
//! tree                 what a container sees
//! component            packages, WordPress, plugins, themes, and whose a file is
//! report, page         one image, for people, programs and browsers
//! diff                 two images
//! first_difference     why two builds are not the same bytes
//! reuse                what a push would send
//! ```
//!
//! Pure over the readers it is given: no network, no clock, no environment, no terminal, and no
//! layer is ever unpacked to disk. Images are hostile until read: sizes, counts, depths and memory
//! are bounded, and every name is made safe before it is shown.

pub mod blob;
pub mod component;
pub mod diff;
pub mod first_difference;
pub mod image;
pub mod layer;
pub mod page;
pub mod path;
pub mod plain;
pub mod report;
pub mod reuse;
pub mod size;
mod table;
pub mod tree;

pub use blob::{BlobError, Blobs};
pub use diff::Difference;
pub use first_difference::{FirstDifference, first_difference};
pub use image::{Image, ImageError};
pub use report::Report;
