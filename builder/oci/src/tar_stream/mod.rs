//! Writes tar members: ustar headers, and PAX records for what ustar cannot hold.
//!
//! Every byte follows from the member alone. There are no user names, no device numbers, no access
//! times and none of GNU's own `L` and `K` members. Format: POSIX.1-2017 `pax`, "ustar Interchange
//! Format" and "pax Extended Header"; image-spec `layer.md` asks for nothing else.

mod header;
mod pax;

use std::io::{self, Read, Write};

pub(crate) use header::{Member, MemberKind};

const BLOCK: usize = 512;
const COPY_BUFFER: usize = 64 * 1024;

/// Writes a tar stream to `sink`, member by member.
pub(crate) struct TarStream<W> {
    sink: W,
    buffer: Vec<u8>,
}

/// Which side of a copy failed.
#[derive(Debug)]
pub(crate) enum CopyError {
    Source(io::Error),
    Sink(io::Error),
}

impl<W: Write> TarStream<W> {
    pub(crate) fn new(sink: W) -> Self {
        Self {
            sink,
            buffer: vec![0; COPY_BUFFER],
        }
    }

    /// Writes a member that has no content.
    pub(crate) fn append(&mut self, member: &Member<'_>) -> io::Result<()> {
        self.sink.write_all(&header::encode(member, 0)?)
    }

    /// Writes a regular file of exactly `size` bytes; a shorter or longer source is its error.
    pub(crate) fn append_file(
        &mut self,
        member: &Member<'_>,
        size: u64,
        source: &mut impl Read,
    ) -> Result<(), CopyError> {
        let header = header::encode(member, size).map_err(CopyError::Sink)?;
        self.sink.write_all(&header).map_err(CopyError::Sink)?;
        self.copy_exactly(source, size)?;
        let used = usize::try_from(size % BLOCK as u64).unwrap_or_default();
        if used > 0 {
            self.sink
                .write_all(&[0; BLOCK][used..])
                .map_err(CopyError::Sink)?;
        }
        Ok(())
    }

    /// Writes the two zero blocks that end an archive and returns the sink.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.sink.write_all(&[0; 2 * BLOCK])?;
        Ok(self.sink)
    }

    fn copy_exactly(&mut self, source: &mut impl Read, size: u64) -> Result<(), CopyError> {
        let mut remaining = size;
        loop {
            // One byte more than is left, so that a source that goes on is noticed.
            let wanted = remaining.saturating_add(1).min(COPY_BUFFER as u64);
            let wanted = usize::try_from(wanted).unwrap_or(COPY_BUFFER);
            let count = match source.read(&mut self.buffer[..wanted]) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(CopyError::Source(error)),
            };
            if count == 0 && remaining == 0 {
                return Ok(());
            }
            if count == 0 || count as u64 > remaining {
                let text = format!("content is not the {size} bytes it was declared to be");
                return Err(CopyError::Source(io::Error::new(
                    io::ErrorKind::InvalidData,
                    text,
                )));
            }
            self.sink
                .write_all(&self.buffer[..count])
                .map_err(CopyError::Sink)?;
            remaining -= count as u64;
        }
    }
}
