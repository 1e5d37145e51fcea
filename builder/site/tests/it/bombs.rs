//! Archives that unpack to more than anybody has room for.

use std::io::{self, Read};

use wpimg_oci::rootfs::Content;
use wpimg_site::intake::{
    ContentSink, Limits, Options, Problem, SinkError, Source, from_bytes, take_in,
};

use crate::pack::{TarEntry, ZipEntry, deflate, files, gzip, tar, tar_header, zip};

/// Counts what it is given and keeps nothing.
#[derive(Default)]
struct Counting(u64);

impl ContentSink for Counting {
    fn store(&mut self, reader: &mut dyn Read) -> Result<Content, SinkError> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match reader.read(&mut buffer).map_err(SinkError::Read)? {
                0 => return Ok(Content::from("")),
                read => self.0 += read as u64,
            }
        }
    }
}

/// A disk that is full.
struct Full;

impl ContentSink for Full {
    fn store(&mut self, _: &mut dyn Read) -> Result<Content, SinkError> {
        Err(SinkError::Write(Box::new(io::Error::from(
            io::ErrorKind::StorageFull,
        ))))
    }
}

fn count(bytes: Vec<u8>) -> (Problem, u64) {
    let source = Source::Bytes {
        name: "bomb.zip".to_owned(),
        bytes,
    };
    let mut sink = Counting::default();
    let error = take_in(&source, &Options::default(), &mut sink).unwrap_err();
    assert_eq!(error.origin, "bomb.zip");
    assert!(error.hint().is_some());
    (error.problem, sink.0)
}

/// Ten gigabytes of zeros as a tar that is compressed while it is made.
fn tar_of_zeros<W: io::Write>(mut encoder: W) -> W {
    let mut header = tar_header(&TarEntry(b'0', b"p/zeros", b"", 0o644, b""));
    header[124..135].copy_from_slice(b"77777777777");
    crate::pack::seal(&mut header);
    encoder.write_all(&header).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..600 {
        encoder.write_all(&zeros).unwrap();
    }
    encoder
}

#[test]
fn zeros_in_a_tar_end_at_what_the_archive_may_unpack_to() {
    let zstd = tar_of_zeros(zstd::Encoder::new(Vec::new(), 1).unwrap())
        .finish()
        .unwrap();
    assert!(zstd.len() < 100 << 10, "{}", zstd.len());
    let (problem, written) = count(zstd);
    assert!(
        matches!(problem, Problem::Bomb { limit, .. } if limit == 64 << 20),
        "{problem}"
    );
    assert!(written <= 64 << 20, "{written}");
}

#[test]
fn a_zip_that_admits_to_its_size_is_refused_before_anything_is_unpacked() {
    let entry = ZipEntry::new("p/zeros", "").with(|entry| {
        entry.packed = deflate(&[0; 1000]);
        entry.unpacked = u32::MAX - 1;
    });
    let (problem, written) = count(zip(&[entry]));
    assert!(matches!(problem, Problem::Bomb { .. }), "{problem}");
    assert_eq!(written, 0);
}

#[test]
fn a_zip_that_lies_about_its_size_unpacks_no_more_than_it_said() {
    let entry = ZipEntry::new("p/zeros", "").with(|entry| {
        entry.packed = deflate(&vec![0; 1 << 20]);
        entry.unpacked = 100_000;
    });
    let (problem, written) = count(zip(&[entry]));
    assert!(
        matches!(
            problem,
            Problem::DamagedEntry { .. } | Problem::WrongSize { .. }
        ),
        "{problem}"
    );
    assert!(written <= 200_000, "{written}");
}

#[test]
fn more_than_the_total_is_refused_whatever_the_ratio() {
    let limits = Limits {
        unpacked: 5000,
        ..Limits::default()
    };
    let text = "text ".repeat(1000);
    let fits = from_bytes(&zip(&files(&[("p/a", &text)])), limits);
    assert_eq!(fits.unwrap().entries.len(), 1);
    let two = files(&[("p/a", &text), ("p/b", "!")]);
    let error = from_bytes(&zip(&two), limits).unwrap_err();
    assert!(
        matches!(error.problem, Problem::TooLarge { limit: 5000 }),
        "{error:?}"
    );
    let tar = tar(&[TarEntry(b'0', b"p/a", b"", 0o644, text.as_bytes())]);
    for bytes in [gzip(&tar), tar] {
        let error = from_bytes(&bytes, limits).unwrap_err();
        assert!(
            matches!(error.problem, Problem::TooLarge { limit: 5000 }),
            "{error:?}"
        );
    }
}

#[test]
fn more_entries_than_allowed_are_refused() {
    let limits = Limits {
        entries: 2,
        ..Limits::default()
    };
    let entries = files(&[("p/a", ""), ("p/b", ""), ("p/c", "")]);
    assert!(from_bytes(&zip(&entries[..2]), limits).is_ok());
    let error = from_bytes(&zip(&entries), limits).unwrap_err();
    assert!(
        matches!(error.problem, Problem::TooManyEntries { limit: 2 }),
        "{error:?}"
    );
    let entry = |name| TarEntry(b'0', name, b"", 0o644, b"");
    let error = from_bytes(&tar(&[entry(b"a"), entry(b"b"), entry(b"c")]), limits).unwrap_err();
    assert!(
        matches!(error.problem, Problem::TooManyEntries { limit: 2 }),
        "{error:?}"
    );
}

#[test]
fn a_full_disk_is_not_called_a_damaged_archive() {
    for bytes in [
        zip(&files(&[("p/a.php", "x")])),
        tar(&[TarEntry(b'0', b"p/a.php", b"", 0o644, b"x")]),
    ] {
        let source = Source::Bytes {
            name: "p.zip".to_owned(),
            bytes,
        };
        let error = take_in(&source, &Options::default(), &mut Full).unwrap_err();
        assert!(
            matches!(&error.problem, Problem::Sink { entry, source: SinkError::Write(_) } if entry == "p/a.php"),
            "{error:?}"
        );
        assert!(error.hint().unwrap().contains("space"));
    }
}
