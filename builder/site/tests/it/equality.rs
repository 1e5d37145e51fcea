//! One tree, packed in every way, is one list of entries with one digest.

use proptest::prelude::*;
use wpimg_site::digest::digest;

use crate::pack::{TarEntry, ZipEntry, gzip, intake, listing, tar, zip};

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::new(6));
    std::io::copy(&mut encoder, &mut packed).unwrap();
    packed
}

#[test]
fn a_tree_is_the_same_in_every_format() {
    let entries = [
        ("p/index.php", "<?php"),
        ("p/inc/a.php", "a"),
        ("p/inc/b/c.txt", ""),
    ];
    let as_tar: Vec<_> = entries
        .iter()
        .map(|(name, content)| TarEntry(b'0', name.as_bytes(), b"", 0o640, content.as_bytes()))
        .collect();
    let plain = tar(&as_tar);
    let deflated: Vec<_> = entries
        .iter()
        .map(|(name, content)| ZipEntry::new(name, content))
        .collect();
    let stored: Vec<_> = deflated
        .iter()
        .rev()
        .cloned()
        .map(ZipEntry::stored)
        .collect();
    let packed = [
        zip(&deflated),
        zip(&stored),
        gzip(&plain),
        liblzma::encode_all(plain.as_slice(), 6).unwrap(),
        zstd::encode_all(plain.as_slice(), 3).unwrap(),
        bzip2(&plain),
        plain,
    ];
    for bytes in packed {
        let taken = intake(&bytes).unwrap();
        assert_eq!(taken.top.as_deref(), Some("p"));
        assert_eq!(
            listing(&taken),
            "d 755 inc\nf 644 inc/a.php = a\nd 755 inc/b\nf 644 inc/b/c.txt = \nf 644 index.php = <?php"
        );
    }
}

fn tree() -> impl Strategy<Value = Vec<(String, Vec<u8>, bool)>> {
    let name = "[a-c]{1,2}(/[a-c]{1,2}){0,3}";
    let file = (
        name,
        proptest::collection::vec(any::<u8>(), 0..200),
        any::<bool>(),
    );
    proptest::collection::vec(file, 1..12)
}

proptest! {
    #[test]
    fn any_tree_is_the_same_as_zip_and_as_tar(tree in tree()) {
        let mode = |executable: bool| if executable { 0o744 } else { 0o604 };
        let as_tar: Vec<_> = tree
            .iter()
            .map(|(name, content, executable)| {
                TarEntry(b'0', name.as_bytes(), b"", mode(*executable), content)
            })
            .collect();
        let as_zip: Vec<_> = tree
            .iter()
            .map(|(name, content, executable)| {
                let mut crc = flate2::Crc::new();
                crc.update(content);
                ZipEntry::new(name, "").with(|entry| {
                    entry.mode = 0o100_000 | mode(*executable);
                    entry.packed = crate::pack::deflate(content);
                    entry.unpacked = u32::try_from(content.len()).unwrap();
                    entry.checksum = crc.sum();
                })
            })
            .collect();
        match (intake(&zip(&as_zip)), intake(&gzip(&tar(&as_tar)))) {
            (Ok(zip), Ok(tar)) => {
                prop_assert_eq!(listing(&zip), listing(&tar));
                prop_assert_eq!(digest(&zip.entries).unwrap(), digest(&tar.entries).unwrap());
            }
            (Err(zip), Err(tar)) => prop_assert_eq!(zip.problem.to_string(), tar.problem.to_string()),
            (zip, tar) => prop_assert!(false, "{zip:?} {tar:?}"),
        }
    }
}
