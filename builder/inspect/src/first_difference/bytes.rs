//! Two streams beside each other, up to the first byte that differs.

use std::io::{self, Read};

use wpimg_oci::image::Descriptor;

use crate::{
    blob::Blobs,
    image::ImageError,
    layer::{self, Layer},
    plain::plain_bytes,
};

/// Enough to recognise a word, a date or a path in the bytes.
const WINDOW: usize = 24;

/// Opens a layer's archive at an offset.
pub(super) fn at<'a>(
    layer: &Layer,
    blobs: &'a dyn Blobs,
    offset: u64,
) -> Result<layer::Decoder<'a>, ImageError> {
    let descriptor = Descriptor::new(&layer.media_type, layer.digest, layer.size);
    let mut archive = layer::open_archive(&descriptor, blobs)?;
    let skipped = io::copy(&mut (&mut archive).take(offset), &mut io::sink());
    skipped.map_err(|error| lost(layer, error))?;
    Ok(archive)
}

pub(super) fn lost(layer: &Layer, error: io::Error) -> ImageError {
    ImageError::Layer(layer::failed(layer.digest, error))
}

pub(super) struct Differing {
    pub(super) offset: u64,
    pub(super) left: String,
    pub(super) right: String,
}

/// Reads both until they differ or end.
pub(super) fn compare(left: &mut dyn Read, right: &mut dyn Read) -> io::Result<Differing> {
    const BUFFER: usize = 64 << 10;
    let (mut a, mut b) = (vec![0; BUFFER], vec![0; BUFFER]);
    let mut offset = 0;
    loop {
        let (a_count, b_count) = (fill(left, &mut a)?, fill(right, &mut b)?);
        let (a, b) = (&a[..a_count], &b[..b_count]);
        let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        if same < a.len().max(b.len()) || a.is_empty() {
            let window = |bytes: &[u8]| {
                let end = bytes.len().min(same + WINDOW);
                plain_bytes(bytes.get(same..end).unwrap_or_default())
            };
            return Ok(Differing {
                offset: offset + same as u64,
                left: window(a),
                right: window(b),
            });
        }
        offset += same as u64;
    }
}

fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
