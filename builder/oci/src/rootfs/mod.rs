//! The merged tree of an image: every path with its metadata, and where its bytes are.
//!
//! Nothing is unpacked. A file's content is either a few bytes in memory or a range of a spool
//! file that many threads read at once. The tree itself is a sorted map, which makes every
//! traversal, and so every layer, come out in the same order.

mod content;
mod entry;
mod hardlink;
mod path;
mod resolve;
mod tree;

pub use content::{Content, ContentError, ContentReader};
pub use entry::{Entry, Kind};
pub use path::{TreePath, TreePathError};
pub use tree::{Rootfs, RootfsError};
