//! The digest of entries tells trees apart, and only trees.

use wpimg_oci::digest::Digest;
use wpimg_site::digest::digest;

use crate::pack::{TarEntry, intake, tar};

fn of(entries: &[TarEntry<'_>]) -> Digest {
    let mut all = vec![
        TarEntry(b'0', b"a0", b"", 0o644, b""),
        TarEntry(b'0', b"z/z", b"", 0o644, b""),
    ];
    all.extend(
        entries
            .iter()
            .map(|TarEntry(kind, name, link, mode, content)| {
                TarEntry(*kind, name, link, *mode, content)
            }),
    );
    digest(&intake(&tar(&all)).unwrap().entries).unwrap()
}

#[test]
fn every_difference_in_a_tree_is_a_difference_in_its_digest() {
    let digests = [
        of(&[]),
        of(&[TarEntry(b'0', b"b", b"", 0o644, b"")]),
        of(&[TarEntry(b'0', b"b", b"", 0o755, b"")]),
        of(&[TarEntry(b'0', b"b", b"", 0o644, b"c")]),
        of(&[TarEntry(b'0', b"bc", b"", 0o644, b"")]),
        of(&[TarEntry(b'0', b"b/c", b"", 0o644, b"")]),
        of(&[TarEntry(b'5', b"b", b"", 0o755, b"")]),
        of(&[TarEntry(b'2', b"b", b"c", 0o777, b"")]),
        of(&[TarEntry(b'2', b"b", b"d", 0o777, b"")]),
    ];
    for (index, one) in digests.iter().enumerate() {
        assert!(!digests[index + 1..].contains(one), "{index}");
    }
}

#[test]
fn order_owners_and_exact_modes_make_no_difference() {
    let one = TarEntry(b'0', b"b", b"", 0o644, b"1");
    let two = TarEntry(b'0', b"c", b"", 0o700, b"2");
    let same = TarEntry(b'0', b"./c", b"", 0o2755, b"2");
    assert_eq!(
        of(&[one, two]),
        of(&[same, TarEntry(b'0', b"b", b"", 0o600, b"1")])
    );
}
