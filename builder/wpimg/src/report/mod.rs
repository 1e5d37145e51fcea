//! The one door to the terminal.
//!
//! Results go to standard output, everything else to standard error. Meaning is never carried by
//! colour, the terminal's title is left alone, and nothing outside this folder prints. Messages may
//! quote foreign text, so control characters in them are written out; results stay as they are.

mod bars;
mod escape;
mod palette;
mod question;
mod sink;
mod transfer;
pub(crate) mod units;

pub(crate) use bars::Bars;
pub(crate) use palette::{Colour, Tone};
#[cfg(test)]
pub(crate) use sink::Captured;
pub(crate) use transfer::{Transfer, TransferPlan};

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use indicatif::{MultiProgress, ProgressBar};
use thiserror::Error;

use crate::{
    error_report::{Failure, Hint},
    exit_status::ExitStatus,
};
use escape::escape;
use palette::Style;
use sink::Sink;

/// Status verbs are right-aligned to this column, as cargo and uv do.
const VERB_WIDTH: usize = 12;

/// How much is said beside errors and results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors and results only.
    Quiet,
    /// What was done, in a few lines.
    Normal,
    /// Details as well.
    Verbose,
}

/// Whether a progress bar may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// A bar, on a terminal.
    Drawn,
    /// Plain lines.
    Plain,
}

/// How the report looks; resolved once from arguments and environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appearance {
    pub(crate) verbosity: Verbosity,
    pub(crate) progress: Progress,
    pub(crate) colour: Colour,
}

/// Writes messages and results. Clones share the same terminal and may be used from any thread.
#[derive(Clone)]
pub(crate) struct Report {
    shared: Arc<Shared>,
}

struct Shared {
    appearance: Appearance,
    messages: Sink,
    results: Sink,
    /// The bar now on screen: lines have to be written above it.
    bar: Mutex<Option<ProgressBar>>,
    /// Several bars, in its place.
    several: Mutex<Option<MultiProgress>>,
}

impl Report {
    /// A report on this process's standard streams.
    pub(crate) fn to_terminal(appearance: Appearance) -> Self {
        Self::new(appearance, Sink::StandardError, Sink::StandardOutput)
    }

    /// A report into memory.
    #[cfg(test)]
    pub(crate) fn captured(appearance: Appearance) -> (Self, Captured) {
        let captured = Captured::default();
        let report = Self::new(appearance, captured.messages(), captured.results());
        (report, captured)
    }

