//! The progress of a push or copy: a bar per blob on a terminal, one line per retry elsewhere.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use wpimg_oci::digest::Digest;
use wpimg_registry::{Attempt, BlobOutcome, Observer, Target};

use crate::report::{Bars, Report};

/// Shows what a registry operation does.
pub(crate) struct PushProgress {
    report: Report,
    bars: Bars,
    shown: Mutex<BTreeMap<Digest, usize>>,
}

impl PushProgress {
    pub(crate) fn new(report: Report) -> Self {
        Self {
            bars: report.bars(),
            report,
            shown: Mutex::default(),
        }
    }

    /// Takes the bars away.
    pub(crate) fn finish(&self) {
        self.bars.finish();
    }

    fn shown(&self) -> MutexGuard<'_, BTreeMap<Digest, usize>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for PushProgress {
    fn blob_started(&self, digest: &Digest, size: u64) {
        let name = digest.hex()[..12].to_owned();
        let bar = self.bars.add(&name, size);
        self.shown().insert(*digest, bar);
    }

    fn blob_advanced(&self, digest: &Digest, transferred: u64) {
        if let Some(bar) = self.shown().get(digest) {
            self.bars.set(*bar, transferred);
        }
    }

    fn blob_finished(&self, digest: &Digest, _: BlobOutcome) {
        if let Some(bar) = self.shown().remove(digest) {
            self.bars.remove(bar);
        }
    }

    fn retrying(&self, target: &Target, cause: &Attempt, pause: Duration) {
        let pause = pause.as_secs_f32();
        self.report
            .status("Retrying", &format!("{target} in {pause:.1} s: {cause}"));
    }
}
