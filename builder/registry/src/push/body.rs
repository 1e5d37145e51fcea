//! The bytes of one upload, and how far they got.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::stream;
use reqwest::Body;
use tokio::sync::watch;

/// Large enough that reading costs little, small enough that eight uploads need no memory to
/// speak of.
const CHUNK: usize = 256 * 1024;

/// A blob that can be read now.
#[derive(Debug, Clone)]
pub(super) enum Opened {
    Bytes(Bytes),
    File(Arc<File>),
}

/// What the sender of a body sees of it.
pub(super) struct Progress {
    /// Bytes handed to the connection; closed when the body is no longer needed.
    pub(super) sent: watch::Receiver<u64>,
    failure: Arc<Mutex<Option<io::Error>>>,
}

impl Progress {
    /// Returns why the body ended early, if it was our side.
    pub(super) fn failure(&self) -> Option<io::Error> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Makes a body of exactly `size` bytes.
pub(super) fn body(opened: Opened, size: u64) -> (Body, Progress) {
    let (sender, sent) = watch::channel(0);
    let failure = Arc::new(Mutex::new(None));
    let progress = Progress {
        sent,
        failure: Arc::clone(&failure),
    };
    let chunks = stream::try_unfold(0_u64, move |offset| {
        let opened = opened.clone();
        // Told when the next chunk is wanted, so what is counted has left our hands.
        sender.send_replace(offset);
        let failure = Arc::clone(&failure);
        async move {
            if offset >= size {
                return Ok(None);
            }
            match opened.chunk(offset, size).await {
                Ok(chunk) => {
                    let next = offset + chunk.len() as u64;
                    Ok(Some((chunk, next)))
                }
                Err(error) => {
                    let kind = error.kind();
                    *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    Err(io::Error::from(kind))
                }
            }
        }
    });
    (Body::wrap_stream(chunks), progress)
}

impl Opened {
    /// Reads the bytes at `offset`, at least one.
    pub(super) async fn chunk(&self, offset: u64, size: u64) -> io::Result<Bytes> {
        let wanted = usize::try_from(size - offset).unwrap_or(CHUNK).min(CHUNK);
        match self {
            Self::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                match bytes.get(start..start.saturating_add(wanted)) {
                    Some(_) => Ok(bytes.slice(start..start + wanted)),
                    None => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            Self::File(file) => {
                let file = Arc::clone(file);
                let read = tokio::task::spawn_blocking(move || {
                    let mut buffer = vec![0; wanted];
                    file.read_exact_at(&mut buffer, offset)?;
                    Ok(Bytes::from(buffer))
                });
                read.await.map_err(io::Error::other)?
            }
        }
    }
}
