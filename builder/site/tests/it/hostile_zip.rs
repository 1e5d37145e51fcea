//! Zips that lie.

use wpimg_site::intake::Problem;

use crate::pack::{ZipEntry, deflate, files, intake, listing, problem, zip, zip_declaring};

fn one(change: impl FnOnce(&mut ZipEntry)) -> Problem {
    problem(&zip(&[
        ZipEntry::new("p/a.php", "<?php"),
        ZipEntry::new("p/b.php", "some content that is longer").with(change),
    ]))
}

fn renamed(name: &[u8]) -> Problem {
    one(|entry| {
        entry.name = name.into();
        entry.local_name = name.into();
    })
}

#[test]
fn paths_that_leave_the_root_are_refused() {
    for name in ["../x", "p/../../x", "p/..", "a/../b"] {
        let found = renamed(name.as_bytes());
        assert!(
            matches!(&found, Problem::Traversal { entry } if entry == name),
            "{found}"
        );
    }
    for name in ["/etc/passwd", "//x", "C:/x", "c:x"] {
        let found = renamed(name.as_bytes());
        assert!(
            matches!(&found, Problem::AbsolutePath { entry } if entry == name),
            "{found}"
        );
    }
}

#[test]
fn backslashes_are_refused_with_the_reason() {
    let error = intake(&zip(&files(&[("p\\a.php", "")]))).unwrap_err();
    assert!(
        matches!(&error.problem, Problem::Backslash { entry } if entry == "p\\a.php"),
        "{error:?}"
    );
    assert!(error.hint().unwrap().contains("Windows"));
}

#[test]
fn names_that_are_not_text_are_refused() {
    assert!(matches!(renamed(b"p/caf\xe9"), Problem::NotUtf8 { .. }));
    assert!(
        matches!(renamed(b"p/a\x1b[2J"), Problem::ControlCharacter { entry } if !entry.contains('\x1b'))
    );
    assert!(matches!(
        renamed(b"p/a\0.php"),
        Problem::ControlCharacter { .. }
    ));
    assert!(matches!(renamed(b""), Problem::NoName { .. }));
}

#[test]
fn paths_that_are_too_long_or_deep_are_refused() {
    assert!(matches!(
        renamed("d/".repeat(65).as_bytes()),
        Problem::DeepPath { limit: 64, .. }
    ));
    assert!(matches!(
        renamed("long".repeat(300).as_bytes()),
        Problem::LongPath { limit: 1024, .. }
    ));
    assert!(matches!(
        renamed("n".repeat(256).as_bytes()),
        Problem::LongPath { limit: 255, .. }
    ));
}

#[test]
fn the_same_path_twice_is_refused_however_it_is_spelled() {
    for name in ["p/a.php", "p//a.php", "./p/a.php"] {
        let found = renamed(name.as_bytes());
        assert!(
            matches!(&found, Problem::Duplicate { entry } if entry == "p/a.php"),
            "{found}"
        );
    }
}

#[test]
fn names_that_differ_in_case_are_two_files() {
    let taken = intake(&zip(&files(&[("p/A.php", "1"), ("p/a.php", "2")]))).unwrap();
    assert_eq!(listing(&taken), "f 644 A.php = 1\nf 644 a.php = 2");
}

#[test]
fn an_entry_below_a_file_is_refused() {
    let found = renamed(b"p/a.php/c.php");
    assert!(
        matches!(&found, Problem::BelowFile { entry, file } if entry == "p/a.php/c.php" && file == "p/a.php"),
        "{found}"
    );
}

#[test]
fn encrypted_entries_are_refused_by_name() {
    let found = one(|entry| entry.flags |= 1);
    assert!(
        matches!(&found, Problem::Encrypted { entry } if entry == "p/b.php"),
        "{found}"
    );
}

#[test]
fn methods_other_than_store_and_deflate_are_named() {
    for (number, name) in [
        (12, "bzip2"),
        (14, "LZMA"),
        (93, "zstd"),
        (9, "deflate64"),
        (777, "method 777"),
    ] {
        let found = one(|entry| entry.method = number);
        assert!(
            matches!(&found, Problem::Method { method, .. } if method == name),
            "{found}"
        );
    }
}

#[test]
fn a_wrong_checksum_is_damage_of_that_entry() {
    let found = one(|entry| entry.checksum ^= 1);
    assert!(
        matches!(&found, Problem::DamagedEntry { entry, .. } if entry == "p/b.php"),
        "{found}"
    );
}

#[test]
fn content_of_another_length_than_declared_is_refused() {
    for unpacked in [3, 1000] {
        let found = one(|entry| entry.unpacked = unpacked);
        assert!(
            matches!(
                &found,
                Problem::DamagedEntry { .. } | Problem::WrongSize { .. }
            ),
            "{found}"
        );
    }
}

#[test]
fn a_local_header_with_another_name_is_refused() {
    let found = one(|entry| entry.local_name = b"p/c.php".into());
    assert!(
        matches!(&found, Problem::HeaderMismatch { entry, field: "name" } if entry == "p/b.php"),
        "{found}"
    );
}

#[test]
fn entries_that_share_bytes_are_refused() {
    // Both directory entries point at one header, and agree with it in everything.
    let first = ZipEntry::new("p/a.php", "x").stored();
    let length = i64::try_from(30 + first.name.len() + first.packed.len()).unwrap();
    let second = first.clone().with(|entry| entry.offset = -length);
    assert!(matches!(
        problem(&zip(&[first, second])),
        Problem::Overlap { .. }
    ));
}

#[test]
fn entries_that_the_end_record_does_not_count_are_refused() {
    let entries = files(&[("p/a.php", ""), ("p/hidden.php", "")]);
    let found = problem(&zip_declaring(&entries, 1));
    assert!(
        matches!(found, Problem::UnlistedEntries { declared: 1 }),
        "{found}"
    );
}

