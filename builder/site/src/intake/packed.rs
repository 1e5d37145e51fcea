//! The bytes of an archive: a file or memory, read from any place without a shared position.
//!
//! A zip is read from two places in turn, its directory and its contents, so every reader has a
//! position and a small window of its own.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
};

use super::Problem;

/// Headers of a zip are some dozen bytes each; contents are read past the window.
const WINDOW: usize = 8 << 10;

/// An archive that is open for reading.
pub(super) enum Packed<'a> {
    File { file: File, size: u64 },
    Memory(&'a [u8]),
}

impl Packed<'_> {
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let failed = |source| Problem::Read {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(Problem::NotAFile {
                path: path.to_owned(),
            });
        }
        Ok(Self::File {
            file,
            size: metadata.len(),
        })
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Returns the first bytes, fewer if there are not as many.
    pub(super) fn start(&self, length: usize) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.reader().take(length as u64).read_to_end(&mut start)?;
        Ok(start)
    }

    pub(super) fn reader(&self) -> BufReader<PackedReader<'_>> {
        let reader = PackedReader {
            packed: self,
            position: 0,
        };
        BufReader::with_capacity(WINDOW, reader)
    }

    /// Fills `buffer` from `offset`; an archive that ends before is damaged.
    pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut reader = PackedReader {
            packed: self,
            position: offset,
        };
        reader.read_exact(buffer)
    }
}

pub(super) struct PackedReader<'a> {
    packed: &'a Packed<'a>,
    position: u64,
}

impl Read for PackedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.packed {
            Packed::File { file, .. } => file.read_at(buffer, self.position)?,
            Packed::Memory(bytes) => {
                let start = usize::try_from(self.position).unwrap_or(usize::MAX);
                let mut rest = bytes.get(start..).unwrap_or_default();
                rest.read(buffer)?
            }
        };
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for PackedReader<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.packed.size().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        // read_at takes a signed offset of the same width.
        self.position = position
            .filter(|&position| i64::try_from(position).is_ok())
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
