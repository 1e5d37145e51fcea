//! Tars that lie.

use wpimg_site::intake::Problem;

use crate::pack::{
    TarEntry, ZipEntry, gzip, intake, listing, open_tar, problem, seal, tar, tar_header, zip,
};

const FILE: u8 = b'0';
const HARD_LINK: u8 = b'1';
const SYMLINK: u8 = b'2';
const DIRECTORY: u8 = b'5';

fn file<'a>(name: &'a str, content: &'a str) -> TarEntry<'a> {
    TarEntry(FILE, name.as_bytes(), b"", 0o644, content.as_bytes())
}

fn link<'a>(kind: u8, name: &'a str, target: &'a str) -> TarEntry<'a> {
    TarEntry(kind, name.as_bytes(), target.as_bytes(), 0o777, b"")
}

#[test]
fn paths_that_leave_the_root_are_refused() {
    assert!(matches!(
        problem(&tar(&[file("../x", "")])),
        Problem::Traversal { .. }
    ));
    assert!(matches!(
        problem(&tar(&[file("/etc/x", "")])),
        Problem::AbsolutePath { .. }
    ));
    assert!(matches!(
        problem(&tar(&[file("a\\b", "")])),
        Problem::Backslash { .. }
    ));
    let bad = TarEntry(FILE, b"p/caf\xe9", b"", 0o644, b"");
    assert!(matches!(problem(&tar(&[bad])), Problem::NotUtf8 { .. }));
}

#[test]
fn devices_and_pipes_are_refused() {
    for (kind, name) in [
        (b'3', "character device"),
        (b'4', "block device"),
        (b'6', "FIFO"),
        (b'S', "sparse file"),
        (b'M', "entry of unknown type"),
    ] {
        let found = problem(&tar(&[TarEntry(kind, b"p/x", b"", 0o644, b"")]));
        assert!(
            matches!(&found, Problem::Special { entry, kind } if entry == "p/x" && *kind == name),
            "{found}"
        );
    }
}

#[test]
fn a_hard_link_becomes_the_file_it_names() {
    let taken = intake(&tar(&[
        file("p/a.php", "same"),
        link(HARD_LINK, "p/b.php", "./p/a.php"),
        link(HARD_LINK, "p/c.php", "p/b.php"),
    ]))
    .unwrap();
    assert_eq!(
        listing(&taken),
        "f 644 a.php = same\nf 644 b.php = same\nf 644 c.php = same"
    );
}

#[test]
fn a_hard_link_to_anything_else_is_refused() {
    for target in ["p/missing", "p/later", "p/dir", "p/soft", "."] {
        let found = problem(&tar(&[
            TarEntry(DIRECTORY, b"p/dir/", b"", 0o755, b""),
            link(SYMLINK, "p/soft", "dir"),
            link(HARD_LINK, "p/b", target),
            file("p/later", ""),
        ]));
        assert!(
            matches!(&found, Problem::HardLink { link, .. } if link == "p/b"),
            "{found}"
        );
    }
    let outside = |target| problem(&tar(&[file("p/a", ""), link(HARD_LINK, "p/b", target)]));
    assert!(matches!(
        outside("../../etc/passwd"),
        Problem::Traversal { .. }
    ));
    assert!(matches!(
        outside("/etc/passwd"),
        Problem::AbsolutePath { .. }
    ));
}

#[test]
fn a_hard_link_is_no_way_around_what_is_left_out() {
    let key = "-----BEGIN RSA PRIVATE KEY-----\n";
    let taken = intake(&tar(&[
        file("p/a.php", "x"),
        file("p/.env", "SECRET=1"),
        file("p/notes", key),
        link(HARD_LINK, "p/env.txt", "p/.env"),
        link(HARD_LINK, "p/notes.txt", "p/notes"),
    ]))
    .unwrap();
    assert_eq!(listing(&taken), "f 644 a.php = x");
    assert_eq!(taken.left_out.count, 4);
}

#[test]
fn symbolic_links_that_leave_are_refused() {
    for target in ["/etc/passwd", "../..", "../x"] {
        let found = problem(&tar(&[file("p/a", ""), link(SYMLINK, "p/l", target)]));
        assert!(matches!(found, Problem::LinkLeaves { .. }), "{found}");
    }
}

