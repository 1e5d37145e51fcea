//! How a layer is compressed, with everything that could show in the bytes pinned.
//!
//! - zstd always runs through its multi-threaded path: one worker and eight give the same bytes,
//!   no worker at all gives others. The frame carries no checksum, because every reader of a blob
//!   verifies its SHA-256 anyway. Levels stop at 19: higher ones need a window of more than the
//!   8 MiB that a decoder is required to support (RFC 8878, section 3.1.1.1.2).
//! - gzip is one member with no time, no name and "unknown" as its operating system (RFC 1952);
//!   lazy-loading indexes cannot seek in more than one member.

use std::io::{self, Write};

use flate2::{GzBuilder, write::GzEncoder};
use zstd::{stream::write::Encoder as ZstdEncoder, zstd_safe::CParameter};

use super::LayerError;
use crate::media_type;

const GZIP_UNKNOWN_SYSTEM: u8 = 255;
/// How much one zstd worker takes at a time. zstd's own choice follows the level and takes twice the
/// memory for half a percent of size.
const ZSTD_JOB_SIZE: u32 = 4 << 20;

/// A compressor and its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Levels 1 to 19.
    Zstd {
        level: i32,
    },
    /// Levels 1 to 9.
    Gzip {
        level: u32,
    },
    None,
}

impl Compression {
    /// Returns the media type of a layer compressed this way.
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Zstd { .. } => media_type::LAYER_TAR_ZSTD,
            Self::Gzip { .. } => media_type::LAYER_TAR_GZIP,
            Self::None => media_type::LAYER_TAR,
        }
    }

    /// Returns an encoder in front of `sink`, or an error for a level the format does not have.
    pub(super) fn encoder<W: Write>(self, threads: u32, sink: W) -> Result<Encoder<W>, LayerError> {
        match self {
            Self::Zstd {
                level: level @ 1..=19,
            } => {
                let start = || {
                    let mut encoder = ZstdEncoder::new(sink, level)?;
                    encoder.include_checksum(false)?;
                    encoder.multithread(threads.max(1))?;
                    encoder.set_parameter(CParameter::JobSize(ZSTD_JOB_SIZE))?;
                    Ok(Encoder::Zstd(encoder))
                };
                start().map_err(|source| LayerError::Compressor { source })
            }
            Self::Gzip {
                level: level @ 1..=9,
            } => {
                let header = GzBuilder::new()
                    .mtime(0)
                    .operating_system(GZIP_UNKNOWN_SYSTEM);
                Ok(Encoder::Gzip(
                    header.write(sink, flate2::Compression::new(level)),
                ))
            }
            Self::None => Ok(Encoder::None(sink)),
            Self::Zstd { level } => Err(LayerError::Level {
                format: "zstd",
                level: level.into(),
                highest: 19,
            }),
            Self::Gzip { level } => Err(LayerError::Level {
                format: "gzip",
                level: level.into(),
                highest: 9,
            }),
        }
    }
}

/// A running compressor.
pub(super) enum Encoder<W: Write> {
    Zstd(ZstdEncoder<'static, W>),
    Gzip(GzEncoder<W>),
    None(W),
}

impl<W: Write> Encoder<W> {
    /// Ends the stream and returns the sink.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
            Self::None(sink) => Ok(sink),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::None(sink) => sink.write(bytes),
        }
    }

    /// Does nothing: flushing a compressor would cut a block and show in the bytes.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
