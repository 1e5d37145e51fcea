//! The ELF files here are as small as a dynamic section allows: a header, two program headers, the
//! section and its strings.

use wpimg_debian::testing::FakePackage;

use super::{check, expand_origin, multiarch};
use crate::testing::{package, tree};

const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";
const HEADER: u64 = 64;
const PROGRAM_HEADER: u64 = 56;
const DT_NEEDED: u64 = 1;
const DT_STRTAB: u64 = 5;
const DT_STRSZ: u64 = 10;
const DT_RUNPATH: u64 = 29;

fn words(values: &[u64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A 64-bit little-endian shared object that needs libraries, loaded at address zero.
fn shared_object(needed: &[&str], run_path: Option<&str>) -> Vec<u8> {
    let mut strings = b"\0".to_vec();
    let mut dynamic = Vec::new();
    let tags = needed.iter().map(|name| (DT_NEEDED, name));
    for (tag, text) in tags.chain(run_path.iter().map(|path| (DT_RUNPATH, path))) {
        dynamic.extend([tag, strings.len() as u64]);
        strings.extend(text.bytes().chain([0]));
    }
    let section = HEADER + 2 * PROGRAM_HEADER;
    let section_size = 8 * (dynamic.len() as u64 + 6);
    let table = section + section_size;
    let length = strings.len() as u64;
    dynamic.extend([DT_STRTAB, table, DT_STRSZ, length, 0, 0]);
    let end = table + length;

    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend([3, 0, 62, 0, 1, 0, 0, 0]); // ET_DYN, EM_X86_64, EV_CURRENT
    file.extend(words(&[0, HEADER, 0])); // no entry point, program headers, no section headers
    file.extend([0, 0, 0, 0, 64, 0, 56, 0, 2, 0, 64, 0, 0, 0, 0, 0]);
    let segment = |kind: u64, start: u64, size: u64| {
        words(&[kind | 4 << 32, start, start, start, size, size, 8])
    };
    file.extend(segment(1, 0, end)); // PT_LOAD
    file.extend(segment(2, section, section_size)); // PT_DYNAMIC
    file.extend(words(&dynamic));
    file.extend(strings);
    file
}

fn library(name: &str, file: &str, needed: &[&str]) -> FakePackage {
    package(name).file(
        &format!("{LIBRARIES}/{file}"),
        0o644,
        shared_object(needed, None),
    )
}

fn program(name: &str, needed: &[&str], run_path: Option<&str>) -> FakePackage {
    let path = format!("usr/bin/{name}");
    package(name).file(&path, 0o755, shared_object(needed, run_path))
}

fn checked(packages: &[FakePackage]) -> Result<usize, String> {
    check(&tree(packages), "x86_64-linux-gnu").map_err(|error| error.to_string())
}

#[test]
fn a_missing_library_is_named_with_the_file_and_package_that_need_it() {
    let complete = [
        program("app", &["liba.so.1"], None),
        library("liba", "liba.so.1", &["libb.so.2"]),
        library("libb", "libb.so.2", &[]),
    ];
    assert_eq!(checked(&complete), Ok(3));
    assert_eq!(
        checked(&complete[..2]).unwrap_err(),
        format!(
            "`/{LIBRARIES}/liba.so.1` of package `liba` needs `libb.so.2`, \
             which no package in the image ships"
        )
    );
    let error = check(&tree(&complete[..1]), "x86_64-linux-gnu").unwrap_err();
    assert!(error.hint().unwrap().contains("`liba.so.1`"));
}

#[test]
fn libraries_are_found_through_links_and_in_the_run_path_of_their_user() {
    let linked = library("liba", "liba.so.1.2", &[])
        .symlink(&format!("{LIBRARIES}/liba.so.1"), "liba.so.1.2");
    let private = package("private").file("usr/lib/app/libp.so", 0o644, shared_object(&[], None));
    let run_path = Some("/opt/lib:$ORIGIN/../lib/app");
    let app = || program("app", &["liba.so.1", "libp.so"], run_path);
    assert_eq!(checked(&[linked.clone(), private.clone(), app()]), Ok(3));
    // What one program finds in its own run path is not there for another.
    let other = program("other", &["libp.so"], None);
    assert_eq!(
        checked(&[linked, private, app(), other]).unwrap_err(),
        "`/usr/bin/other` of package `other` needs `libp.so`, which no package in the image ships"
    );
    let dangling = package("liba").symlink(&format!("{LIBRARIES}/liba.so.1"), "liba.so.1.2");
    assert!(checked(&[dangling, program("app", &["liba.so.1"], None)]).is_err());
}

#[test]
fn libraries_of_another_architecture_do_not_count() {
    let elsewhere = package("liba").file(
        "usr/lib/aarch64-linux-gnu/liba.so.1",
        0o644,
        shared_object(&[], None),
    );
    let tree = tree(&[elsewhere, program("app", &["liba.so.1"], None)]);
    assert!(check(&tree, multiarch("amd64")).is_err());
    assert_eq!(check(&tree, multiarch("arm64")).unwrap(), 2);
}

#[test]
fn only_programs_and_libraries_are_looked_into() {
    let text = package("text")
        .file("usr/bin/script", 0o755, "#!/bin/sh\n")
        .file("usr/share/x.so.txt", 0o644, "text")
        .file(
            "usr/share/object",
            0o644,
            shared_object(&["absent.so"], None),
        );
    assert_eq!(checked(&[text]), Ok(0));
}

#[test]
fn a_damaged_file_is_named() {
    let mut bytes = shared_object(&["liba.so"], None);
    bytes.truncate(100);
    let damaged = package("app").file("usr/bin/app", 0o755, bytes);
    assert_eq!(
        checked(&[damaged]).unwrap_err(),
        "`/usr/bin/app` of package `app` is a damaged ELF file"
    );
}

#[test]
fn origin_is_the_directory_of_the_file() {
    let file = "usr/lib/x/plugin.so".parse().unwrap();
    for (run_path, expected) in [
        ("$ORIGIN/../private", "usr/lib/private"),
        ("${ORIGIN}", "usr/lib/x"),
        ("/usr/lib/systemd", "usr/lib/systemd"),
    ] {
        assert_eq!(expand_origin(run_path, &file), expected);
    }
}
