//! How a layer is compressed: what its media type says, and what its first bytes are.
//!
//! The bytes decide, as they do for every engine; a media type that says otherwise is remembered.

use std::{
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use flate2::bufread::MultiGzDecoder;

/// `zstd --ultra -22` uses a window of 2^27 bytes; more would be the image's choice of our memory.
const ZSTD_WINDOW_LOG: u32 = 27;
const INPUT_BUFFER: usize = 128 << 10;

/// The compression of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    /// Reads a media type; `None` when it is not one of a layer that holds a file tree.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let suffix = match media_type.strip_prefix("application/vnd.") {
            Some(rest) => rest
                .strip_prefix("oci.image.layer.v1.tar")
                .or_else(|| rest.strip_prefix("oci.image.layer.nondistributable.v1.tar"))
                .or_else(|| rest.strip_prefix("docker.image.rootfs.diff.tar"))
                .or_else(|| rest.strip_prefix("docker.image.rootfs.foreign.diff.tar"))?,
            None => return None,
        };
        match suffix {
            "" => Some(Self::Plain),
            "+gzip" | ".gzip" => Some(Self::Gzip),
            "+zstd" | ".zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    fn from_magic(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A layer's bytes without their compression.
pub(crate) struct Decoder<'a> {
    pub(crate) encoding: Encoding,
    reader: Decoding<'a>,
}

enum Decoding<'a> {
    Plain(BufReader<Source<'a>>),
    Gzip(Box<MultiGzDecoder<BufReader<Source<'a>>>>),
    Zstd(zstd::Decoder<'static, BufReader<Source<'a>>>),
}

type Source<'a> = Box<dyn Read + Send + 'a>;

impl<'a> Decoder<'a> {
    pub(crate) fn new(source: Source<'a>) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(INPUT_BUFFER, source);
        let encoding = Encoding::from_magic(input.fill_buf()?);
        let reader = match encoding {
            Encoding::Plain => Decoding::Plain(input),
            Encoding::Gzip => Decoding::Gzip(Box::new(MultiGzDecoder::new(input))),
            Encoding::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Decoding::Zstd(decoder)
            }
        };
        Ok(Self { encoding, reader })
    }

    /// Reads the source to its end, where it says whether it was the promised one.
    pub(crate) fn finish(self) -> io::Result<()> {
        let mut rest = match self.reader {
            Decoding::Plain(reader) => reader,
            Decoding::Gzip(reader) => reader.into_inner(),
            Decoding::Zstd(reader) => reader.finish(),
        };
        io::copy(&mut rest, &mut io::sink()).map(|_| ())
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.reader {
            Decoding::Plain(reader) => reader.read(buffer),
            Decoding::Gzip(reader) => reader.read(buffer),
            Decoding::Zstd(reader) => reader.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn media_types_of_both_worlds_are_known() {
        for (media_type, expected) in [
            (
                "application/vnd.oci.image.layer.v1.tar",
                Some(Encoding::Plain),
            ),
            (
                "application/vnd.oci.image.layer.v1.tar+zstd",
                Some(Encoding::Zstd),
            ),
            (
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                Some(Encoding::Gzip),
            ),
            ("application/vnd.oci.image.layer.v1.tar+lz4", None),
            ("application/vnd.in-toto+json", None),
        ] {
            assert_eq!(
                Encoding::from_media_type(media_type),
                expected,
                "{media_type}"
            );
        }
    }
}
