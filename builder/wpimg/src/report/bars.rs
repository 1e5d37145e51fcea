//! Several bars below each other: one per file that is under way.
//!
//! Like the single bar of `transfer` they appear only after a quarter of a second, and lines are
//! written above them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Report, transfer::FIRST_DRAW_DELAY};

const TEMPLATE: &str =
    "{prefix} [{bar:24}] {msg} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec}";

/// Bars by number.
pub(crate) struct Bars {
    report: Report,
    all: MultiProgress,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: usize,
    bars: BTreeMap<usize, ProgressBar>,
    drawn: bool,
}

impl Report {
    /// Starts a set of bars, empty at first.
    pub(crate) fn bars(&self) -> Bars {
        Bars {
            report: self.clone(),
            all: MultiProgress::with_draw_target(ProgressDrawTarget::hidden()),
            started: Instant::now(),
            state: Mutex::default(),
        }
    }
}

impl Bars {
    /// Adds a bar and returns its number.
    pub(crate) fn add(&self, name: &str, size: u64) -> usize {
        let bar = self.all.add(ProgressBar::new(size));
        // The template is a constant; were it wrong, indicatif's own style would do.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(self.report.verb("Pushing"));
        bar.set_message(name.to_owned());
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.bars.insert(number, bar);
        number
    }

    /// Sets how far a bar is.
    pub(crate) fn set(&self, number: usize, position: u64) {
        let mut state = self.state();
        if let Some(bar) = state.bars.get(&number) {
            bar.set_position(position);
        }
        let due = self.started.elapsed() >= FIRST_DRAW_DELAY && self.report.draws_progress();
        if due && !state.drawn {
            state.drawn = true;
            self.all
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            *self.report.several() = Some(self.all.clone());
        }
    }

    /// Takes a bar away.
    pub(crate) fn remove(&self, number: usize) {
        if let Some(bar) = self.state().bars.remove(&number) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }

    /// Takes all bars away.
    pub(crate) fn finish(&self) {
        self.report.several().take();
        // What is not on the screen cannot be left there.
        let _ = self.all.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Bars {
    /// A failed push must not leave its bars on the screen above the error.
    fn drop(&mut self) {
        self.finish();
    }
}
