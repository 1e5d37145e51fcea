//! Turns entries of the tree into one layer, byte for byte the same every time.
//!
//! Entries come in path order, owners are numeric, times are clamped, and the compressor is fed
//! fixed blocks with a thread count that cannot show in its output. Nothing here opens a file by
//! name: content comes from the entries, the blob goes to the caller's sink. Format: OCI
//! image-spec, `layer.md`. White-outs are never written, as wpimg's layers only ever add.

mod block;
mod compression;
mod error;
mod write;

pub use compression::Compression;
pub use error::LayerError;
pub use write::{LayerBlob, LayerOptions, write};
