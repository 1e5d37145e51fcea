//! A PNG picture made from nothing, large enough that WordPress makes thumbnails of it.
//!
//! Format: PNG specification (third edition), sections 5 and 11; 8-bit RGB, one `IDAT`, filter 0 on every row.

use std::io::Write;

use anyhow::Result;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
const RGB: u8 = 2;

/// A colour gradient of this many pixels.
pub fn gradient(width: u32, height: u32) -> Result<Vec<u8>> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    // Bit depth, colour type, compression, filter, interlace.
    header.extend_from_slice(&[8, RGB, 0, 0, 0]);

    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..height {
        let mut row = vec![0];
        for x in 0..width {
            row.extend_from_slice(&[shade(x, width), shade(y, height), 128]);
        }
        rows.write_all(&row)?;
    }

    let mut png = SIGNATURE.to_vec();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &rows.finish()?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Ok(png)
}

fn shade(position: u32, size: u32) -> u8 {
    u8::try_from(position * 255 / size.max(1)).unwrap_or(u8::MAX)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], contents: &[u8]) -> Result<()> {
    let mut checksum = Crc::new();
    checksum.update(&kind);
    checksum.update(contents);
    png.extend_from_slice(&u32::try_from(contents.len())?.to_be_bytes());
    png.extend_from_slice(&kind);
    png.extend_from_slice(contents);
    png.extend_from_slice(&checksum.sum().to_be_bytes());
    Ok(())
}
