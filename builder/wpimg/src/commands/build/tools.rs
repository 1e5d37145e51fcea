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

/// Runs something that computes or blocks, away from the threads that serve the network.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // Only a panic ends such a task early: it goes on here.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
