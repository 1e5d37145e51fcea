//! One output: a bounded queue of whole lines in front of a file descriptor.
//!
//! Our stdout is never made non-blocking, because the flag would be shared with whoever else has the same
//! terminal or pipe open. A pipe or terminal is opened once more instead, which gives a description with flags of its
//! own (open(2), proc(5)). Where that is not allowed the output is polled and given at most `PIPE_BUF` bytes
//! at a time: a pipe that polls writable has room for that much (pipe(7)).

use std::fs::OpenOptions;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::fstat;
use nix::unistd::write;

use super::flow::{self, Admission, Flow};
use super::format::LONGEST_LINE;

/// A burst of this size is kept for a slow reader. One line more may be in the queue, and what is ours to say.
const CAPACITY: usize = 256 * 1024;

/// What a pipe that polls writable has room for.
const PIPE_BUF: usize = 4096;

/// What the queue keeps of its memory when there is nothing in it.
const KEPT: usize = 16 * 1024;

pub(super) struct Sink {
    /// `None` when the output is closed, or once its reader has gone.
    output: Option<OwnedFd>,
    /// Whether a write to it may have to wait.
    may_block: bool,
    queue: Vec<u8>,
    /// How much of the queue has been written already.
    written: usize,
    flow: Flow,
    /// Not reported yet.
    dropped: u64,
    dropped_ever: u64,
}

impl Sink {
    pub(super) fn new(output: Option<OwnedFd>) -> Self {
        Self {
            output,
            may_block: true,
            queue: Vec::new(),
            written: 0,
            flow: Flow::default(),
            dropped: 0,
            dropped_ever: 0,
        }
    }

    /// Opens the output once more, so that much can be written at once without waiting.
    pub(super) fn open_again(&mut self) {
        let Some(output) = &self.output else { return };
        let path = format!("/proc/self/fd/{}", output.as_raw_fd());
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_APPEND;
        if let Ok(again) = OpenOptions::new()
            .write(true)
            .custom_flags(flags)
            .open(path)
        {
            self.output = Some(again.into());
            self.may_block = false;
        }
    }

    /// Whether a line of a service is taken; one that is not, and will not be, is counted.
    pub(super) fn admit(&mut self) -> Admission {
        if self.output.is_none() {
            return Admission::Never;
        }
        if self.queued() >= CAPACITY {
            self.flush();
        }
        let admission = self.flow.admit(self.queued(), CAPACITY, Instant::now());
        if admission == Admission::Never {
            self.dropped += 1;
            self.dropped_ever += 1;
        }
        admission
    }

    /// As above, of somebody who will not ask again.
    pub(super) fn admit_last(&mut self) -> Admission {
        match self.admit() {
            Admission::Later => {
                self.dropped += 1;
                self.dropped_ever += 1;
                Admission::Never
            }
            admission => admission,
        }
    }

    /// Where an admitted line is appended.
    pub(super) fn queue(&mut self) -> &mut Vec<u8> {
        &mut self.queue
    }

    /// Appends a line of our own. There are few of them, so a full queue takes some more.
    pub(super) fn push_own(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        if self.output.is_none() || self.queued() > CAPACITY + 2 * LONGEST_LINE {
            return;
        }
        append(&mut self.queue);
    }

    fn queued(&self) -> usize {
        self.queue.len() - self.written
    }

    /// Until when services are to wait for the reader, if they are. Once there is room nobody waits any more, although
    /// that shows in the flow with the next line only.
    pub(super) fn held_until(&self) -> Option<Instant> {
        let has_room = flow::has_room(self.queued(), CAPACITY);
        self.flow.held_until().filter(|_| !has_room)
    }

    /// The number of lines dropped, once there is room again to say so.
    pub(super) fn take_dropped(&mut self) -> Option<u64> {
        let report = self.dropped > 0 && self.queued() == 0;
        report.then(|| std::mem::take(&mut self.dropped))
    }

    pub(super) fn dropped_ever(&self) -> u64 {
        self.dropped_ever
    }

    pub(super) fn pending(&self) -> Option<BorrowedFd<'_>> {
        self.output
            .as_ref()
            .filter(|_| self.queued() > 0)
            .map(AsFd::as_fd)
    }

    /// Writes what can be written without blocking.
    pub(super) fn flush(&mut self) {
        if self.queued() == 0 {
            // Nothing came since the last time: a burst should not stay in PID 1's memory for ever.
            self.queue.shrink_to(KEPT);
            return;
        }
        self.write_while_ready(Instant::now());
    }

    /// Writes for at most this long.
    pub(super) fn drain(&mut self, patience: Duration) {
        let end = Instant::now() + patience;
        while self.pending().is_some() && Instant::now() < end {
            self.write_while_ready(end);
        }
    }

    fn write_while_ready(&mut self, end: Instant) {
        let Some(output) = &self.output else { return };
        let mut gone = false;
        // A turn may begin with a poll that says no; a write that says no is followed by one.
        let mut poll_first = self.may_block;
        while self.written < self.queue.len() {
            if poll_first && !has_room(output, end) {
                break;
            }
            let most = if self.may_block { PIPE_BUF } else { usize::MAX };
            let until = self.queue.len().min(self.written.saturating_add(most));
            match write(output, &self.queue[self.written..until]) {
                Ok(count) => self.written += count,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) if !poll_first => poll_first = true,
                Err(Errno::EAGAIN) => break,
                // EPIPE, or a full disk behind a redirected stdout: nobody to tell, nothing to do.
                Err(_) => {
                    gone = true;
                    break;
                }
            }
        }
        if gone {
            self.output = None;
            self.queue.clear();
            self.written = 0;
        } else if self.written == self.queue.len() {
            self.queue.clear();
            self.written = 0;
        } else if self.written > CAPACITY / 2 {
            self.queue.drain(..self.written);
            self.written = 0;
        }
    }
}

