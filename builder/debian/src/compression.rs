//! Decompresses members and indexes, never beyond a stated size.
//!
//! Readers only; nothing is opened here. The limit guards against decompression bombs, and decoders
//! get memory limits of their own because xz and zstd let the input choose the window. Formats
//! allowed: deb(5) for `data.tar`, and what archives publish `Packages` in.

use std::{
    fmt,
    io::{self, BufReader, Read},
};

use flate2::read::MultiGzDecoder;
use liblzma::{
    read::XzDecoder,
    stream::{CONCATENATED, Stream},
};
use thiserror::Error;

/// Enough for `xz -9`, whose dictionary is 64 MiB.
const XZ_MEMORY: u64 = 256 << 20;
/// `zstd --ultra -22` uses a window of 2^27 bytes.
const ZSTD_WINDOW_LOG: u32 = 27;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
}

/// The content is larger than the caller allows; travels inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("content is larger than the allowed {limit} bytes")]
pub struct LimitExceeded {
    pub limit: u64,
}

impl Compression {
    /// Returns the file name suffix, dot included.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Xz => ".xz",
            Self::Zstd => ".zst",
        }
    }

    /// Recognises the suffix of a file name; `None` when it is none of ours.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        [Self::None, Self::Gzip, Self::Xz, Self::Zstd]
            .into_iter()
            .find(|compression| compression.suffix() == suffix)
    }
}

/// Decompresses `input`, failing with [`LimitExceeded`] once more than `limit` bytes come out.
pub fn decompress<'a>(
    compression: Compression,
    input: impl Read + 'a,
    limit: u64,
) -> io::Result<Decoder<'a>> {
    let reader: Box<dyn Read + 'a> = match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(MultiGzDecoder::new(BufReader::new(input))),
        Compression::Xz => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(XzDecoder::new_stream(input, stream))
        }
        Compression::Zstd => {
            let mut decoder = zstd::Decoder::new(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    };
    Ok(Decoder {
        reader,
        limit,
        left: limit,
    })
}

/// The decompressed side of a stream.
pub struct Decoder<'a> {
    reader: Box<dyn Read + 'a>,
    limit: u64,
    left: u64,
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Decoder")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // One byte more than allowed may be asked for: it tells "exactly full" from "too much".
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX);
        let length = buffer.len().min(most);
        let read = self.reader.read(&mut buffer[..length])?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(LimitExceeded { limit: self.limit })),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::{Compression as Level, write::GzEncoder};

    use super::{Compression, LimitExceeded, decompress};

    fn compress(compression: Compression, plain: &[u8]) -> Vec<u8> {
        match compression {
            Compression::None => plain.to_vec(),
            Compression::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Level::new(6));
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Xz => liblzma::encode_all(plain, 6).unwrap(),
            Compression::Zstd => zstd::encode_all(plain, 3).unwrap(),
        }
    }

    const ALL: [Compression; 4] = [
        Compression::None,
        Compression::Gzip,
        Compression::Xz,
        Compression::Zstd,
    ];

    #[test]
    fn every_format_gives_back_its_content_up_to_exactly_the_limit() {
        for compression in ALL {
            let packed = compress(compression, &[7; 5000]);
            let mut plain = Vec::new();
            let mut decoder = decompress(compression, &packed[..], 5000).unwrap();
            decoder.read_to_end(&mut plain).unwrap();
            assert_eq!(plain, [7; 5000], "{compression:?}");
        }
    }

    #[test]
    fn one_byte_over_the_limit_is_refused() {
        for compression in ALL {
            let packed = compress(compression, &[7; 5001]);
            let mut plain = Vec::new();
            let mut decoder = decompress(compression, &packed[..], 5000).unwrap();
            let error = decoder.read_to_end(&mut plain).unwrap_err();
            let limit = error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<LimitExceeded>());
            assert_eq!(
                limit,
                Some(&LimitExceeded { limit: 5000 }),
                "{compression:?}"
            );
        }
    }

    #[test]
    fn truncated_input_is_an_error_and_not_a_short_result() {
        for compression in [Compression::Gzip, Compression::Xz, Compression::Zstd] {
            let packed = compress(compression, &[7; 5000]);
            let cut = &packed[..packed.len() - 5];
            let mut plain = Vec::new();
            let mut decoder = decompress(compression, cut, 5000).unwrap();
            assert!(decoder.read_to_end(&mut plain).is_err(), "{compression:?}");
        }
    }

    #[test]
    fn suffixes_name_the_formats() {
        assert_eq!(Compression::from_suffix(".xz"), Some(Compression::Xz));
        assert_eq!(Compression::from_suffix(".bz2"), None);
    }
}
