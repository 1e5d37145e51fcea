//! One layer: its bytes, counted and hashed, and the entries of its archive.
//!
//! A layer is streamed once. Contents are hashed and forgotten, except the few small files that say
//! what is installed. Refuses a layer whose bytes are not what its digests promise, and
//! one that is larger than the caller's limits.

mod archive;
mod encoding;
mod entry;
mod kept;
mod read;

pub use archive::ArchiveError;
pub use encoding::Encoding;
pub use entry::{EntryKind, LayerEntry, Mtime, Whiteout};
pub use read::{Layer, LayerError, Limits};

pub(crate) use encoding::Decoder;
pub(crate) use read::{Budget, Promise, failed, open_archive, read};
