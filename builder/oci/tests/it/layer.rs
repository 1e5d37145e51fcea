//! A layer is the same bytes every time, and an impossible one is refused.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use wpimg_oci::{
    digest::Digest,
    layer::{self, Compression, LayerError, LayerOptions},
    media_type,
    rootfs::{Content, Entry, Kind, Rootfs},
};

use crate::sample::{CLAMP, GZIP, ZSTD, link, noise, options, path, spooled, tree, write_layer};

#[test]
fn the_number_of_threads_does_not_show() {
    // Larger than one zstd job at this level, so that four workers do get work.
    let mut tree = tree();
    tree.insert(path("var/noise"), Entry::file(noise(24_000_000), 1));
    for compression in [
        Compression::Zstd { level: 1 },
        Compression::Gzip { level: 1 },
    ] {
        let digest = |threads| {
            let options = LayerOptions {
                threads,
                ..options(compression)
            };
            layer::write(tree.iter(), &options, io::sink())
                .unwrap()
                .digest
        };
        let one = digest(1);
        for threads in [0, 2, 4] {
            assert_eq!(
                digest(threads),
                one,
                "{compression:?} with {threads} threads"
            );
        }
    }
}

#[test]
fn where_content_comes_from_does_not_show() {
    let mut from_spool = Rootfs::new();
    for (path, entry) in &tree() {
        let mut entry = entry.clone();
        if let Some(content) = entry.content() {
            let bytes = content.read_all(1_000_000).unwrap();
            entry.kind = Kind::File(spooled(&bytes));
        }
        from_spool.insert(path.clone(), entry);
    }
    for compression in [ZSTD, GZIP] {
        let digest = |tree| write_layer(tree, compression).0.digest;
        assert_eq!(digest(&from_spool), digest(&tree()));
    }
}

#[test]
fn a_sink_that_takes_little_at_a_time_does_not_show() {
    struct Trickle(Vec<u8>);
    impl Write for Trickle {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(7);
            self.0.extend(&bytes[..count]);
            Ok(count)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for compression in [ZSTD, GZIP, Compression::None] {
        let mut sink = Trickle(Vec::new());
        let blob = layer::write(tree().iter(), &options(compression), &mut sink).unwrap();
        let (expected, bytes) = write_layer(&tree(), compression);
        assert_eq!((blob, sink.0), (expected, bytes));
    }
}

#[test]
fn the_blob_is_what_it_says_it_is() {
    for (compression, media_type) in [
        (ZSTD, media_type::LAYER_TAR_ZSTD),
        (GZIP, media_type::LAYER_TAR_GZIP),
        (Compression::None, media_type::LAYER_TAR),
    ] {
        let (blob, bytes) = write_layer(&tree(), compression);
        let mut tar = Vec::new();
        match compression {
            Compression::Zstd { .. } => tar = zstd::decode_all(&bytes[..]).unwrap(),
            Compression::Gzip { .. } => {
                // A decoder for one member: what follows it would be left over.
                let mut decoder = flate2::bufread::GzDecoder::new(&bytes[..]);
                decoder.read_to_end(&mut tar).unwrap();
                assert!(decoder.into_inner().is_empty());
            }
            Compression::None => tar.clone_from(&bytes),
        }
        assert_eq!(
            (blob.digest, blob.size),
            (Digest::of(&bytes), bytes.len() as u64)
        );
        assert_eq!(
            (blob.diff_id, blob.uncompressed_size),
            (Digest::of(&tar), tar.len() as u64)
        );
        assert_eq!(blob.media_type, media_type);
        assert!(tar.ends_with(&[0; 1024]));
    }
}

#[test]
fn the_gzip_header_tells_neither_time_nor_system() {
    let (_, bytes) = write_layer(&tree(), GZIP);
    assert_eq!(&bytes[..4], [0x1f, 0x8b, 8, 0]);
    assert_eq!(&bytes[4..8], [0; 4]);
    assert_eq!(bytes[9], 255);
}

fn check_refused(entries: Vec<(&str, Entry)>, expected: &str) {
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(name, entry)| (path(name), entry))
        .collect();
    let entries = entries.iter().map(|(path, entry)| (path, entry));
    let result = layer::write(entries, &options(Compression::None), io::sink());
    assert_eq!(
        result.map_err(|error| error.to_string()),
        Err(expected.to_owned())
    );
}

