//! The one door to stdout and stderr.
//!
//! Everything the container prints goes through here: the services' lines, our own messages, the
//! text of `--help`. Lines are written whole and never interleaved, each says whose it is, and writing never
//! blocks: a log reader that has stopped reading must not stop PID 1 from reaping. What does not fit is dropped
//! by the line and counted.
//!
//! A crate of its own because every byte that the site logs passes through it: it is compiled for speed, the rest of
//! `wpimg-init` for size.

mod dialect;
mod flow;
mod format;
mod json;
mod level;
mod lines;
mod origin;
mod redaction;
mod sink;
mod tally;
mod time;

use std::error::Error;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use dialect::Dialect;
use flow::Admission;
pub use format::LogFormat;
use level::Level;
pub use lines::{LONGEST_UNFINISHED, cut};
pub use origin::Origin;
pub use redaction::{Redactor, is_secret};
use sink::Sink;
pub use tally::Tally;

/// How long the last lines may take to be written before the program ends.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Which of our two outputs a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Stdout,
    Stderr,
}

/// Whether more output of a service can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    Expected,
    /// What is there is all, so that an unfinished line counts.
    Ended,
    /// Nobody will ask again: what does not fit is dropped.
    TimeIsUp,
}

pub struct Report {
    format: LogFormat,
    stdout: Sink,
    /// `None` where both are the same terminal or pipe: two queues in front of one would tear each other's lines.
    stderr: Option<Sink>,
    redactor: Redactor,
    tally: Tally,
}

impl Report {
    pub fn to_process_output() -> Self {
        Self {
            format: LogFormat::Plain,
            stdout: Sink::new(io::stdout().as_fd().try_clone_to_owned().ok()),
            stderr: (!sink::are_the_same(io::stdout().as_fd(), io::stderr().as_fd()))
                .then(|| Sink::new(io::stderr().as_fd().try_clone_to_owned().ok())),
            redactor: Redactor::default(),
            tally: Tally::default(),
        }
    }

    pub fn set_format(&mut self, format: LogFormat) {
        self.format = format;
    }

    /// Prepares for the output of services, which may be much.
    pub fn expect_services(&mut self) {
        self.sinks_mut().for_each(Sink::open_again);
    }

    /// Masks these from now on, in what services and jobs write.
    pub fn set_redactor(&mut self, redactor: Redactor) {
        self.redactor = redactor;
    }

    /// What was counted since the start.
    pub fn tally(&self) -> Tally {
        Tally {
            dropped_lines: self.sinks().map(Sink::dropped_ever).sum(),
            ..self.tally
        }
    }

    /// Writes what the user asked for to stdout.
    pub fn result(&mut self, text: &str) {
        self.stdout
            .push_own(|queue| queue.extend_from_slice(text.as_bytes()));
        self.stdout.flush();
    }

    /// Writes one of our own messages to stderr.
    pub fn message(&mut self, message: impl fmt::Display) {
        self.say(Level::Info, message);
    }

    /// Writes a message about something that will be missed but stops nothing.
    pub fn warning(&mut self, message: impl fmt::Display) {
        self.say(Level::Warning, message);
    }

    /// Hands on a whole line that somebody else has written, for PID 1 or a person to read.
    pub fn relay(&mut self, line: &[u8]) {
        let stderr = self.stderr.as_mut().unwrap_or(&mut self.stdout);
        stderr.push_own(|queue| queue.extend_from_slice(line));
        stderr.flush();
    }

    fn say(&mut self, level: Level, message: impl fmt::Display) {
        let (format, now) = (self.format, time::now());
        let text = message.to_string();
        let stderr = self.stderr.as_mut().unwrap_or(&mut self.stdout);
        stderr.push_own(|queue| format::write_own(queue, format, &now, level, text.as_bytes()));
        stderr.flush();
    }

    /// Writes an error, what caused it, and what can be done about it.
    pub fn failure(&mut self, error: &dyn Error, hint: Option<String>) {
        let mut text = format!("error: {error}");
        let mut cause = error.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        self.say(Level::Error, text);
        if let Some(hint) = hint {
            self.say(Level::Error, format_args!("hint: {hint}"));
        }
    }

    /// Masks secrets in what a service wrote, of which the first `known` bytes were here before, and returns how
    /// many bytes are left.
    pub fn redact(&self, output: &mut [u8], known: usize) -> usize {
        self.redactor.redact(output, known)
    }

    /// Takes over the complete lines of a service's output and returns how many bytes they had. What is left is to be
    /// shown again, with more behind it.
    pub fn take(&mut self, origin: &Origin, output: &[u8], more: More) -> usize {
        let now = time::now();
        let sink = match (origin.channel, &mut self.stderr) {
            (Channel::Stderr, Some(stderr)) => stderr,
            (Channel::Stdout | Channel::Stderr, _) => &mut self.stdout,
        };
        let mut taken = 0;
        while let Some((entry, length)) = lines::first(&output[taken..], more != More::Expected) {
            let admission = match more {
                More::Expected | More::Ended => sink.admit(),
                More::TimeIsUp => sink.admit_last(),
            };
            if origin.dialect == Dialect::Objects && admission != Admission::Later {
                self.tally.count_response(entry.line);
            }
            match admission {
                Admission::Later => break,
                Admission::Never => {}
                // An empty line says nothing.
                Admission::Now if entry.line.is_empty() => {}
                Admission::Now => {
                    format::write_entry(sink.queue(), self.format, &now, origin, entry);
                }
            }
            taken += length;
        }
        taken
    }

    /// Whether services have to wait with their output for this channel's reader.
    pub fn is_holding(&self, channel: Channel) -> bool {
        self.sink(channel).held_until().is_some()
    }

    /// How long they have to, at most.
    pub fn held_for(&self) -> Option<Duration> {
        let until = self.sinks().filter_map(Sink::held_until).min()?;
        Some(until.saturating_duration_since(Instant::now()))
    }

    fn sink(&self, channel: Channel) -> &Sink {
        match (channel, &self.stderr) {
            (Channel::Stderr, Some(stderr)) => stderr,
            (Channel::Stdout | Channel::Stderr, _) => &self.stdout,
        }
    }

    fn sinks(&self) -> impl Iterator<Item = &Sink> {
        [&self.stdout].into_iter().chain(&self.stderr)
    }

    fn sinks_mut(&mut self) -> impl Iterator<Item = &mut Sink> {
        [&mut self.stdout].into_iter().chain(&mut self.stderr)
    }

    /// Writes as much as the readers take without waiting.
    pub fn flush(&mut self) {
        self.sinks_mut().for_each(Sink::flush);
        let on_stderr = self.stderr.as_mut().and_then(Sink::take_dropped);
        // Always to stderr: on stdout every line is JSON.
        for (dropped, name) in [
            (self.stdout.take_dropped(), "stdout"),
            (on_stderr, "stderr"),
        ] {
            if let Some(dropped) = dropped {
                self.warning(format_args!(
                    "dropped {dropped} log lines because {name} was not read fast enough"
                ));
            }
        }
    }

    /// The outputs that have something left to write, to be polled for room.
    pub fn pending(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.sinks().filter_map(Sink::pending)
    }

    /// Gives the readers a last, bounded chance. Call once, before the end.
    pub fn finish(&mut self) {
        self.flush();
        self.sinks_mut().for_each(|sink| sink.drain(LAST_WORDS));
    }
}
