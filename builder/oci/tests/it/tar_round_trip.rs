//! What goes into a layer comes out again, in this language and with the system's `tar`.

use std::{fmt::Write as _, io::Read, process::Command};

use proptest::prelude::*;
use wpimg_oci::{
    layer::Compression,
    rootfs::{Entry, Kind, Rootfs, TreePath},
};

use crate::sample::{CLAMP, path, tree, write_layer};

/// One line per entry, as both the tree and an archive can say it.
fn describe(tree: &Rootfs) -> String {
    let mut lines = String::new();
    for (path, entry) in tree {
        let (kind, detail) = match &entry.kind {
            Kind::Directory => ('d', String::new()),
            Kind::File(content) => {
                let bytes = content.read_all(1_000_000).expect("content is in memory");
                ('f', format!("{:x?}", &bytes[..bytes.len().min(40)]))
            }
            Kind::Symlink(target) => ('s', target.clone()),
            Kind::Hardlink(target) => ('h', target.to_string()),
        };
        let mtime = entry.mtime.clamp(0, CLAMP);
        let Entry { mode, uid, gid, .. } = entry;
        writeln!(
            lines,
            "{kind} {path:?} {mode:o} {uid}:{gid} {mtime} {detail}"
        )
        .expect("strings take everything");
    }
    lines
}

fn describe_tar(bytes: &[u8]) -> String {
    let mut lines = String::new();
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().expect("the archive opens") {
        let mut entry = entry.expect("the entry can be read");
        let header = entry.header().clone();
        assert_eq!(header.username().ok().flatten(), Some(""));
        assert_eq!(header.groupname().ok().flatten(), Some(""));
        let name = String::from_utf8(entry.path_bytes().to_vec()).expect("paths are UTF-8");
        let target = entry
            .link_name_bytes()
            .map(|target| target.to_vec())
            .unwrap_or_default();
        let target = String::from_utf8(target).expect("targets are UTF-8");
        let pax = |entry: &mut tar::Entry<'_, _>, keyword: &str| {
            let extensions = entry.pax_extensions().ok().flatten()?;
            let found = extensions
                .flatten()
                .find(|record| record.key() == Ok(keyword))?;
            found.value().ok()?.parse::<u64>().ok()
        };
        let uid = pax(&mut entry, "uid").unwrap_or_else(|| header.uid().expect("octal"));
        let gid = pax(&mut entry, "gid").unwrap_or_else(|| header.gid().expect("octal"));
        let (kind, detail) = match header.entry_type() {
            tar::EntryType::Directory => ('d', String::new()),
            tar::EntryType::Symlink => ('s', target),
            tar::EntryType::Link => ('h', target),
            tar::EntryType::Regular => {
                let mut content = Vec::new();
                entry
                    .read_to_end(&mut content)
                    .expect("content can be read");
                ('f', format!("{:x?}", &content[..content.len().min(40)]))
            }
            other => panic!("no layer holds {other:?}"),
        };
        let path: TreePath = path(name.strip_suffix('/').unwrap_or(&name));
        let mode = header.mode().expect("octal");
        let mtime = header.mtime().expect("octal");
        writeln!(
            lines,
            "{kind} {path:?} {mode:o} {uid}:{gid} {mtime} {detail}"
        )
        .expect("strings take everything");
    }
    lines
}

fn check(tree: &Rootfs) {
    let (_, bytes) = write_layer(tree, Compression::None);
    assert_eq!(describe_tar(&bytes), describe(tree));
}

#[test]
fn the_sample_tree_comes_back() {
    check(&tree());
}

#[test]
fn paths_come_back_around_every_limit_of_the_header() {
    for directory in [1, 53, 54, 99, 100, 101, 154, 155, 156, 200, 255] {
        for name in [1, 44, 98, 99, 100, 101, 155, 255] {
            let directory = "d".repeat(directory);
            let full = path(&format!("{directory}/{}", "n".repeat(name)));
            for entry in [
                Entry::file("x", 1),
                Entry::directory(1),
                Entry::symlink("t", 1),
            ] {
                let mut tree = Rootfs::new();
                tree.ensure_directories(&full, 1).unwrap();
                tree.insert(full.clone(), entry);
                check(&tree);
            }
        }
    }
}

fn a_path() -> impl Strategy<Value = TreePath> {
    let component = prop_oneof![
        4 => "[a-c]{1,3}",
        2 => "[a-zA-Z0-9 ._~+-]{1,120}",
        // The reader used here splits PAX records at newlines, which the format allows in values.
        1 => "[^/\0\n]{1,60}",
    ];
    proptest::collection::vec(component, 1..6)
        .prop_filter_map("not a path", |components| components.join("/").parse().ok())
}

fn an_entry() -> impl Strategy<Value = Entry> {
    let kind = prop_oneof![
        2 => proptest::collection::vec(any::<u8>(), 0..1500)
            .prop_map(|bytes| Kind::File(bytes.into())),
        1 => "[^\0\n]{1,200}".prop_map(Kind::Symlink),
        1 => Just(Kind::Directory),
    ];
    (
        kind,
        0..0o10000u32,
        any::<u32>(),
        0..100_000u32,
        -10..CLAMP * 2,
    )
        .prop_map(|(kind, mode, uid, gid, mtime)| Entry {
            kind,
            mode,
            uid,
            gid,
            mtime,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_comes_back(entries in proptest::collection::vec((a_path(), an_entry()), 1..12)) {
        let mut tree = Rootfs::new();
        for (path, entry) in entries {
            let occupied = tree.range(&path).next().is_some();
            if !occupied && tree.ensure_directories(&path, 0).is_ok() {
                tree.insert(path, entry);
            }
        }
        check(&tree);
    }
}

#[test]
fn the_systems_tar_agrees() {
    let (_, bytes) = write_layer(&tree(), Compression::None);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("layer.tar");
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new("tar")
        .args([
            "--list",
            "--verbose",
            "--numeric-owner",
            "--full-time",
            "--utc",
        ])
        .args([
            "--quoting-style=literal",
            "--show-transformed-names",
            "--file",
        ])
        .arg(&file)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let listed = String::from_utf8(output.stdout).unwrap();
    let columns: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let names: Vec<_> = columns
        .iter()
        .map(|line| line[5].trim_end_matches('/'))
        .collect();
    let tree = tree();
    let expected: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, expected);
    let line = |name| columns.iter().find(|line| line[5] == name).unwrap()[..5].join(" ");
    assert_eq!(line("usr/bin/su"), "-rwsr-xr-x 0/0 2 1970-01-01 00:00:04");
    assert_eq!(line("tmp/"), "drwxrwxrwt 0/0 0 1970-01-01 00:00:02");
    assert_eq!(line("var/"), "drwxr-xr-x 3000000/33 0 1970-01-01 00:00:06");
    assert_eq!(line("etc/shadow"), "-rw-r----- 0/42 0 2023-11-14 22:13:20");
    assert!(listed.contains("usr/bin/perl5 link to usr/bin/perl\n"));
}

#[test]
fn a_newline_in_a_long_name_survives() {
    let name = format!("a\n{}", "b".repeat(120));
    let mut tree = Rootfs::new();
    tree.insert(path(&name), Entry::file("", 1));
    let (_, bytes) = write_layer(&tree, Compression::None);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("layer.tar");
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new("tar")
        .args(["--list", "--quoting-style=literal", "--file"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{name}\n"));
}