#[test]
fn entries_out_of_order_are_refused() {
    let file = || Entry::file("", 0);
    for (first, second) in [("b", "a"), ("a", "a"), ("a-b", "a")] {
        check_refused(
            vec![(first, file()), (second, file())],
            &format!("`{second}` came after `{first}`, but a layer is written in path order"),
        );
    }
}

#[test]
fn an_entry_without_its_directory_is_refused() {
    let expected = "the directory that holds `a/b` is not in the layer";
    check_refused(vec![("a/b", Entry::file("", 0))], expected);
    check_refused(
        vec![("a", Entry::file("", 0)), ("a/b", Entry::file("", 0))],
        expected,
    );
    check_refused(
        vec![("a", Entry::symlink("b", 0)), ("a/b", Entry::file("", 0))],
        expected,
    );
}

#[test]
fn a_hard_link_to_what_is_not_yet_there_is_refused() {
    let expected = "hard link `a` names `b`, which is not a file written before it";
    check_refused(vec![("a", link("b")), ("b", Entry::file("", 0))], expected);
    let expected = "hard link `b` names `a`, which is not a file written before it";
    check_refused(vec![("a", Entry::directory(0)), ("b", link("a"))], expected);
}

#[test]
fn a_symbolic_link_that_no_file_system_can_hold_is_refused() {
    for target in [String::new(), "a\0b".into(), "a".repeat(4096)] {
        check_refused(
            vec![("link", Entry::symlink(target, 0))],
            "symbolic link `link` has a target that no file system can hold",
        );
    }
}

#[test]
fn a_spool_shorter_than_promised_is_named() {
    let Content::Spooled { file, .. } = spooled(b"short") else {
        unreachable!()
    };
    let content = Content::Spooled {
        file: Arc::clone(&file),
        offset: 0,
        size: 1000,
    };
    let tree = [(path("cut"), Entry::file(content, 0))];
    let entries = tree.iter().map(|(path, entry)| (path, entry));
    let error = layer::write(entries, &options(ZSTD), io::sink()).unwrap_err();
    assert!(matches!(&error, LayerError::Content { path, .. } if path.as_str() == "cut"));
}

#[test]
fn a_full_disk_is_told_apart_and_has_a_remedy() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for compression in [ZSTD, GZIP, Compression::None] {
        let error = layer::write(tree().iter(), &options(compression), Full).unwrap_err();
        assert!(matches!(error, LayerError::Sink { .. }), "{error}");
        assert_eq!(
            error.hint().as_deref(),
            Some("free space on the disk and build again")
        );
    }
}

#[test]
fn a_level_that_the_format_lacks_is_refused() {
    for (compression, expected) in [
        (
            Compression::Zstd { level: 20 },
            "zstd has no level 20; levels are 1 to 19",
        ),
        (
            Compression::Zstd { level: -1 },
            "zstd has no level -1; levels are 1 to 19",
        ),
        (
            Compression::Gzip { level: 0 },
            "gzip has no level 0; levels are 1 to 9",
        ),
    ] {
        let error = layer::write(tree().iter(), &options(compression), io::sink()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn nothing_is_newer_than_the_clamp_or_older_than_the_epoch() {
    let (_, bytes) = write_layer(&tree(), Compression::None);
    let mut archive = tar::Archive::new(&bytes[..]);
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        let (path, mtime) = (entry.path().unwrap(), entry.header().mtime().unwrap());
        let expected = match path.to_str() {
            Some("etc/shadow") => CLAMP.unsigned_abs(),
            Some("etc/naïve") => 0,
            _ => continue,
        };
        assert_eq!(mtime, expected, "{}", path.display());
    }
}
