//! Where a file's bytes are: in memory, or a range of a spool file shared by many files.
//!
//! Spooled ranges are read with positioned reads, so threads never fight over one file offset.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    sync::Arc,
};

use thiserror::Error;

/// The bytes of one regular file.
#[derive(Debug, Clone)]
pub enum Content {
    Inline(Arc<[u8]>),
    Spooled {
        file: Arc<File>,
        offset: u64,
        size: u64,
    },
}

/// Why content could not be read.
#[derive(Debug, Error)]
pub enum ContentError {
    #[error("content of {size} bytes is larger than the {limit} bytes allowed here")]
    TooLarge { size: u64, limit: u64 },
    #[error("content could not be read from the spool file")]
    Read {
        #[source]
        source: io::Error,
    },
}

impl Content {
    pub fn size(&self) -> u64 {
        match self {
            Self::Inline(bytes) => bytes.len() as u64,
            Self::Spooled { size, .. } => *size,
        }
    }

    /// Returns a reader from the first byte to the last; a spool that ends early is an error.
    pub fn open(&self) -> ContentReader {
        ContentReader {
            content: self.clone(),
            position: 0,
        }
    }

    /// Returns all bytes, or an error without reading if there are more than `limit`.
    pub fn read_all(&self, limit: u64) -> Result<Vec<u8>, ContentError> {
        let size = self.size();
        if size > limit {
            return Err(ContentError::TooLarge { size, limit });
        }
        let mut bytes = Vec::new();
        self.open()
            .read_to_end(&mut bytes)
            .map_err(|source| ContentError::Read { source })?;
        Ok(bytes)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Inline(bytes.into())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Inline(text.as_bytes().into())
    }
}

/// Reads one [`Content`] from start to end.
pub struct ContentReader {
    content: Content,
    position: u64,
}

impl Read for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let remaining = self.content.size() - self.position;
        let wanted = buffer
            .len()
            .min(usize::try_from(remaining).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let buffer = &mut buffer[..wanted];
        let count = match &self.content {
            Content::Inline(bytes) => {
                let start = usize::try_from(self.position).map_err(io::Error::other)?;
                buffer.copy_from_slice(&bytes[start..start + wanted]);
                wanted
            }
            Content::Spooled { file, offset, .. } => {
                let start = offset
                    .checked_add(self.position)
                    .ok_or(io::ErrorKind::InvalidInput)?;
                match file.read_at(buffer, start)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => count,
                }
            }
        };
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write, thread};

    use super::*;

    fn spool(bytes: &[u8]) -> Arc<File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        Arc::new(file)
    }

    #[test]
    fn a_range_is_read_without_its_neighbours() {
        let content = Content::Spooled {
            file: spool(b"aaabbbccc"),
            offset: 3,
            size: 3,
        };
        assert_eq!(content.read_all(3).unwrap(), b"bbb");
    }

    #[test]
    fn more_than_the_limit_is_not_read() {
        let error = Content::from("four").read_all(3).unwrap_err();
        assert!(
            matches!(error, ContentError::TooLarge { size: 4, limit: 3 }),
            "{error}"
        );
    }

    #[test]
    fn a_spool_that_ends_early_is_an_error() {
        let content = Content::Spooled {
            file: spool(b"short"),
            offset: 2,
            size: 9,
        };
        assert!(matches!(
            content.read_all(100),
            Err(ContentError::Read { .. })
        ));
    }

    #[test]
    fn an_offset_at_the_edge_of_the_range_does_not_wrap() {
        let content = Content::Spooled {
            file: spool(b"x"),
            offset: u64::MAX,
            size: 2,
        };
        assert!(content.read_all(100).is_err());
    }

    #[test]
    fn threads_read_one_file_at_once() {
        let file = spool(&(0..=255).flat_map(|byte| [byte; 1000]).collect::<Vec<u8>>());
        thread::scope(|scope| {
            for byte in 0..=255u8 {
                let file = Arc::clone(&file);
                scope.spawn(move || {
                    let offset = u64::from(byte) * 1000;
                    let content = Content::Spooled {
                        file,
                        offset,
                        size: 1000,
                    };
                    assert_eq!(content.read_all(1000).unwrap(), [byte; 1000]);
                });
            }
        });
    }
}
