//! The headers of a zip that its library does not show: the one in front of each content, and
//! whether the directory goes on after its last entry.
//!
//! Readers that stream go by the local headers and readers that seek by the directory. An archive
//! in which they disagree shows one thing to whoever checked it and another to us.

use std::io;

use zip::{CompressionMethod, read::ZipFileEntry};

use super::packed::Packed;

const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
const CENTRAL_SIGNATURE: &[u8] = b"PK\x01\x02";
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const ENCRYPTED: u16 = 1;
/// Sizes and checksum stand behind the content, and are zero or missing here.
const DATA_DESCRIPTOR: u16 = 1 << 3;
/// The value stands in the zip64 field.
const IN_ZIP64: u32 = u32::MAX;

/// What stands directly in front of an entry's content.
pub(super) struct LocalHeader {
    pub(super) data_start: u64,
    name: Vec<u8>,
    flags: u16,
    method: u16,
    checksum: u32,
    compressed: u32,
    unpacked: u32,
}

impl LocalHeader {
    pub(super) fn read(packed: &Packed<'_>, offset: u64) -> io::Result<Self> {
        let mut fixed = [0; LOCAL_LENGTH];
        packed.read_exact_at(&mut fixed, offset)?;
        if !fixed.starts_with(LOCAL_SIGNATURE) {
            return Err(io::Error::other(
                "there is no header where the directory says",
            ));
        }
        let name_length = u16_at(&fixed, 26);
        let extra_length = u16_at(&fixed, 28);
        let mut name = vec![0; usize::from(name_length)];
        packed.read_exact_at(&mut name, offset + LOCAL_LENGTH as u64)?;
        Ok(Self {
            data_start: offset
                + LOCAL_LENGTH as u64
                + u64::from(name_length)
                + u64::from(extra_length),
            name,
            flags: u16_at(&fixed, 6),
            method: u16_at(&fixed, 8),
            checksum: u32_at(&fixed, 14),
            compressed: u32_at(&fixed, 18),
            unpacked: u32_at(&fixed, 22),
        })
    }

    /// Returns the name of a field in which `entry`, of the directory, differs.
    pub(super) fn disagreement(
        &self,
        entry: &ZipFileEntry<'_>,
        method: u16,
    ) -> Option<&'static str> {
        if self.name != entry.name_raw() {
            return Some("name");
        }
        if self.method != method {
            return Some("compression method");
        }
        if self.flags & ENCRYPTED != 0 {
            return Some("encryption");
        }
        if self.flags & DATA_DESCRIPTOR != 0 {
            return None;
        }
        let differs = |local: u32, central: u64| local != IN_ZIP64 && u64::from(local) != central;
        if self.checksum != entry.crc32() {
            Some("checksum")
        } else if differs(self.compressed, entry.compressed_size())
            || differs(self.unpacked, entry.size())
        {
            Some("size")
        } else {
            None
        }
    }
}

/// Says whether another entry follows the one at `offset` of the directory.
pub(super) fn another_follows(packed: &Packed<'_>, offset: u64) -> io::Result<bool> {
    let mut fixed = [0; CENTRAL_LENGTH];
    packed.read_exact_at(&mut fixed, offset)?;
    let variable: u64 = [28, 30, 32]
        .map(|at| u64::from(u16_at(&fixed, at)))
        .iter()
        .sum();
    let mut signature = [0; 4];
    packed.read_exact_at(&mut signature, offset + CENTRAL_LENGTH as u64 + variable)?;
    Ok(signature == CENTRAL_SIGNATURE)
}

/// Returns what people call a compression method.
pub(super) fn method_name(method: CompressionMethod) -> String {
    #[expect(deprecated, reason = "the number is only shown")]
    let number = method.to_u16();
    match number {
        9 => "deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "LZMA".to_owned(),
        93 => "zstd".to_owned(),
        95 => "xz".to_owned(),
        98 => "PPMd".to_owned(),
        99 => "AES encryption".to_owned(),
        _ => format!("method {number}"),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
