//! The progress of a set of downloads: a bar on a terminal, two plain lines elsewhere.
//!
//! The bar appears only after a quarter of a second, so a warm cache draws nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    Report,
    units::{Bytes, Elapsed, Rate, count},
};

/// Short work should not flicker; jj waits as long.
pub(super) const FIRST_DRAW_DELAY: Duration = Duration::from_millis(250);
const REDRAWS_PER_SECOND: u8 = 10;
const TEMPLATE: &str =
    "{prefix} [{bar:24}] {msg}, {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec}";

/// What is about to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TransferPlan {
    /// What the files are, in the singular: `package`, `index`.
    pub(crate) noun: &'static str,
    /// How many files.
    pub(crate) files: usize,
    /// Their sizes together.
    pub(crate) bytes: u64,
}

/// A running set of downloads. Clones count towards the same total.
#[derive(Clone)]
pub(crate) struct Transfer {
    shared: Arc<Shared>,
}

struct Shared {
    report: Report,
    plan: TransferPlan,
    started: Instant,
    finished_files: AtomicUsize,
    received: AtomicU64,
    shown: AtomicBool,
    bar: ProgressBar,
}

impl Transfer {
    pub(super) fn start(report: Report, plan: TransferPlan) -> Self {
        let bar = ProgressBar::with_draw_target(Some(plan.bytes), ProgressDrawTarget::hidden());
        // The template is a constant; were it wrong, indicatif's own style would do.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(report.verb("Fetching"));
        if !report.draws_progress() && plan.files > 0 {
            report.status("Fetching", &plan.to_string());
        }
        let shared = Shared {
            report,
            plan,
            started: Instant::now(),
            finished_files: AtomicUsize::new(0),
            received: AtomicU64::new(0),
            shown: AtomicBool::new(false),
            bar,
        };
        let transfer = Self {
            shared: Arc::new(shared),
        };
        transfer.show_files();
        transfer
    }

    /// Counts bytes that arrived.
    pub(crate) fn received(&self, bytes: u64) {
        self.shared.received.fetch_add(bytes, Ordering::Relaxed);
        self.shared.bar.inc(bytes);
        self.show_when_due();
    }

    /// Takes bytes back that have to be fetched again.
    pub(crate) fn discarded(&self, bytes: u64) {
        self.shared.received.fetch_sub(bytes, Ordering::Relaxed);
        self.shared.bar.dec(bytes);
    }

    /// Counts one file as complete.
    pub(crate) fn finished_file(&self) {
        self.shared.finished_files.fetch_add(1, Ordering::Relaxed);
        self.show_files();
    }

    /// Removes the bar and says what was fetched, at which rate.
    pub(crate) fn finish(&self) {
        self.remove_bar();
        let elapsed = self.shared.started.elapsed();
        let received = self.shared.received.load(Ordering::Relaxed);
        let files = self.shared.finished_files.load(Ordering::Relaxed);
        let done = TransferPlan {
            files,
            bytes: received,
            ..self.shared.plan
        };
        if files > 0 {
            let (time, rate) = (
                Elapsed(elapsed),
                Rate {
                    bytes: received,
                    elapsed,
                },
            );
            self.shared
                .report
                .status("Fetched", &format!("{done} in {time} at {rate}"));
        }
    }

    fn show_files(&self) {
        let files = self.shared.finished_files.load(Ordering::Relaxed);
        self.shared
            .bar
            .set_message(format!("{files}/{}", self.shared.plan.files));
    }

    fn show_when_due(&self) {
        if self.shared.started.elapsed() < FIRST_DRAW_DELAY
            || !self.shared.report.draws_progress()
            || self.shared.shown.swap(true, Ordering::Relaxed)
        {
            return;
        }
        *self.shared.report.bar() = Some(self.shared.bar.clone());
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND);
        self.shared.bar.set_draw_target(target);
    }

    fn remove_bar(&self) {
        self.shared.bar.finish_and_clear();
        self.shared.report.bar().take();
    }
}

impl Drop for Shared {
    /// A failed set of downloads must not leave its bar on the screen above the error.
    fn drop(&mut self) {
        if !self.bar.is_finished() {
            self.bar.finish_and_clear();
            self.report.bar().take();
        }
    }
}

impl std::fmt::Display for TransferPlan {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&count(self.files, self.noun))?;
        // Before a file that nobody has pinned is there, its size is not known.
        match self.bytes {
            0 => Ok(()),
            bytes => write!(formatter, " ({})", Bytes(bytes)),
        }
    }
}
