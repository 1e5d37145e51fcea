//! A stream that stops where an archive has unpacked to more than it may.

use std::io::{self, Read};

use thiserror::Error;

use super::{Limits, Problem};

/// Travels inside an [`io::Error`] through decoders and the tar library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("content is larger than the allowed {limit} bytes")]
struct Exceeded {
    limit: u64,
    packed: u64,
    is_ratio: bool,
}

/// Reads `inner` up to what an archive of `packed` bytes may unpack to.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    exceeded: Exceeded,
    /// Zeros at the end of what has been read so far.
    zeros: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(inner: R, packed: u64, limits: &Limits) -> Self {
        let limit = limits.allowance(packed);
        Self {
            inner,
            left: limit,
            exceeded: Exceeded {
                limit,
                packed,
                is_ratio: limit < limits.unpacked,
            },
            zeros: 0,
        }
    }

    /// Returns how many zeros the stream has just gone through.
    pub(super) fn zeros(&self) -> u64 {
        self.zeros
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // One byte more than allowed may be asked for: it tells "exactly full" from "too much".
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX);
        let length = buffer.len().min(most);
        let read = self.inner.read(&mut buffer[..length])?;
        let chunk = &buffer[..read];
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(self.exceeded)),
        }
        let trailing = chunk.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if trailing == read {
            self.zeros + read as u64
        } else {
            trailing as u64
        };
        Ok(read)
    }
}

/// Returns what an error of a stream means: a limit, or damage.
pub(super) fn problem(entry: Option<&str>, source: io::Error) -> Problem {
    if let Some(exceeded) = find_exceeded(&source) {
        return exceeded.problem();
    }
    match entry {
        Some(entry) => Problem::DamagedEntry {
            entry: entry.to_owned(),
            source,
        },
        None => Problem::Damaged { source },
    }
}

/// The same for an archive that says beforehand how much it unpacks to.
pub(super) fn check_declared(unpacked: u64, packed: u64, limits: &Limits) -> Result<(), Problem> {
    let limit = limits.allowance(packed);
    if unpacked <= limit {
        return Ok(());
    }
    let exceeded = Exceeded {
        limit,
        packed,
        is_ratio: limit < limits.unpacked,
    };
    Err(exceeded.problem())
}

impl Exceeded {
    fn problem(self) -> Problem {
        let Self {
            limit,
            packed,
            is_ratio,
        } = self;
        if is_ratio {
            Problem::Bomb { packed, limit }
        } else {
            Problem::TooLarge { limit }
        }
    }
}

/// Libraries wrap the errors of their readers, some more than once.
fn find_exceeded(error: &io::Error) -> Option<Exceeded> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = error
        .get_ref()
        .map(|inner| inner as &(dyn std::error::Error + 'static));
    while let Some(error) = next {
        if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
            return Some(*exceeded);
        }
        if let Some(exceeded) = error.downcast_ref::<io::Error>().and_then(find_exceeded) {
            return Some(exceeded);
        }
        next = error.source();
    }
    None
}
