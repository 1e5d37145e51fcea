//! Which packages are read, and how hostile ones are refused.

use tar::EntryType;

use super::{Deb, DebError, Entry, EntryKind, ScriptKind};
use crate::{compression::Compression, testing::FakePackage};

fn package() -> FakePackage {
    FakePackage::new("hello", "1.0")
        .depends("libc6")
        .file("etc/hello.conf", 0o644, "greeting=hi\n")
        .file("usr/bin/hello", 0o4755, "#!/bin/sh\n")
        .symlink("usr/bin/hi", "hello")
        .hardlink("usr/bin/salut", "usr/bin/hello")
        .directory("var/lib/hello", 0o1777)
        .script(ScriptKind::Postinst, "#!/bin/sh\nexit 0\n")
        .conffiles(&["/etc/hello.conf"])
        .control_file("triggers", "activate-noawait ldconfig\n")
        .control_file("shlibs", "libhello 1 hello\n")
}

/// Reads the whole tree, contents included.
fn tree(deb: &[u8]) -> Result<Vec<(Entry, String)>, DebError> {
    let mut entries = Vec::new();
    Deb::open(deb)?.data(|entry, content| {
        let mut text = String::new();
        content.read_to_string(&mut text).map_err(DebError::Read)?;
        entries.push((entry.clone(), text));
        Ok::<(), DebError>(())
    })?;
    Ok(entries)
}

#[track_caller]
fn refused(deb: &[u8]) -> DebError {
    tree(deb).unwrap_err()
}

#[test]
fn the_control_archive_is_read_whole() {
    let deb = package().build();
    let opened = Deb::open(&deb[..]).unwrap();
    let control = opened.control();
    assert!(
        control
            .control
            .starts_with("Package: hello\nVersion: 1.0\n")
    );
    assert_eq!(control.conffiles, ["/etc/hello.conf"]);
    assert_eq!(
        control.triggers.as_deref(),
        Some("activate-noawait ldconfig\n")
    );
    assert_eq!(
        control.scripts[&ScriptKind::Postinst],
        "#!/bin/sh\nexit 0\n"
    );
    assert_eq!(control.others.keys().collect::<Vec<_>>(), ["shlibs"]);
    assert_eq!(control.md5sums, None);
}

