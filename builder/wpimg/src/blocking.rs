//! Work that computes or blocks, away from the threads that serve the network.

use std::panic::resume_unwind;

use tokio::task::{JoinError, spawn_blocking};

/// Runs `work` on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => never_finished(error).await,
    }
}

/// What to do where a task gave no result: a panic goes on here. A task that was cancelled belongs to
/// a command that has already failed; whoever waits for it is about to be dropped and says nothing.
pub(crate) async fn never_finished<T>(error: JoinError) -> T {
    match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_cancelled) => std::future::pending().await,
    }
}
