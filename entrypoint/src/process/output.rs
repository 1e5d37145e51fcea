//! The services' output: read without waiting, handed to the report by the line.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::unistd::read;

use crate::report::{Channel, LineSplitter, Report};

/// Read per stream and turn, so that a babbling service cannot keep us from reaping.
const LARGEST_TURN: usize = 64 * 1024;

struct Stream {
    source: OwnedFd,
    channel: Channel,
    splitter: LineSplitter,
}

/// Every pipe a service may still write to, those of services that have ended included: a process
/// they left behind may hold the other end.
#[derive(Default)]
pub(crate) struct OutputPump {
    streams: Vec<Stream>,
}

impl OutputPump {
    pub(crate) fn add(&mut self, source: OwnedFd, channel: Channel) {
        self.streams.push(Stream {
            source,
            channel,
            splitter: LineSplitter::default(),
        });
    }

    pub(crate) fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.streams.iter().map(|stream| stream.source.as_fd())
    }

    /// Moves what has been written so far; streams that have ended are closed.
    pub(crate) fn pump(&mut self, report: &mut Report) {
        let ended: Vec<Stream> = self
            .streams
            .extract_if(.., |stream| !stream.read(report))
            .collect();
        for Stream {
            channel, splitter, ..
        } in ended
        {
            splitter.finish(|line| report.line(channel, line));
        }
        report.flush();
    }

    /// Moves everything that is still in the pipes, unfinished lines included.
    pub(crate) fn finish(mut self, report: &mut Report) {
        self.pump(report);
        for Stream {
            channel, splitter, ..
        } in self.streams
        {
            splitter.finish(|line| report.line(channel, line));
        }
    }
}

impl Stream {
    /// Returns whether there can be more.
    fn read(&mut self, report: &mut Report) -> bool {
        let mut buffer = [0; 8192];
        let mut taken = 0;
        while taken < LARGEST_TURN {
            match read(&self.source, &mut buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    taken += count;
                    let channel = self.channel;
                    self.splitter
                        .push(&buffer[..count], |line| report.line(channel, line));
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return true,
                Err(_) => return false,
            }
        }
        true
    }
}
