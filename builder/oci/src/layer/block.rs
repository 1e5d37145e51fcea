//! Collects writes into blocks of one size.
//!
//! zlib's output depends on how its input was cut into calls: five write sizes gave five different
//! streams of the same 200 MB. With fixed blocks the caller's habits cannot reach the digest.

use std::io::{self, Write};

const BLOCK_SIZE: usize = 64 * 1024;

/// Passes bytes on in blocks of 64 KiB; only the last one may be shorter.
pub(super) struct BlockWriter<W> {
    inner: W,
    block: Vec<u8>,
}

impl<W: Write> BlockWriter<W> {
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            block: Vec::with_capacity(BLOCK_SIZE),
        }
    }

    /// Passes the last, short block on and returns the inner writer.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.inner.write_all(&self.block)?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for BlockWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let accepted = bytes.len().min(BLOCK_SIZE - self.block.len());
        self.block.extend_from_slice(&bytes[..accepted]);
        if self.block.len() == BLOCK_SIZE {
            self.inner.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(accepted)
    }

    /// Does nothing: a flush must not cut a block short.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Sizes(Vec<usize>);

    impl Write for Sizes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_size_of_the_writes_does_not_show() {
        for chunk in [
            1,
            7,
            512,
            BLOCK_SIZE - 1,
            BLOCK_SIZE,
            BLOCK_SIZE + 1,
            3 * BLOCK_SIZE,
        ] {
            let mut writer = BlockWriter::new(Sizes::default());
            for bytes in vec![0; 2 * BLOCK_SIZE + 9].chunks(chunk) {
                writer.write_all(bytes).unwrap();
                writer.flush().unwrap();
            }
            assert_eq!(
                writer.finish().unwrap().0,
                [BLOCK_SIZE, BLOCK_SIZE, 9],
                "{chunk}"
            );
        }
    }
}
