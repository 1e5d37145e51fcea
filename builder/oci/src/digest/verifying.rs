//! A reader that does not end well unless the bytes were the promised ones.

use std::io::{self, Read};

use thiserror::Error;

use super::{Digest, HashingReader};

/// Passes reads through; the read that meets the end fails if size or digest are not as promised.
///
/// A caller that stops before the end has verified nothing.
pub struct VerifyingReader<R> {
    inner: Option<HashingReader<R>>,
    digest: Digest,
    size: u64,
    passed: u64,
}

/// Bytes that are not the ones their name promises; travels inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VerifyError {
    #[error("content is {actual} bytes long, not {expected}")]
    Size { expected: u64, actual: u64 },
    #[error("content is longer than {expected} bytes")]
    Longer { expected: u64 },
    #[error("content has the digest `{actual}`, not `{expected}`")]
    Digest { expected: Digest, actual: Digest },
}

impl From<VerifyError> for io::Error {
    fn from(error: VerifyError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

impl<R: Read> VerifyingReader<R> {
    pub fn new(inner: R, digest: Digest, size: u64) -> Self {
        Self {
            inner: Some(HashingReader::new(inner)),
            digest,
            size,
            passed: 0,
        }
    }

    fn check(&mut self) -> Result<(), VerifyError> {
        let Some(inner) = self.inner.take() else {
            return Ok(());
        };
        let (actual, count) = inner.finish();
        if count != self.size {
            return Err(VerifyError::Size {
                expected: self.size,
                actual: count,
            });
        }
        if actual != self.digest {
            return Err(VerifyError::Digest {
                expected: self.digest,
                actual,
            });
        }
        Ok(())
    }
}

impl<R: Read> Read for VerifyingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(inner) = &mut self.inner else {
            return Ok(0);
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = inner.read(buffer)?;
        self.passed += count as u64;
        if self.passed > self.size {
            return Err(VerifyError::Longer {
                expected: self.size,
            }
            .into());
        }
        if count == 0 {
            self.check()?;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8], promised: &[u8], size: u64) -> Result<Vec<u8>, VerifyError> {
        let mut bytes = Vec::new();
        VerifyingReader::new(content, Digest::of(promised), size)
            .read_to_end(&mut bytes)
            .map(|_| bytes)
            .map_err(|error| error.downcast().unwrap())
    }

    #[test]
    fn only_the_promised_bytes_reach_a_good_end() {
        assert_eq!(check(b"blob", b"blob", 4), Ok(b"blob".to_vec()));
        assert_eq!(check(b"", b"", 0), Ok(Vec::new()));
        assert_eq!(
            check(b"blo", b"blob", 4),
            Err(VerifyError::Size {
                expected: 4,
                actual: 3
            })
        );
        assert_eq!(
            check(b"blobs", b"blob", 4),
            Err(VerifyError::Longer { expected: 4 })
        );
        assert!(matches!(
            check(b"blab", b"blob", 4),
            Err(VerifyError::Digest { .. })
        ));
    }
}