    /// A report that nobody reads.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        let appearance = Appearance {
            verbosity: Verbosity::Quiet,
            progress: Progress::Plain,
            colour: Colour::Plain,
        };
        Self::captured(appearance).0
    }

    fn new(appearance: Appearance, messages: Sink, results: Sink) -> Self {
        let shared = Shared {
            appearance,
            messages,
            results,
            bar: Mutex::new(None),
            several: Mutex::new(None),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Says that a step was done or is under way: `    Resolved 118 packages`.
    pub(crate) fn status(&self, verb: &str, message: &str) {
        self.line_from(Verbosity::Normal, || {
            format!("{} {}", self.verb(verb), escape(message))
        });
    }

    /// Starts a group of the log, which a reader may fold; it ends with what is returned.
    pub(crate) fn group(&self, title: &str) -> Group {
        self.line_from(Verbosity::Normal, || format!("::group::{}", escape(title)));
        Group(self.clone())
    }

    /// Says something that only `--verbose` wants to know.
    pub(crate) fn detail(&self, message: &str) {
        self.line_from(Verbosity::Verbose, || {
            format!("{:VERB_WIDTH$} {}", "", escape(message))
        });
    }

    /// Says something that may need action although the command goes on.
    pub(crate) fn warning(&self, message: &str) {
        self.line_from(Verbosity::Normal, || {
            let warning = self.paint(Style::Warning, "warning");
            format!("{warning}: {}", escape(message))
        });
    }

    /// Says why the command ends, and what would help.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.line_from(Verbosity::Quiet, || {
            let text = failure.render();
            let text = escape(&text);
            let text = text.strip_prefix("error:").unwrap_or(&text);
            let (message, hint) = text.split_once("\n\nhint:").unwrap_or((text, ""));
            let error = self.paint(Style::Error, "error");
            if hint.is_empty() {
                return format!("{error}:{message}");
            }
            format!(
                "{error}:{message}\n\n{}:{hint}",
                self.paint(Style::Hint, "hint")
            )
        });
    }

    /// Writes a result to standard output, with a line break.
    ///
    /// A reader that went away (`wpimg … | head`) has what it wanted: that is no failure.
    pub(crate) fn data(&self, line: &str) -> Result<(), ReportError> {
        match self.above_the_bar(|| self.shared.results.write_line(line)) {
            Err(source) if source.kind() != io::ErrorKind::BrokenPipe => {
                Err(ReportError::Result { source })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// A part of a result in its colour, where results go to a terminal that has colours.
    pub(crate) fn toned(&self, tone: Tone, text: &str) -> String {
        let text = escape(text);
        let colour = if self.shared.results.is_terminal() {
            self.shared.appearance.colour
        } else {
            Colour::Plain
        };
        palette::tone(colour, tone, &text)
    }

    /// Starts reporting a set of downloads.
    pub(crate) fn transfer(&self, plan: TransferPlan) -> Transfer {
        Transfer::start(self.clone(), plan)
    }

    fn line_from(&self, needed: Verbosity, line: impl FnOnce() -> String) {
        if self.shared.appearance.verbosity >= needed {
            let line = line();
            // A message that cannot be shown has no other place to go.
            let _ = self.above_the_bar(|| self.shared.messages.write_line(&line));
        }
    }

    fn above_the_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        if let Some(bars) = self.several().clone() {
            return bars.suspend(write);
        }
        match self.bar().as_ref() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.shared
            .bar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn several(&self) -> MutexGuard<'_, Option<MultiProgress>> {
        self.shared
            .several
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn verb(&self, verb: &str) -> String {
        self.paint(Style::Verb, &format!("{verb:>VERB_WIDTH$}"))
    }

    fn paint(&self, style: Style, text: &str) -> String {
        palette::paint(self.shared.appearance.colour, style, text)
    }

    /// Whether a bar can and may be drawn.
    fn draws_progress(&self) -> bool {
        self.shared.appearance.progress == Progress::Drawn
            && self.shared.appearance.verbosity > Verbosity::Quiet
            && self.shared.messages.is_terminal()
    }
}

/// A group of messages in the log of a workflow.
pub(crate) struct Group(Report);

impl Drop for Group {
    fn drop(&mut self) {
        self.0
            .line_from(Verbosity::Normal, || "::endgroup::".to_owned());
    }
}

/// A result that did not reach its reader.
#[derive(Debug, Error)]
pub(crate) enum ReportError {
    #[error("could not write the result to standard output")]
    Result {
        #[source]
        source: io::Error,
    },
}

impl Hint for ReportError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Result { .. } => Some("check where standard output is redirected to".to_owned()),
        }
    }
}

/// A result as one line of JSON, its members in the order of the type.
///
/// Not by way of a JSON value: whether that sorts its members is decided by any crate of a build.
pub(crate) fn json_text(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).expect("documents have texts for keys")
}

/// Whether standard error shows colours and can redraw a line.
pub(crate) fn standard_error_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes to standard error when no report exists: from the panic hook, and before the arguments
/// that decide its appearance are understood.
pub(crate) fn last_words(text: &str) {
    // There is nowhere left to report that this failed.
    let _ = writeln!(io::stderr().lock(), "{}", escape(text));
}

/// Ends the process at once: a panic on a worker thread must not leave the command half alive.
#[expect(
    clippy::exit,
    reason = "called from the panic hook only, after the report is written"
)]
pub(crate) fn end_process(status: ExitStatus) -> ! {
    std::process::exit(i32::from(status.code()))
}

#[cfg(test)]
mod tests;
