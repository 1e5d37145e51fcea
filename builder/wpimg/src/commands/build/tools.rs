//! What every stage of a build works with.

use wpimg_debian::keyring::Keyring;

use crate::cache::Cache;
use crate::fetch::Fetcher;
use crate::report::Report;

/// The edges of a build.
pub(super) struct Tools {
    pub(super) fetcher: Fetcher,
    pub(super) cache: Cache,
    pub(super) keyring: Keyring,
    pub(super) report: Report,
    /// How many things to compute at once.
    pub(super) jobs: usize,
}