#[test]
fn duplicates_are_refused_but_a_directory_may_be_named_again() {
    let found = problem(&tar(&[file("p/a", "1"), file("p/a", "2")]));
    assert!(matches!(found, Problem::Duplicate { .. }), "{found}");
    let directory = || TarEntry(DIRECTORY, b"p/", b"", 0o755, b"");
    let taken = intake(&tar(&[directory(), file("p/a", "1"), directory()])).unwrap();
    assert_eq!(listing(&taken), "f 644 a = 1");
    let found = problem(&tar(&[
        file("p/a", ""),
        TarEntry(DIRECTORY, b"p/a/", b"", 0o755, b""),
    ]));
    assert!(matches!(found, Problem::Duplicate { .. }), "{found}");
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = format!("p/{}/file.php", "d".repeat(150));
    let gnu = [
        TarEntry(
            b'L',
            b"././@LongLink",
            b"",
            0o644,
            format!("{long}\0").leak().as_bytes(),
        ),
        file("p/short", "x"),
    ];
    let record = format!("path={long}\n");
    let length = record.len() + 4;
    let pax = format!("{length} {record}");
    assert_eq!(pax.len(), length);
    let pax = [
        TarEntry(b'x', b"p/pax", b"", 0o644, pax.as_bytes()),
        file("p/short", "x"),
    ];
    for bytes in [tar(&gnu), tar(&pax)] {
        let taken = intake(&bytes).unwrap();
        assert!(listing(&taken).ends_with(&format!("{}/file.php = x", "d".repeat(150))));
    }
}

#[test]
fn malformed_pax_records_are_damage() {
    for record in [
        "",
        "x",
        "9999 path=a\n",
        "3 path=a\n",
        "12 path=abcde",
        "6 size\n",
        "12 size=none\n",
    ] {
        let entries = [
            TarEntry(b'x', b"p/pax", b"", 0o644, record.as_bytes()),
            file("p/a", ""),
        ];
        let result = intake(&tar(&entries));
        assert_eq!(result.is_ok(), record.is_empty(), "{record:?}");
    }
}

#[test]
fn a_header_that_would_fill_the_memory_is_refused() {
    let mut bytes = tar_header(&TarEntry(b'L', b"././@LongLink", b"", 0o644, b""));
    bytes[124..135].copy_from_slice(b"77777777777");
    seal(&mut bytes);
    assert!(matches!(problem(&bytes), Problem::LongHeader { .. }));
}

#[test]
fn a_tar_cut_off_anywhere_is_refused() {
    let entries = [file("p/a.php", "one"), file("p/b.php", "two")];
    let content = open_tar(&entries).len();
    let whole = tar(&entries);
    for length in (0..content).step_by(64).chain([content, content + 511]) {
        assert!(
            intake(&whole[..length]).is_err(),
            "{length} of {}",
            whole.len()
        );
    }
    let packed = gzip(&whole);
    for length in 0..packed.len() {
        assert!(
            intake(&packed[..length]).is_err(),
            "{length} of {}",
            packed.len()
        );
    }
}

#[test]
fn a_wrong_checksum_of_the_compression_is_damage() {
    let mut packed = gzip(&tar(&[file("p/a.php", "one")]));
    let checksum = packed.len() - 8;
    packed[checksum] ^= 1;
    assert!(matches!(
        problem(&packed),
        Problem::Damaged { .. } | Problem::DamagedEntry { .. }
    ));
}

#[test]
fn a_link_with_content_is_refused() {
    let found = problem(&tar(&[TarEntry(SYMLINK, b"p/l", b"a", 0o777, b"text")]));
    assert!(matches!(found, Problem::DamagedEntry { .. }), "{found}");
}

#[test]
fn compressed_things_that_are_no_tar_are_named() {
    let found = problem(&gzip(b"CREATE TABLE wp_users"));
    assert!(
        matches!(&found, Problem::NotATar { compression } if compression == "gzip"),
        "{found}"
    );
    let found = problem(&gzip(&zip(&[ZipEntry::new("p/a", "")])));
    assert!(matches!(found, Problem::NotATar { .. }), "{found}");
}

#[test]
fn git_archives_are_read_past_their_global_header() {
    let comment = b"52 comment=0123456789012345678901234567890123456789\n";
    let taken = intake(&tar(&[
        TarEntry(b'g', b"pax_global_header", b"", 0o666, comment),
        TarEntry(DIRECTORY, b"shop-1.0/", b"", 0o775, b""),
        TarEntry(FILE, b"shop-1.0/run", b"", 0o775, b"#!"),
    ]))
    .unwrap();
    assert_eq!(taken.top.as_deref(), Some("shop-1.0"));
    assert_eq!(listing(&taken), "f 755 run = #!");
}
