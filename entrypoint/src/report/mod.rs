//! The one door to stdout and stderr.
//!
//! Everything the container prints goes through here: the services' lines, our own messages, the
//! text of `--help`. Lines are written whole and never interleaved, and writing never blocks: a log
//! reader that has stopped reading must not stop PID 1 from reaping. What does not fit is dropped
//! by the line and counted.

mod lines;
mod sink;

use std::error::Error;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

pub(crate) use lines::LineSplitter;
use sink::Sink;

/// How long the last lines may take to be written before the program ends.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Which of our two outputs a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Stdout,
    Stderr,
}

pub(crate) struct Report {
    stdout: Sink,
    stderr: Sink,
}

impl Report {
    pub(crate) fn to_process_output() -> Self {
        Self {
            stdout: Sink::new(io::stdout().as_fd().try_clone_to_owned().ok()),
            stderr: Sink::new(io::stderr().as_fd().try_clone_to_owned().ok()),
        }
    }

    /// Writes what the user asked for to stdout.
    pub(crate) fn result(&mut self, text: &str) {
        self.stdout.push(text.as_bytes());
        self.stdout.flush();
    }

    /// Writes one of our own messages to stderr.
    pub(crate) fn message(&mut self, message: impl fmt::Display) {
        let line = format!("wpimg-init: {message}\n");
        self.stderr.push(line.as_bytes());
        self.stderr.flush();
    }

    /// Writes an error, what caused it, and what can be done about it.
    pub(crate) fn failure(&mut self, error: &dyn Error, hint: Option<String>) {
        let mut text = format!("error: {error}");
        let mut cause = error.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        self.message(text);
        if let Some(hint) = hint {
            self.message(format_args!("hint: {hint}"));
        }
    }

    /// Takes over one line of a service, including its line end.
    pub(crate) fn line(&mut self, channel: Channel, line: &[u8]) {
        match channel {
            Channel::Stdout => self.stdout.push(line),
            Channel::Stderr => self.stderr.push(line),
        }
    }

    /// Writes as much as the readers take without waiting.
    pub(crate) fn flush(&mut self) {
        self.stdout.flush();
        self.stderr.flush();
        // Always to stderr: on stdout every line is JSON.
        for (dropped, name) in [
            (self.stdout.take_dropped(), "stdout"),
            (self.stderr.take_dropped(), "stderr"),
        ] {
            if let Some(dropped) = dropped {
                self.message(format_args!(
                    "dropped {dropped} log lines because {name} was not read fast enough"
                ));
            }
        }
    }

    /// The outputs that have something left to write, to be polled for room.
    pub(crate) fn pending(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        [&self.stdout, &self.stderr]
            .into_iter()
            .filter_map(Sink::pending)
    }

    /// Gives the readers a last, bounded chance. Call once, before the end.
    pub(crate) fn finish(&mut self) {
        self.flush();
        self.stdout.drain(LAST_WORDS);
        self.stderr.drain(LAST_WORDS);
    }
}