#[test]
fn symbolic_links_stay_inside() {
    let link = |target: &str| {
        let link = ZipEntry::new("p/inc/link", target).with(|entry| entry.mode = 0o120_777);
        intake(&zip(&[ZipEntry::new("p/a.php", "x"), link]))
    };
    for target in ["../a.php", "b.php", "./../inc/b", "../missing", ".."] {
        let taken = link(target).unwrap();
        assert!(listing(&taken).contains(&format!("l 777 inc/link -> {target}")));
    }
    for target in [
        "/etc/passwd",
        "../..",
        "../../p/a.php",
        "../../../etc/passwd",
        "x/../../../y",
    ] {
        let found = link(target).unwrap_err().problem;
        assert!(
            matches!(&found, Problem::LinkLeaves { link, target: shown } if link.as_str() == "inc/link" && shown == target),
            "{found}"
        );
    }
    for target in ["", "a\nb", "..\\a.php"] {
        assert!(matches!(
            link(target).unwrap_err().problem,
            Problem::LinkTarget { .. }
        ));
    }
}

#[test]
fn a_link_that_leaves_through_another_link_is_refused() {
    let link =
        |name: &str, target: &str| ZipEntry::new(name, target).with(|entry| entry.mode = 0o120_777);
    let found = problem(&zip(&[
        ZipEntry::new("p/a.php", ""),
        link("p/here", "deep/.."),
        ZipEntry::new("p/deep/x.php", ""),
        link("p/deep/up", ".."),
        // By its text this is `p/a.php`; followed, it climbs out of `p`.
        link("p/deep/er/sly", "../../deep/up/../a.php"),
    ]));
    assert!(
        matches!(&found, Problem::LinkLeaves { link, .. } if link.as_str() == "deep/er/sly"),
        "{found}"
    );
}

#[test]
fn links_in_circles_are_refused() {
    let link =
        |name: &str, target: &str| ZipEntry::new(name, target).with(|entry| entry.mode = 0o120_777);
    let found = problem(&zip(&[
        link("p/a", "b"),
        link("p/b", "a"),
        ZipEntry::new("p/c", ""),
    ]));
    assert!(matches!(found, Problem::LinkCircle { .. }), "{found}");
}

#[test]
fn an_entry_below_a_link_is_refused() {
    let link = ZipEntry::new("p/up", "inc").with(|entry| entry.mode = 0o120_777);
    let found = problem(&zip(&[link, ZipEntry::new("p/up/a.php", "")]));
    assert!(matches!(found, Problem::BelowFile { .. }), "{found}");
}

#[test]
fn devices_are_refused() {
    for mode in [0o020_644, 0o060_644, 0o010_644, 0o140_644] {
        let found = one(|entry| entry.mode = mode);
        assert!(
            matches!(&found, Problem::Special { entry, .. } if entry == "p/b.php"),
            "{found}"
        );
    }
}

#[test]
fn modes_become_two_and_special_bits_are_listed() {
    let with_mode = |name: &str, mode| ZipEntry::new(name, "").with(|entry| entry.mode = mode);
    let taken = intake(&zip(&[
        with_mode("p/a", 0o100_600),
        with_mode("p/b", 0o104_711),
        with_mode("p/c", 0o100_666),
        // Made on DOS: the upper half of the attributes means nothing.
        with_mode("p/d", 0o120_777).with(|entry| entry.made_by = 0),
    ]))
    .unwrap();
    let modes: Vec<u32> = taken.entries.iter().map(|entry| entry.mode).collect();
    assert_eq!(modes, [0o644, 0o755, 0o644, 0o644]);
    let special: Vec<_> = taken
        .special_modes
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(special, ["b"]);
}

#[test]
fn a_zip_cut_off_anywhere_is_refused() {
    let whole = zip(&files(&[("p/a.php", "one"), ("p/b.php", "two")]));
    for length in 0..whole.len() {
        assert!(
            intake(&whole[..length]).is_err(),
            "{length} of {}",
            whole.len()
        );
    }
}

#[test]
fn one_part_of_a_split_zip_is_refused() {
    let mut bytes = zip(&files(&[("p/a.php", "one")]));
    let end = bytes.len() - 22;
    bytes[end + 4] = 2;
    let found = problem(&bytes);
    assert!(matches!(found, Problem::MultiDisk), "{found:?}");
    assert!(matches!(
        problem(b"PK\x07\x08PK\x03\x04"),
        Problem::MultiDisk
    ));
}

#[test]
fn a_directory_with_content_is_refused() {
    let found = one(|entry| {
        entry.name = b"p/dir/".into();
        entry.local_name = b"p/dir/".into();
    });
    assert!(matches!(found, Problem::DamagedEntry { .. }), "{found}");
}

#[test]
fn garbage_after_deflated_data_is_damage() {
    let found = one(|entry| {
        entry.packed = deflate(b"shorter");
        entry.packed.extend(b"and more");
    });
    assert!(
        matches!(
            found,
            Problem::DamagedEntry { .. } | Problem::WrongSize { .. }
        ),
        "{found}"
    );
}

#[test]
fn what_is_no_archive_is_named() {
    assert!(matches!(
        problem(b"<!doctype html>"),
        Problem::UnknownFormat
    ));
    assert!(matches!(problem(b""), Problem::UnknownFormat));
    assert!(matches!(
        problem(b"Rar!\x1a\x07\x01\0"),
        Problem::UnsupportedFormat {
            format: "RAR archive"
        }
    ));
    assert!(matches!(problem(&zip(&[])), Problem::Empty));
}