#[test]
fn every_entry_of_the_tree_is_visited_in_order() {
    let lines: Vec<String> = tree(&package().build())
        .unwrap()
        .iter()
        .map(|(entry, text)| {
            format!(
                "{:o} {} {:?} {} {text:?}",
                entry.mode, entry.path, entry.kind, entry.size
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r##"
    755  Directory 0 ""
    755 etc Directory 0 ""
    644 etc/hello.conf File 12 "greeting=hi\n"
    755 usr Directory 0 ""
    755 usr/bin Directory 0 ""
    4755 usr/bin/hello File 10 "#!/bin/sh\n"
    777 usr/bin/hi Symlink { target: "hello" } 0 ""
    644 usr/bin/salut Hardlink { target: "usr/bin/hello" } 0 ""
    755 var Directory 0 ""
    755 var/lib Directory 0 ""
    1777 var/lib/hello Directory 0 ""
    "##);
}

#[test]
fn every_compression_of_the_format_is_read() {
    let plain = tree(&package().compression(Compression::None).build()).unwrap();
    for compression in [Compression::Gzip, Compression::Xz, Compression::Zstd] {
        let packed = tree(&package().compression(compression).build()).unwrap();
        assert_eq!(packed, plain, "{compression:?}");
    }
}

#[test]
fn a_visitor_may_leave_contents_unread() {
    let deb = package().build();
    let mut paths = 0;
    let visited = Deb::open(&deb[..]).unwrap().data(|_, _| {
        paths += 1;
        Ok::<(), DebError>(())
    });
    assert_eq!(visited.unwrap().conffiles.len(), 1);
    assert_eq!(paths, 11);
}

#[test]
fn an_error_of_the_visitor_ends_the_walk() {
    let deb = package().build();
    let mut calls = 0;
    let outcome = Deb::open(&deb[..]).unwrap().data(|_, _| {
        calls += 1;
        Err(DebError::NoControlFile)
    });
    assert!(matches!(outcome, Err(DebError::NoControlFile)));
    assert_eq!(calls, 1);
}

#[test]
fn long_names_are_read_in_full() {
    let path = format!("usr/share/{}", "deep/".repeat(60) + "file");
    let target = "t/".repeat(90) + "x";
    let deb = FakePackage::new("long", "1")
        .file(&path, 0o644, "x")
        .symlink("usr/link", &target);
    let entries = tree(&deb.build()).unwrap();
    assert!(
        entries
            .iter()
            .any(|(entry, text)| entry.path == path && text == "x")
    );
    let link = EntryKind::Symlink { target };
    assert!(
        entries
            .iter()
            .any(|(entry, _)| entry.path == "usr/link" && entry.kind == link)
    );
}

#[test]
fn pax_records_replace_path_and_owner() {
    let records = "33 path=usr/share/café/menu.txt\n13 uid=65534\n22 mtime=1700000001.5\n";
    let deb = FakePackage::new("pax", "1")
        .entry("paxheader", EntryType::XHeader, 0o644, records.as_bytes())
        .file("short", 0o644, "x");
    let entries = tree(&deb.build()).unwrap();
    let (entry, _) = entries
        .iter()
        .find(|(entry, _)| entry.kind == EntryKind::File)
        .unwrap();
    assert_eq!(entry.path, "usr/share/café/menu.txt");
    assert_eq!(
        (entry.user_id, entry.group_id, entry.modified),
        (65534, 0, 1_700_000_001)
    );
}

#[test]
fn malformed_and_unsupported_pax_records_are_refused() {
    let malformed = "PAX record is malformed";
    for (records, expected) in [
        ("99 path=x\n", malformed),
        ("path=x\n", malformed),
        ("0 path=x\n", malformed),
        ("10 path=x\n8 path=x\n", malformed),
        ("10 uid=-1\n", malformed),
        ("5 a=b", malformed),
        ("13 size=1234\n", "PAX size is not supported"),
        ("22 GNU.sparse.major=1\n", "sparse files are not supported"),
    ] {
        let deb = FakePackage::new("pax", "1")
            .entry("x", EntryType::XHeader, 0o644, records.as_bytes())
            .file("y", 0o644, "y");
        match refused(&deb.build()) {
            DebError::Tar { source, .. } => assert_eq!(source.to_string(), expected, "{records}"),
            other => panic!("{records}: {other}"),
        }
    }
}

#[test]
fn devices_and_fifos_are_refused() {
    for kind in [
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
    ] {
        let deb = FakePackage::new("dev", "1").entry("dev/x", kind, 0o644, b"");
        let error = refused(&deb.build());
        assert!(
            matches!(error, DebError::ForbiddenKind { .. } | DebError::Tar { .. }),
            "{kind:?}: {error}"
        );
    }
}

#[test]
fn paths_that_leave_the_root_are_refused() {
    let climbing = FakePackage::new("evil", "1").file("../etc/passwd", 0o644, "x");
    assert!(matches!(
        refused(&climbing.build()),
        DebError::UnsafePath { .. }
    ));
    let linking = FakePackage::new("evil", "1").hardlink("x", "../../etc/passwd");
    assert!(matches!(
        refused(&linking.build()),
        DebError::UnsafePath { .. }
    ));
}

#[test]
fn an_oversized_name_is_not_read_into_memory() {
    let name = vec![b'x'; 100 << 10];
    let deb = FakePackage::new("evil", "1").entry("x", EntryType::GNULongName, 0o644, &name);
    assert!(matches!(refused(&deb.build()), DebError::LongName { .. }));
}

#[test]
fn an_oversized_control_archive_is_refused() {
    let deb = FakePackage::new("evil", "1").control_file("templates", vec![0; 11 << 20]);
    let error = refused(&deb.build());
    assert_eq!(
        error.to_string(),
        "control archive of the package is larger than 10485760 bytes"
    );
}

#[test]
fn control_archives_hold_plain_files_only() {
    let folder = FakePackage::new("evil", "1").control_file("a/b", "x");
    assert!(matches!(
        refused(&folder.build()),
        DebError::ControlEntry { .. }
    ));
    let binary = FakePackage::new("evil", "1").control_file("postinst", [0xff, 0xfe]);
    assert!(matches!(
        refused(&binary.build()),
        DebError::ControlText { .. }
    ));
}

fn member(name: &str, content: &str) -> String {
    let padding = if content.len() % 2 == 1 { "\n" } else { "" };
    format!(
        "{name:<16}0           0     0     100644  {:<10}`\n{content}{padding}",
        content.len()
    )
}

#[test]
fn the_outer_archive_must_have_its_members_in_order() {
    let refused = |members: &[String]| refused(format!("!<arch>\n{}", members.concat()).as_bytes());
    let version = member("debian-binary", "2.0\n");
    assert!(matches!(
        refused(&[]),
        DebError::MissingMember {
            member: "debian-binary"
        }
    ));
    assert!(matches!(
        refused(&[member("debian-binary", "3.0\n")]),
        DebError::FormatVersion { .. }
    ));
    assert!(matches!(
        refused(&[version.clone(), member("_ignored", "odd")]),
        DebError::MissingMember {
            member: "control.tar"
        }
    ));
    assert!(matches!(
        refused(&[version.clone(), member("data.tar.xz", "")]),
        DebError::UnexpectedMember { .. }
    ));
    assert!(matches!(
        refused(&[version, member("control.tar.lz4", "")]),
        DebError::UnknownCompression { .. }
    ));
    assert!(matches!(
        super::Deb::open(&b"PK\x03\x04"[..]),
        Err(DebError::NotAnArchive)
    ));
    assert!(matches!(
        refused(&["x".repeat(60)]),
        DebError::MemberHeader { offset: 8 }
    ));
}

#[test]
fn a_package_without_data_is_refused() {
    let deb = package().build();
    let data = deb
        .windows(8)
        .position(|window| window == b"data.tar")
        .unwrap();
    let error = refused(&deb[..data]);
    assert!(
        matches!(error, DebError::MissingMember { member: "data.tar" }),
        "{error}"
    );
}

#[test]
fn every_cut_of_a_package_is_an_error_and_never_a_panic() {
    let deb = package().build();
    for length in 0..deb.len() - 1 {
        assert!(
            tree(&deb[..length]).is_err(),
            "cut at {length} of {}",
            deb.len()
        );
    }
}

#[test]
fn dpkg_reads_the_fake_packages_too() {
    use std::{io::Write, process::Command};
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&package().build()).unwrap();
    let output = Command::new("dpkg-deb")
        .arg("--contents")
        .arg(file.path())
        .output();
    let output = output.expect("dpkg-deb must be installed to run this test");
    let listing = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(listing.contains("-rwsr-xr-x root/root"), "{listing}");
    assert!(listing.contains("./usr/bin/hi -> hello"), "{listing}");
}
