//! From Debian packages to image layers, without running a maintainer script.
//!
//! ```text
//! .deb ── unpack ──> Unpacked ── merge ──> Tree ── effects ──> Tree ── layering ──> layers
//!          filter     (site layout moved by `wordpress`)        elf: nothing NEEDED is missing
//! ```
//!
//! Nothing here touches the network, reads the environment or asks the time. File contents go to
//! unlinked spool files as they are decompressed and are read back when a layer is written, so a
//! build needs little memory and leaves nothing behind.

pub mod dpkg_database;
pub mod effects;
pub mod elf;
pub mod filter;
pub mod layering;
pub mod merge;
pub mod overlay;
pub mod scripts;
pub mod spool;
#[cfg(test)]
mod testing;
pub mod unpack;
pub mod wordpress;

/// Version of everything that turns inputs into bytes: raise it when the same inputs give other
/// layers, so that no cache made by an older `wpimg` is taken for the new format.
pub const FORMAT_VERSION: u32 = 3;