/// Whether two descriptors lead to the same terminal, pipe or file.
pub(super) fn are_the_same(one: BorrowedFd<'_>, other: BorrowedFd<'_>) -> bool {
    match (fstat(one), fstat(other)) {
        (Ok(one), Ok(other)) => (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino),
        _ => false,
    }
}

fn has_room(output: &OwnedFd, end: Instant) -> bool {
    loop {
        let mut room = [PollFd::new(output.as_fd(), PollFlags::POLLOUT)];
        let left = end.saturating_duration_since(Instant::now());
        match poll(
            &mut room,
            PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO),
        ) {
            Ok(0) => return false,
            Ok(_) => return true,
            Err(Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use nix::unistd::{pipe, read};

    use super::*;

    fn push(sink: &mut Sink, line: &[u8]) -> Admission {
        let admission = sink.admit_last();
        if admission == Admission::Now {
            sink.queue().extend_from_slice(line);
        }
        admission
    }

    #[track_caller]
    fn check_a_reader_that_does_not_read(mut sink: Sink, reader: &OwnedFd) {
        let line = [&[b'x'; 99][..], b"\n"].concat();
        for _ in 0..10_000 {
            push(&mut sink, &line);
            sink.flush();
        }
        assert!(sink.dropped > 0 && sink.take_dropped().is_none());

        let mut seen = Vec::new();
        let mut buffer = [0; 8192];
        while sink.pending().is_some() {
            sink.flush();
            let count = read(reader, &mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..count]);
        }
        let dropped = sink.take_dropped().unwrap();
        assert_eq!(dropped, sink.dropped_ever());
        drop(sink);
        while let count @ 1.. = read(reader, &mut buffer).unwrap() {
            seen.extend_from_slice(&buffer[..count]);
        }
        assert!(
            seen.chunks(100).all(|chunk| chunk == line),
            "a line was torn"
        );
        assert_eq!(seen.len() / 100 + usize::try_from(dropped).unwrap(), 10_000);
    }

    #[test]
    fn a_reader_that_does_not_read_costs_lines_but_never_blocks() {
        let (reader, writer) = pipe().unwrap();
        check_a_reader_that_does_not_read(Sink::new(Some(writer)), &reader);
    }

    #[test]
    fn nor_where_the_pipe_can_be_opened_once_more() {
        let (reader, writer) = pipe().unwrap();
        let mut sink = Sink::new(Some(writer));
        sink.open_again();
        assert!(!sink.may_block);
        check_a_reader_that_does_not_read(sink, &reader);
    }

    #[test]
    fn the_flags_of_what_we_were_given_stay_as_they_are() {
        use nix::fcntl::{FcntlArg, OFlag, fcntl};
        let (_reader, writer) = pipe().unwrap();
        let mut sink = Sink::new(Some(writer.try_clone().unwrap()));
        sink.open_again();
        let flags = fcntl(&writer, FcntlArg::F_GETFL).unwrap();
        assert!(!OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK));
    }

    #[test]
    fn one_pipe_is_known_by_both_its_names() {
        let (_reader, writer) = pipe().unwrap();
        let (_other_reader, other) = pipe().unwrap();
        let again = writer.try_clone().unwrap();
        assert!(are_the_same(writer.as_fd(), again.as_fd()));
        assert!(!are_the_same(writer.as_fd(), other.as_fd()));
    }

    #[test]
    fn a_reader_that_has_gone_is_forgotten() {
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let mut sink = Sink::new(Some(writer.into()));
        push(&mut sink, b"line\n");
        sink.flush();
        assert!(sink.pending().is_none() && sink.output.is_none());
    }

    #[test]
    fn lines_arrive_in_order_and_our_own_even_when_the_queue_is_full() {
        let (reader, writer) = pipe().unwrap();
        let mut reader = std::fs::File::from(reader);
        let mut sink = Sink::new(Some(writer));
        // As much as the pipe itself takes, and a full queue.
        sink.queue().resize(64 * 1024 + CAPACITY, b'x');
        assert_eq!(push(&mut sink, b"one\n"), Admission::Never);
        sink.push_own(|queue| queue.extend_from_slice(b"two\n"));
        let reading = std::thread::spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            text
        });
        sink.drain(Duration::from_mins(1));
        drop(sink);
        let text = reading.join().unwrap();
        assert!(text.ends_with("xtwo\n"));
    }
}
