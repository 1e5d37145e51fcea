//! One output: a bounded queue of whole lines in front of a file descriptor.
//!
//! The descriptor is never made non-blocking, because the flag would be shared with whoever else
//! has the same terminal or pipe open. Instead it is polled and given at most `PIPE_BUF` bytes at a
//! time: a pipe that polls writable has room for that much (pipe(7)).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::write;

/// A burst of this size is kept for a slow reader; what comes on top is dropped.
const CAPACITY: usize = 256 * 1024;

const PIPE_BUF: usize = 4096;

pub(super) struct Sink {
    /// `None` when the output is closed, or once its reader has gone.
    output: Option<OwnedFd>,
    queue: Vec<u8>,
    dropped: u64,
}

impl Sink {
    pub(super) fn new(output: Option<OwnedFd>) -> Self {
        Self {
            output,
            queue: Vec::new(),
            dropped: 0,
        }
    }

    /// Appends one line, or drops and counts it when the queue is full.
    pub(super) fn push(&mut self, line: &[u8]) {
        if self.output.is_none() {
            return;
        }
        if self.queue.len() + line.len() > CAPACITY {
            self.dropped += 1;
        } else {
            self.queue.extend_from_slice(line);
        }
    }

    /// The number of lines dropped, once there is room again to say so.
    pub(super) fn take_dropped(&mut self) -> Option<u64> {
        let report = self.dropped > 0 && self.queue.is_empty();
        report.then(|| std::mem::take(&mut self.dropped))
    }

    pub(super) fn pending(&self) -> Option<BorrowedFd<'_>> {
        self.output
            .as_ref()
            .filter(|_| !self.queue.is_empty())
            .map(AsFd::as_fd)
    }

    /// Writes what can be written without blocking.
    pub(super) fn flush(&mut self) {
        self.write_while_ready(Instant::now());
    }

    /// Writes for at most this long.
    pub(super) fn drain(&mut self, patience: Duration) {
        let end = Instant::now() + patience;
        while self.pending().is_some() && Instant::now() < end {
            self.write_while_ready(end);
        }
    }

    /// Waits for room until `end` in all, however slowly the reader makes some.
    fn write_while_ready(&mut self, end: Instant) {
        let Some(output) = &self.output else { return };
        let mut written = 0;
        let mut gone = false;
        while written < self.queue.len() {
            let mut room = [PollFd::new(output.as_fd(), PollFlags::POLLOUT)];
            let left = end.saturating_duration_since(Instant::now());
            match poll(
                &mut room,
                PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO),
            ) {
                Ok(0) => break,
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(_) => break,
            }
            let until = self.queue.len().min(written + PIPE_BUF);
            match write(output, &self.queue[written..until]) {
                Ok(count) => written += count,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                // EPIPE, or a full disk behind a redirected stdout: nobody to tell, nothing to do.
                Err(_) => {
                    gone = true;
                    break;
                }
            }
        }
        self.queue.drain(..written);
        if gone {
            self.output = None;
            self.queue.clear();
        }
        if self.queue.is_empty() {
            // A burst should not stay in PID 1's memory for ever.
            self.queue.shrink_to(PIPE_BUF);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use nix::unistd::{pipe, read};

    use super::*;

    #[test]
    fn a_reader_that_does_not_read_costs_lines_but_never_blocks() {
        let (reader, writer) = pipe().unwrap();
        let mut sink = Sink::new(Some(writer));
        let line = [&[b'x'; 99][..], b"\n"].concat();
        for _ in 0..10_000 {
            sink.push(&line);
            sink.flush();
        }
        assert!(sink.dropped > 0 && sink.take_dropped().is_none());

        let mut seen = Vec::new();
        let mut buffer = [0; 8192];
        while sink.pending().is_some() {
            sink.flush();
            let count = read(&reader, &mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..count]);
        }
        let dropped = usize::try_from(sink.take_dropped().unwrap()).unwrap();
        drop(sink);
        while let count @ 1.. = read(&reader, &mut buffer).unwrap() {
            seen.extend_from_slice(&buffer[..count]);
        }
        assert!(
            seen.chunks(100).all(|chunk| chunk == line),
            "a line was torn"
        );
        assert_eq!(seen.len() / 100 + dropped, 10_000);
    }

    #[test]
    fn a_reader_that_has_gone_is_forgotten() {
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let mut sink = Sink::new(Some(writer.into()));
        sink.push(b"line\n");
        sink.flush();
        assert!(sink.pending().is_none() && sink.output.is_none());
    }

    #[test]
    fn lines_arrive_in_order() {
        let (mut reader, writer) = UnixStream::pair().unwrap();
        let mut sink = Sink::new(Some(writer.into()));
        sink.push(b"one\n");
        sink.push(b"two\n");
        sink.drain(Duration::from_secs(1));
        drop(sink);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }
}
