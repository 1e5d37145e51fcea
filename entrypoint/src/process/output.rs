//! The services' output: read without waiting, handed to the report by the line.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::unistd::read;

use wpimg_report::{LONGEST_UNFINISHED, More, Origin, Report};

/// Read per stream and turn, so that a babbling service cannot keep us from reaping.
const TURN: usize = 128 * 1024;

struct Stream {
    source: OwnedFd,
    origin: Origin,
    /// The beginning of a line whose end has not come, or lines that the report has no room for yet.
    held: Vec<u8>,
    /// Whether the other end is still open.
    open: bool,
}

/// Every pipe a service may still write to, those of services that have ended included: a process
/// they left behind may hold the other end.
pub(crate) struct OutputPump {
    streams: Vec<Stream>,
    /// Where output is read to. Pages that are never written to take no memory.
    buffer: Vec<u8>,
}

impl Default for OutputPump {
    fn default() -> Self {
        Self {
            streams: Vec::new(),
            buffer: vec![0; TURN + LONGEST_UNFINISHED],
        }
    }
}

impl OutputPump {
    pub(crate) fn add(&mut self, source: OwnedFd, origin: Origin) {
        self.streams.push(Stream {
            source,
            origin,
            held: Vec::new(),
            open: true,
        });
    }

    /// The pipes to be polled: not those whose output could not be taken.
    pub(crate) fn sources(&self, report: &Report) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.streams
            .iter()
            .filter(|stream| stream.open && !report.is_holding(stream.origin.channel()))
            .map(|stream| stream.source.as_fd())
    }

    /// Whether there is work for which no pipe needs to become readable.
    pub(crate) fn has_work(&self, report: &Report) -> bool {
        self.streams
            .iter()
            .any(|stream| stream.has_lines() && !report.is_holding(stream.origin.channel()))
    }

    /// Moves what has been written so far; streams that have ended are closed.
    pub(crate) fn pump(&mut self, report: &mut Report) {
        report.flush();
        for stream in &mut self.streams {
            stream.advance(&mut self.buffer, report);
        }
        self.streams
            .retain(|stream| stream.open || !stream.held.is_empty());
        report.flush();
    }

    /// Moves everything that is still in the pipes, unfinished lines included.
    pub(crate) fn finish(mut self, report: &mut Report) {
        // More than a full pipe; whoever was left behind may write for ever.
        for _ in 0..4 {
            self.pump(report);
        }
        for stream in self.streams {
            report.take(&stream.origin, &stream.held, More::TimeIsUp);
        }
    }
}

impl Stream {
    /// More than a part of a line is left: the report had no room.
    fn has_lines(&self) -> bool {
        let has_line = self.held.len() > LONGEST_UNFINISHED || self.held.contains(&b'\n');
        has_line || (!self.open && !self.held.is_empty())
    }

    fn advance(&mut self, buffer: &mut [u8], report: &mut Report) {
        let known = self.held.len();
        if self.open && !self.has_lines() {
            buffer[..known].copy_from_slice(&self.held);
            let count = loop {
                match read(&self.source, &mut buffer[known..]) {
                    Err(Errno::EINTR) => {}
                    Err(Errno::EAGAIN) => return,
                    Ok(0) | Err(_) => {
                        self.open = false;
                        break 0;
                    }
                    Ok(count) => break count,
                }
            };
            let length = report.redact(&mut buffer[..known + count], known);
            let taken = report.take(&self.origin, &buffer[..length], self.more());
            self.held.clear();
            self.held.extend_from_slice(&buffer[taken..length]);
        } else {
            let taken = report.take(&self.origin, &self.held, self.more());
            self.held.drain(..taken);
        }
        if self.held.is_empty() {
            self.held.shrink_to(256);
        }
    }

    fn more(&self) -> More {
        if self.open {
            More::Expected
        } else {
            More::Ended
        }
    }
}
