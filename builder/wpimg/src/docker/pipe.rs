//! Joins a writer on one thread with a stream of chunks on the runtime.
//!
//! The archive is produced by blocking code; the daemon is fed by asynchronous code. A short queue
//! between them keeps memory small and makes the faster side wait.

use std::io::{self, ErrorKind, Write};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::mpsc;

const CHUNK: usize = 256 * 1024;
const CHUNKS_WAITING: usize = 8;

/// The blocking end. Dropped without `finish`, it makes the other end fail.
pub(crate) struct PipeWriter {
    sender: mpsc::Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
    finished: bool,
}

/// Makes both ends. The writer must be used on a thread that may block.
pub(crate) fn pipe() -> (
    PipeWriter,
    impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) {
    let (sender, receiver) = mpsc::channel(CHUNKS_WAITING);
    let writer = PipeWriter {
        sender,
        buffer: Vec::with_capacity(CHUNK),
        finished: false,
    };
    let chunks = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    (writer, chunks)
}

impl PipeWriter {
    /// Sends what is left; only then is the stream's end a good one.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.send_buffer()?;
        self.finished = true;
        Ok(())
    }

    fn send_buffer(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        let gone = |_| io::Error::new(ErrorKind::BrokenPipe, "the receiving end is gone");
        self.sender.blocking_send(Ok(chunk.into())).map_err(gone)
    }
}

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        if self.buffer.len() == CHUNK {
            self.send_buffer()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_buffer()
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        if !self.finished {
            // A half archive must not look like a whole one to the daemon. If nobody listens any
            // more, nobody can mistake it.
            let error = io::Error::new(ErrorKind::UnexpectedEof, "the archive was not finished");
            let _ = self.sender.try_send(Err(error));
        }
    }
}
