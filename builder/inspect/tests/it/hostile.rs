//! Images that lie.

use proptest::prelude::*;
use tar::EntryType;
use wpimg_inspect::{
    Image, ImageError,
    layer::{ArchiveError, LayerError, Limits},
};
use wpimg_oci::{digest::Digest, media_type};

use crate::sample::{Archive, Sample, archive};

fn refusal(archive: Archive) -> LayerError {
    match Sample::of([archive]).read() {
        Err(ImageError::Layer(error)) => error,
        other => panic!("not refused: {:?}", other.map(|image| image.digest)),
    }
}

#[test]
fn a_damaged_blob_is_named_with_a_way_out() {
    let mut sample = Sample::of([archive().file("a", "content")]);
    sample.damage(0, |bytes| bytes.push(0));
    let Err(ImageError::Layer(error)) = sample.read() else {
        panic!("damage was not seen")
    };
    assert!(matches!(error, LayerError::Corrupt { .. }), "{error:?}");
    assert_eq!(
        error.hint().as_deref(),
        Some("fetch or build the image again")
    );
}

#[test]
fn an_archive_that_is_not_what_the_config_says_is_refused() {
    let mut sample = Sample::default();
    let bytes = archive().file("a", "1").bytes();
    sample.blob(bytes, media_type::LAYER_TAR, Digest::of(b"other"), "step");
    assert!(matches!(
        sample.read(),
        Err(ImageError::Layer(LayerError::DiffId { .. }))
    ));
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let zeros = vec![0; 3 << 20];
    let bomb = || archive().entry(b"bomb", EntryType::Regular, &zeros, |_| {});
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::default()
    };
    let refused = Sample::of([bomb()]).read_within(limits);
    assert!(matches!(
        refused,
        Err(ImageError::Layer(LayerError::Limit { .. }))
    ));
    let limits = Limits {
        entries: 1,
        ..Limits::default()
    };
    let two = archive().file("a", "").file("b", "");
    let refused = Sample::of([two]).read_within(limits);
    assert!(matches!(
        refused,
        Err(ImageError::Layer(LayerError::Limit {
            what: "entries",
            ..
        }))
    ));
    let behind = archive().file("a", "").raw(&zeros);
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::default()
    };
    let refused = Sample::of([behind]).read_within(limits);
    assert!(matches!(
        refused,
        Err(ImageError::Layer(LayerError::Limit { .. }))
    ));
    assert!(Sample::of([bomb()]).read().is_ok());
}

#[test]
fn a_long_name_of_gigabytes_is_refused_before_it_is_read() {
    let long = archive().entry(b"././@LongLink", EntryType::GNULongName, b"", |header| {
        header.set_size(8 << 30);
    });
    let error = refusal(long);
    assert!(
        matches!(error, LayerError::Archive { source: ArchiveError::Extension { size, .. }, .. } if size == 8 << 30)
    );
}

#[test]
fn long_names_and_extended_headers_are_understood() {
    let long = "d/".repeat(120) + "file";
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let length = rest.len() + 2;
        format!("{length}{rest}")
    };
    let records =
        record("path", "named/by/pax") + &record("mtime", "1234.5") + &record("uid", "12345678");
    let layer = archive()
        .entry(
            b"././@LongLink",
            EntryType::GNULongName,
            format!("{long}\0").as_bytes(),
            |_| {},
        )
        .file("short", "1")
        .entry(b"x", EntryType::XHeader, records.as_bytes(), |_| {})
        .file("y", "22");
    let image = Sample::of([layer]).read().unwrap();
    let [first, second] = image.layers[0].entries.as_slice() else {
        panic!("two entries")
    };
    assert_eq!(first.path.as_str(), Some(&*long));
    assert_eq!(second.path.to_string(), "/named/by/pax");
    assert_eq!(
        (second.mtime.to_string(), second.uid),
        ("1234.500000000".to_owned(), 12_345_678)
    );
}

#[test]
fn no_name_leaves_the_root_or_commands_the_terminal() {
    let layer = archive()
        .file("../../etc/passwd", "1")
        .file("/abs", "2")
        .entry(b"evil\x1b[2J\xff", EntryType::Regular, b"", |_| {});
    let image = Sample::of([layer]).read().unwrap();
    let paths: Vec<_> = image
        .tree
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    assert_eq!(paths, ["/abs", "/etc/passwd", "/evil\\u{1b}[2J\\xff"]);
}

#[test]
fn sparse_files_unknown_kinds_and_cut_archives_are_named() {
    let sparse = archive().entry(b"holes", EntryType::GNUSparse, b"", |_| {});
    assert!(matches!(
        refusal(sparse),
        LayerError::Archive {
            source: ArchiveError::Sparse { .. },
            ..
        }
    ));
    let unknown = archive().entry(b"what", EntryType::new(b'Z'), b"", |_| {});
    assert!(matches!(
        refusal(unknown),
        LayerError::Archive {
            source: ArchiveError::Kind { kind: b'Z', .. },
            ..
        }
    ));
    let cut = archive().entry(b"cut", EntryType::Regular, b"", |header| {
        header.set_size(1 << 40);
    });
    let limits = Limits {
        bytes: u64::MAX,
        ..Limits::default()
    };
    assert!(matches!(
        Sample::of([cut]).read_within(limits),
        Err(ImageError::Layer(LayerError::Archive {
            source: ArchiveError::Truncated { .. },
            ..
        }))
    ));
}

#[test]
fn a_package_list_of_gigabytes_is_refused() {
    let huge = archive().entry(b"var/lib/dpkg/status", EntryType::Regular, b"", |header| {
        header.set_size(1 << 30);
    });
    let error = refusal(huge);
    assert!(
        matches!(error, LayerError::Kept { size, .. } if size == 1 << 30),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn damaged_archives_are_read_or_refused_and_never_more(
        changes in prop::collection::vec((0_usize..4096, any::<u8>()), 1..12)
    ) {
        let mut bytes = archive()
            .directory("a")
            .entry(b"x", EntryType::XHeader, b"12 path=a/b\n", |_| {})
            .file("a/c", "content")
            .link(EntryType::Symlink, "l", "a")
            .file("l/d", "x")
            .bytes();
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
            // A right checksum lets the damage through to what comes after it.
            let block = place / 512 * 512;
            let mut header = tar::Header::from_byte_slice(&bytes[block..block + 512]).clone();
            header.set_cksum();
            bytes[block..block + 512].copy_from_slice(header.as_bytes());
        }
        let mut sample = Sample::default();
        sample.layer(&bytes, media_type::LAYER_TAR, "step");
        if let Ok(image) = sample.read() {
            let report = wpimg_inspect::Report::of(&image);
            prop_assert!(!report.text(5).is_empty());
            prop_assert!(wpimg_inspect::page::html(&report).ends_with("</html>\n"));
        }
    }

    #[test]
    fn documents_of_any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Image::read(&bytes, &Sample::default()).is_err());
    }
}
