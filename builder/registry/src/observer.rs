//! What an operation tells while it runs.

use std::time::Duration;

use wpimg_oci::digest::Digest;

use crate::error::{Attempt, Target};

/// Hears of progress. Calls are short and come from several blobs in turn.
pub trait Observer: Send + Sync {
    /// The transfer of a blob begins.
    fn blob_started(&self, _digest: &Digest, _size: u64) {}

    /// So many bytes are through; after a retry the number starts from zero again.
    fn blob_advanced(&self, _digest: &Digest, _transferred: u64) {}

    /// Nothing more will happen to this blob.
    fn blob_finished(&self, _digest: &Digest, _outcome: BlobOutcome) {}

    /// An attempt failed and is made again after `pause`.
    fn retrying(&self, _target: &Target, _cause: &Attempt, _pause: Duration) {}
}

/// How a blob came to be in its repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobOutcome {
    /// It was uploaded.
    Sent,
    /// It was there before.
    Skipped,
    /// The registry took it from another of its repositories.
    Mounted,
}

/// Hears nothing.
impl Observer for () {}
