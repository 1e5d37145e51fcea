//! An unlinked file that holds the decompressed contents of package files until they are layered.
//!
//! The file has no name, so a killed build leaves nothing behind; its pages live in the page
//! cache, not in the process, which keeps the peak memory of a build low.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use wpimg_oci::rootfs::Content;

/// Contents could not be brought into the spool.
#[derive(Debug, Error)]
pub enum SpoolError {
    /// The file system of the spool refused.
    #[error("could not write unpacked files below `{directory}` ({written} bytes so far)")]
    Write {
        directory: PathBuf,
        written: u64,
        #[source]
        source: io::Error,
    },
    /// The contents themselves could not be read: the archive is damaged.
    #[error("could not decompress the file's contents")]
    Read(#[source] io::Error),
}

/// An append-only spool file. Each worker has its own.
#[derive(Debug)]
pub struct Spool {
    file: Arc<File>,
    directory: PathBuf,
    /// Bytes not yet written; flushed when full and by [`Spool::finish`].
    buffer: Vec<u8>,
    flushed: u64,
}

const BUFFER_BYTES: usize = 256 * 1024;

impl Spool {
    /// Makes a nameless file below `directory`.
    pub fn create(directory: &Path) -> Result<Self, SpoolError> {
        match tempfile::tempfile_in(directory) {
            Ok(file) => Ok(Self {
                file: Arc::new(file),
                directory: directory.to_owned(),
                buffer: Vec::with_capacity(BUFFER_BYTES),
                flushed: 0,
            }),
            Err(source) => Err(SpoolError::Write {
                directory: directory.to_owned(),
                written: 0,
                source,
            }),
        }
    }

    /// Appends what `reader` yields and returns where it lies.
    ///
    /// The contents may be read once [`Spool::finish`] has been called.
    pub fn append(&mut self, reader: &mut (impl Read + ?Sized)) -> Result<Content, SpoolError> {
        let offset = self.position();
        loop {
            if self.buffer.len() == BUFFER_BYTES {
                self.finish()?;
            }
            let room = (BUFFER_BYTES - self.buffer.len()) as u64;
            let read = (&mut *reader)
                .take(room)
                .read_to_end(&mut self.buffer)
                .map_err(SpoolError::Read)?;
            if (read as u64) < room {
                break;
            }
        }
        Ok(Content::Spooled {
            file: Arc::clone(&self.file),
            offset,
            size: self.position() - offset,
        })
    }

    /// Writes what is still buffered, so that every returned content can be read.
    pub fn finish(&mut self) -> Result<(), SpoolError> {
        (&*self.file)
            .write_all(&self.buffer)
            .map_err(|source| SpoolError::Write {
                directory: self.directory.clone(),
                written: self.flushed,
                source,
            })?;
        self.flushed += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn position(&self) -> u64 {
        self.flushed + self.buffer.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_larger_than_the_buffer_come_back_whole() {
        let directory = tempfile::tempdir().unwrap();
        let mut spool = Spool::create(directory.path()).unwrap();
        let large: Vec<u8> = (0..700_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let first = spool.append(&mut large.as_slice()).unwrap();
        let second = spool.append(&mut &b"small"[..]).unwrap();
        spool.finish().unwrap();
        assert_eq!(first.read_all(1 << 20).unwrap(), large);
        assert_eq!(second.read_all(1 << 20).unwrap(), b"small");
    }

    #[test]
    fn a_missing_directory_is_named() {
        let error = Spool::create(Path::new("/nonexistent/spool")).unwrap_err();
        assert!(
            error.to_string().contains("`/nonexistent/spool`"),
            "{error}"
        );
    }
}
