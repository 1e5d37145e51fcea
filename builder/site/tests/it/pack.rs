//! Writes archives as nobody should: every field can be a lie.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};
use wpimg_site::{
    Intake, IntakeError, SiteKind,
    intake::{InMemory, Limits, Options, Problem, Source, from_bytes, take_in},
};

/// One entry of a zip, honest until a field is changed.
#[derive(Clone)]
pub(crate) struct ZipEntry {
    pub(crate) name: Vec<u8>,
    /// What the local header says; the same as `name` unless changed.
    pub(crate) local_name: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// Unix mode with type bits.
    pub(crate) mode: u32,
    pub(crate) made_by: u8,
    pub(crate) checksum: u32,
    pub(crate) unpacked: u32,
    /// Packed bytes as they are written.
    pub(crate) packed: Vec<u8>,
    /// Added to the offset that the directory states.
    pub(crate) offset: i64,
}

pub(crate) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

impl ZipEntry {
    pub(crate) fn new(name: &str, content: &str) -> Self {
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let is_directory = name.ends_with('/');
        Self {
            name: name.into(),
            local_name: name.into(),
            content: content.into(),
            method: if is_directory { 0 } else { 8 },
            flags: 0,
            mode: if is_directory { 0o040_755 } else { 0o100_644 },
            made_by: 3,
            checksum: crc.sum(),
            unpacked: u32::try_from(content.len()).unwrap(),
            packed: if is_directory {
                Vec::new()
            } else {
                deflate(content.as_bytes())
            },
            offset: 0,
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn stored(self) -> Self {
        self.with(|entry| {
            entry.method = 0;
            entry.packed = entry.content.clone();
        })
    }
}

/// Writes entries, directory and end record; `declared` is how many the end record admits to.
pub(crate) fn zip_declaring(entries: &[ZipEntry], declared: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = bytes.len();
        let sizes = |out: &mut Vec<u8>| {
            out.extend(entry.flags.to_le_bytes());
            out.extend(entry.method.to_le_bytes());
            out.extend([0, 0, 0x21, 0]);
            out.extend(entry.checksum.to_le_bytes());
            out.extend(u32::try_from(entry.packed.len()).unwrap().to_le_bytes());
            out.extend(entry.unpacked.to_le_bytes());
        };
        bytes.extend(b"PK\x03\x04\x14\x00");
        sizes(&mut bytes);
        bytes.extend(u16::try_from(entry.local_name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(&entry.local_name);
        bytes.extend(&entry.packed);

        directory.extend(b"PK\x01\x02\x14");
        directory.extend([entry.made_by, 0x14, 0]);
        sizes(&mut directory);
        directory.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        directory.extend([0; 8]);
        directory.extend((entry.mode << 16).to_le_bytes());
        let stated = i64::try_from(offset).unwrap() + entry.offset;
        directory.extend(u32::try_from(stated).unwrap().to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let length = u32::try_from(directory.len()).unwrap();
    let count = u16::try_from(declared).unwrap().to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

pub(crate) fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    zip_declaring(entries, entries.len())
}

pub(crate) fn files(names: &[(&str, &str)]) -> Vec<ZipEntry> {
    names
        .iter()
        .map(|(name, content)| ZipEntry::new(name, content))
        .collect()
}

/// One entry of a tar: type flag, name, link target, mode, content.
pub(crate) struct TarEntry<'a>(
    pub(crate) u8,
    pub(crate) &'a [u8],
    pub(crate) &'a [u8],
    pub(crate) u32,
    pub(crate) &'a [u8],
);

pub(crate) fn tar_header(entry: &TarEntry<'_>) -> [u8; 512] {
    let TarEntry(kind, name, link, mode, content) = entry;
    let mut header = [0u8; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..107].copy_from_slice(format!("{mode:07o}").as_bytes());
    header[108..115].copy_from_slice(b"0001750");
    header[116..123].copy_from_slice(b"0001750");
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[136..147].copy_from_slice(b"14000000000");
    header[156] = *kind;
    header[157..157 + link.len()].copy_from_slice(link);
    header[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut header);
    header
}

/// Writes the checksum of a header that was changed.
pub(crate) fn seal(header: &mut [u8; 512]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

/// Writes entries without the zeros that end an archive.
pub(crate) fn open_tar(entries: &[TarEntry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(tar_header(entry));
        bytes.extend(entry.4);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes
}

pub(crate) fn tar(entries: &[TarEntry<'_>]) -> Vec<u8> {
    let mut bytes = open_tar(entries);
    bytes.extend([0; 1024]);
    bytes
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn intake(bytes: &[u8]) -> Result<Intake, IntakeError> {
    from_bytes(bytes, Limits::default())
}

/// Takes in `bytes` under a file name.
pub(crate) fn named(name: &str, bytes: Vec<u8>) -> Intake {
    let source = Source::Bytes {
        name: name.to_owned(),
        bytes,
    };
    take_in(&source, &Options::default(), &mut InMemory).unwrap()
}

#[track_caller]
pub(crate) fn problem(bytes: &[u8]) -> Problem {
    intake(bytes).unwrap_err().problem
}

/// One line per entry: kind, mode, path, content or target.
pub(crate) fn listing(intake: &Intake) -> String {
    let lines = intake.entries.iter().map(|entry| {
        let (kind, rest) = match &entry.kind {
            SiteKind::Directory => ('d', String::new()),
            SiteKind::Symlink(target) => ('l', format!(" -> {target}")),
            SiteKind::File(content) => {
                let text = content.read_all(1 << 20).unwrap();
                ('f', format!(" = {}", String::from_utf8_lossy(&text)))
            }
        };
        format!("{kind} {:o} {}{rest}", entry.mode, entry.path)
    });
    lines.collect::<Vec<_>>().join("\n")
}
