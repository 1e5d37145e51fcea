//! What a walk has seen and done so far, counted by all of its threads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ownership::OwnershipError;

/// A copy of the counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Files and directories looked at, the top not included.
    pub(crate) looked_at: u64,
    pub(crate) changed: u64,
    /// Foreign, and left as they are: a second name, a device, another file system.
    pub(crate) left_alone: u64,
    /// Foreign, and the system does not allow a change: immutable, or behind an access point.
    pub(crate) refused: u64,
    pub(crate) failed: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) looked_at: AtomicU64,
    pub(super) changed: AtomicU64,
    pub(super) left_alone: AtomicU64,
    pub(super) refused: AtomicU64,
    failed: AtomicU64,
    first_failure: Mutex<Option<OwnershipError>>,
}

impl Counts {
    pub(super) fn one(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failure(&self, failure: OwnershipError) {
        Self::one(&self.failed);
        self.first().get_or_insert(failure);
    }

    pub(super) fn take_failure(&self) -> Option<OwnershipError> {
        self.first().take()
    }

    fn first(&self) -> MutexGuard<'_, Option<OwnershipError>> {
        self.first_failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn progress(&self) -> Progress {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Progress {
            looked_at: now(&self.looked_at),
            changed: now(&self.changed),
            left_alone: now(&self.left_alone),
            refused: now(&self.refused),
            failed: now(&self.failed),
        }
    }
}
