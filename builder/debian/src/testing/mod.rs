//! Small signed archives, made up for a test.
//!
//! A [`FakeArchive`] is a map from path to bytes that any HTTP server or fetcher can serve: packages,
//! compressed indexes, by-hash names and an `InRelease` signed with a fresh key. Only for tests: the
//! keys are worth nothing and errors panic. Layout: Debian wiki RepositoryFormat.
//!
//! ```text
//! dists/SUITE/InRelease
//! dists/SUITE/main/binary-ARCH/Packages{,.gz,.xz}
//! dists/SUITE/main/binary-ARCH/by-hash/SHA256/DIGEST
//! pool/main/PACKAGE_VERSION_ARCH.deb
//! ```

mod archive;
mod key;
mod package;

pub use archive::FakeArchive;
pub use key::{FakeKey, KeyAlgorithm, KeyTraits, SubkeyTrait};
pub use package::FakePackage;
pub use tar::EntryType;
