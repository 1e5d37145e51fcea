//! The Debian archive, understood without touching it.
//!
//! Everything here is a function of the bytes it is given: no network, no clock, no environment and
//! no file. In the order a build meets them:
//!
//! ```text
//! sources       which mirror the machine's apt configuration names
//! keyring       the archive keys this program trusts
//! release       InRelease: signature first, then what it says about the indexes
//! compression   bounded decompression of indexes and package members
//! index         Packages: what a suite offers
//! resolve       which packages a request needs
//! deb           one package: its control files and its tree
//! ```
//!
//! `control`, `dependency`, `version`, `architecture`, `name` and `sha256` are the words these speak.
//! `testing` (feature) builds small signed archives for tests.

pub mod architecture;
pub mod compression;
pub mod control;
pub mod deb;
pub mod dependency;
mod excerpt;
pub mod index;
pub mod keyring;
pub mod name;
pub mod release;
pub mod resolve;
pub mod sha256;
pub mod sources;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod time;
pub mod version;
