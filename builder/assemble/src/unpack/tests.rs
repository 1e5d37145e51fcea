use std::io::Cursor;

use wpimg_debian::testing::{EntryType, FakePackage};
use wpimg_oci::rootfs::{Content, Entry, Kind};

use super::{LARGEST_CONFFILE, Origin, UnpackError, Unpacked, unpack};
use crate::filter::Filter;
use crate::spool::Spool;
use crate::testing::{apart, apart_keeping, apart_without, package, path};

fn unpacked(deb: &[u8]) -> Result<Unpacked, UnpackError> {
    let origin = Origin {
        package: "hello".to_owned(),
        version: "1.0".to_owned(),
        file: "cache/hello.deb".into(),
    };
    let directory = tempfile::tempdir().unwrap();
    let mut spool = Spool::create(directory.path()).unwrap();
    unpack(&origin, Cursor::new(deb), &Filter::default(), &mut spool)
}

fn refused(package: &FakePackage) -> String {
    unpacked(&package.build()).unwrap_err().to_string()
}

/// Mode, path and content or target of every entry.
fn lines(unpacked: &Unpacked) -> Vec<String> {
    let line = |(path, entry): &(_, Entry)| {
        let content = match &entry.kind {
            Kind::Directory => "/".to_owned(),
            Kind::File(content) => {
                let bytes = content.read_all(1000).unwrap();
                format!(": {}", String::from_utf8(bytes).unwrap())
            }
            Kind::Symlink(target) => format!(" -> {target}"),
            Kind::Hardlink(target) => format!(" = {target}"),
        };
        format!("{:o} {path}{content}", entry.mode)
    };
    unpacked.entries.iter().map(line).collect()
}

#[test]
fn entries_keep_their_order_modes_and_contents() {
    let hello = package("hello")
        .file("usr/bin/hello", 0o4755, "program")
        .symlink("usr/bin/hi", "hello")
        .hardlink("usr/bin/salut", "usr/bin/hello")
        .directory("tmp", 0o1777);
    assert_eq!(
        lines(&apart(&hello)),
        [
            "755 usr/",
            "755 usr/bin/",
            "4755 usr/bin/hello: program",
            "777 usr/bin/hi -> hello",
            "644 usr/bin/salut = usr/bin/hello",
            "1777 tmp/",
        ]
    );
}

#[test]
fn what_the_filter_drops_is_not_taken() {
    let hello = package("hello")
        .file("usr/share/doc/hello/copyright", 0o644, "licence")
        .file("usr/bin/hello", 0o755, "program");
    assert_eq!(
        lines(&apart_without(&["/usr/share/**"], &hello)),
        ["755 usr/", "755 usr/bin/", "755 usr/bin/hello: program"]
    );
}

#[test]
fn only_configuration_files_are_held_in_memory() {
    let hello = package("hello")
        .file("etc/hello.conf", 0o644, "configuration")
        .file("etc/hello.d", 0o644, "no conffile")
        .conffiles(&["/etc/hello.conf"]);
    let unpacked = apart(&hello);
    let in_memory: Vec<&str> = unpacked
        .entries
        .iter()
        .filter(|(_, entry)| matches!(entry.content(), Some(Content::Inline(_))))
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(in_memory, ["etc/hello.conf"]);
    assert_eq!(unpacked.conffiles().len(), 1);
}

#[test]
fn another_package_than_the_one_named_is_refused() {
    assert_eq!(
        refused(&package("mallory")),
        "`cache/hello.deb` says it is package `mallory`, but the index says `hello`"
    );
}

#[test]
fn a_damaged_package_is_named_with_its_file() {
    let deb = package("hello").file("x", 0o644, "x").build();
    for cut in [0, 100, deb.len() / 2, deb.len() - 20] {
        assert_eq!(
            unpacked(&deb[..cut]).unwrap_err().to_string(),
            "package `hello` (`cache/hello.deb`) is not a valid Debian package"
        );
    }
}

#[test]
fn an_owner_beyond_32_bits_is_refused() {
    let records = b"18 uid=4294967296\n";
    let hello = package("hello")
        .entry("extension", EntryType::XHeader, 0o644, records)
        .file("owned", 0o644, "x");
    assert_eq!(
        refused(&hello),
        "`/owned` of package `hello` has owner 4294967296, which Linux does not know"
    );
}

#[test]
fn only_files_of_wordpress_are_moved() {
    let file = path("usr/share/wordpress/index.php");
    let moved = path("var/www/html/index.php");
    for (name, expected) in [
        ("wordpress", &moved),
        ("wordpress-theme-one", &moved),
        ("wordpressish", &file),
    ] {
        assert_eq!(&apart(&package(name)).moved_to(&file), expected, "{name}");
    }
}

#[test]
fn a_file_whose_first_name_is_dropped_lives_on_under_the_others() {
    let hello = package("hello")
        .file("usr/share/doc/hello/data", 0o640, "bytes")
        .hardlink("usr/lib/hello/b", "usr/share/doc/hello/data")
        .hardlink("usr/lib/hello/a", "usr/share/doc/hello/data");
    assert_eq!(
        lines(&apart_without(&["/usr/share/**"], &hello)),
        [
            "755 usr/",
            "755 usr/lib/",
            "755 usr/lib/hello/",
            "640 usr/lib/hello/b: bytes",
            "640 usr/lib/hello/a = usr/lib/hello/b",
        ]
    );
}

#[test]
fn a_conffile_beyond_what_is_held_in_memory_is_refused() {
    let largest = usize::try_from(LARGEST_CONFFILE).unwrap();
    let hello = |size: usize| {
        package("hello")
            .file("etc/hello.conf", 0o644, vec![0; size])
            .conffiles(&["/etc/hello.conf"])
    };
    assert_eq!(apart(&hello(largest)).conffiles().len(), 1);
    assert_eq!(
        refused(&hello(largest + 1)),
        "conffile `/etc/hello.conf` of package `hello` is larger than 16777216 bytes"
    );
}

#[test]
fn a_shared_documentation_directory_stays_a_link_where_licences_are_kept() {
    let link = "usr/share/doc/php8.4-cli";
    let cli = package("php8.4-cli")
        .symlink(link, "php8.4-common")
        .symlink("usr/share/doc/php8.4-common/README", "elsewhere");
    let kept = |keep: &[&str]| {
        let unpacked = apart_keeping(keep, &["/usr/share/doc/**"], &cli);
        lines(&unpacked).contains(&format!("777 {link} -> php8.4-common"))
    };
    assert!(kept(&["/usr/share/doc/*/copyright"]));
    assert!(!kept(&[]));
    assert!(!kept(&["/usr/share/doc/*/changelog.gz"]));
}
