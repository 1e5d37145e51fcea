//! Contents go to a spool file and are hashed on the way, so that each is read once.

use std::collections::HashMap;
use std::io::{self, Read};

use wpimg_assemble::spool::{Spool, SpoolError};
use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::rootfs::Content;
use wpimg_site::intake::{ContentSink, SinkError};

/// A spool that remembers the digest of each content.
pub(super) struct HashingSpool {
    spool: Spool,
    /// By offset.
    digests: HashMap<u64, Digest>,
}

impl HashingSpool {
    pub(super) fn new(spool: Spool) -> Self {
        Self {
            spool,
            digests: HashMap::new(),
        }
    }

    /// The digest of what was stored.
    pub(super) fn digest(&self, content: &Content) -> Option<Digest> {
        match content {
            Content::Inline(bytes) => Some(Digest::of(bytes)),
            // Nothing takes no room, so another content may begin where it lies.
            Content::Spooled { size: 0, .. } => Some(Digest::of(b"")),
            Content::Spooled { offset, .. } => self.digests.get(offset).copied(),
        }
    }

    /// Makes everything that was stored readable.
    pub(super) fn finish(&mut self) -> Result<(), SpoolError> {
        self.spool.finish()
    }
}

impl ContentSink for HashingSpool {
    fn store(&mut self, reader: &mut dyn Read) -> Result<Content, SinkError> {
        let mut hashing = HashingReader {
            reader,
            hasher: Hasher::new(),
        };
        let content = self
            .spool
            .append(&mut hashing)
            .map_err(|error| match error {
                SpoolError::Read(source) => SinkError::Read(source),
                SpoolError::Write { .. } => SinkError::Write(Box::new(error)),
            })?;
        if let Content::Spooled { offset, .. } = &content {
            self.digests.insert(*offset, hashing.hasher.finish());
        }
        Ok(content)
    }
}

struct HashingReader<'a> {
    reader: &'a mut dyn Read,
    hasher: Hasher,
}

impl Read for HashingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}
