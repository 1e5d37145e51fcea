//! Where file contents go while a thing is taken in.
//!
//! The caller implements [`ContentSink`] over its spool file; [`InMemory`] is for small things and
//! tests. The two ways to fail are told apart, because one is the archive's fault and the other is
//! the disk's.

use std::{
    error::Error,
    io::{self, Read},
};

use thiserror::Error;
use wpimg_oci::rootfs::Content;

/// Keeps the contents of files.
pub trait ContentSink {
    /// Reads `reader` to its end and returns where the bytes lie.
    fn store(&mut self, reader: &mut dyn Read) -> Result<Content, SinkError>;
}

/// Why content could not be kept.
#[derive(Debug, Error)]
pub enum SinkError {
    /// The reader failed; the error is handed back as it came, for its cause is in it.
    #[error("could not read the content")]
    Read(#[source] io::Error),
    #[error("could not keep the content")]
    Write(#[source] Box<dyn Error + Send + Sync>),
}

/// Keeps every file in memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct InMemory;

impl ContentSink for InMemory {
    fn store(&mut self, reader: &mut dyn Read) -> Result<Content, SinkError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(SinkError::Read)?;
        Ok(bytes.into())
    }
}
