//! What an archive is: told by its first bytes, whatever its name says.

use std::{
    fmt,
    io::{self, Read},
};

use bzip2::read::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use liblzma::{
    read::XzDecoder,
    stream::{CONCATENATED, Stream},
};

use super::{Problem, packed::Packed};

/// Enough for `xz -9`, whose dictionary is 64 MiB.
const XZ_MEMORY: u64 = 128 << 20;
/// `zstd --long`; what needs more is refused rather than given a gigabyte.
const ZSTD_WINDOW_LOG: u32 = 27;
/// A block of tar, the longest thing needed to recognise a format.
const BLOCK: usize = 512;

/// A format that is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar(Compression),
}

/// How a tar is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
    Bzip2,
}

/// Recognises an archive.
pub(super) fn recognise(packed: &Packed<'_>) -> Result<Format, Problem> {
    let start = packed
        .start(BLOCK)
        .map_err(|source| Problem::Damaged { source })?;
    let begins = |magic: &[u8]| start.starts_with(magic);
    let unsupported = |format| Err(Problem::UnsupportedFormat { format });
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        Ok(Format::Zip)
    } else if begins(b"PK\x07\x08") || begins(b"PK00PK") {
        Err(Problem::MultiDisk)
    } else if begins(b"\x1f\x8b") {
        Ok(Format::Tar(Compression::Gzip))
    } else if begins(b"\xfd7zXZ\0") {
        Ok(Format::Tar(Compression::Xz))
    } else if begins(b"\x28\xb5\x2f\xfd") {
        Ok(Format::Tar(Compression::Zstd))
    } else if begins(b"BZh") {
        Ok(Format::Tar(Compression::Bzip2))
    } else if begins(b"7z\xbc\xaf\x27\x1c") {
        unsupported("7z archive")
    } else if begins(b"Rar!") {
        unsupported("RAR archive")
    } else if begins(b"\x04\x22\x4d\x18") {
        unsupported("file compressed with lz4")
    } else if begins(b"LZIP") {
        unsupported("file compressed with lzip")
    } else if begins(b"\x1f\x9d") {
        unsupported("file compressed with compress")
    } else if is_tar_header(&start) {
        Ok(Format::Tar(Compression::None))
    } else {
        Err(Problem::UnknownFormat)
    }
}

/// Returns the bytes of the tar inside.
pub(super) fn decompress<'a>(
    packed: &'a Packed<'a>,
    compression: Compression,
) -> io::Result<Box<dyn Read + 'a>> {
    let input = packed.reader();
    Ok(match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
        Compression::Xz => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(XzDecoder::new_stream(input, stream))
        }
        Compression::Zstd => {
            let mut decoder = zstd::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        Compression::Bzip2 => Box::new(MultiBzDecoder::new(input)),
    })
}

/// Says whether `block` is the header of a tar entry: its checksum adds up.
pub(super) fn is_tar_header(block: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(block) = block.get(..BLOCK) else {
        return false;
    };
    let sum = block.iter().enumerate().map(|(index, &byte)| {
        // The checksum is taken with its own field as spaces.
        u32::from(if CHECKSUM.contains(&index) {
            b' '
        } else {
            byte
        })
    });
    let written: Vec<u8> = block[CHECKSUM]
        .iter()
        .copied()
        .skip_while(|byte| *byte == b' ')
        .take_while(u8::is_ascii_digit)
        .collect();
    let written = std::str::from_utf8(&written).unwrap_or_default();
    u32::from_str_radix(written, 8) == Ok(sum.sum())
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
        })
    }
}
