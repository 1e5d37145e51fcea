//! What the effects make of small packages.

use wpimg_debian::testing::FakePackage;

use super::apply;
use crate::merge::Tree;
use crate::testing::{listing, package, text, tree};

fn applied(packages: &[FakePackage]) -> Tree {
    let mut tree = tree(packages);
    apply(&mut tree).unwrap();
    tree
}

fn refused(packages: &[FakePackage]) -> String {
    let mut tree = tree(packages);
    apply(&mut tree).unwrap_err().to_string()
}

const PASSWD: &str =
    "root:*:0:0:root:/root:/bin/bash\nwww-data:*:33:33:www-data:/var/www:/nologin\n";

#[test]
fn accounts_are_made_from_the_master_files_and_only_root_reads_the_shadows() {
    let tree = applied(&[package("base-passwd")
        .file("usr/share/base-passwd/passwd.master", 0o644, PASSWD)
        .file(
            "usr/share/base-passwd/group.master",
            0o644,
            "root:*:0:\nwww-data:*:33:\n",
        )]);
    assert_eq!(
        text(&tree, "etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/nologin\n"
    );
    assert_eq!(text(&tree, "etc/group"), "root:x:0:\nwww-data:x:33:\n");
    assert_eq!(text(&tree, "etc/gshadow"), "root:*::\nwww-data:*::\n");
    // 1 700 000 000 seconds, the time of the newest file, are 19675 days.
    assert_eq!(
        text(&tree, "etc/shadow"),
        "root:*:19675:0:99999:7:::\nwww-data:*:19675:0:99999:7:::\n"
    );
    assert_eq!(
        listing(&tree, "etc"),
        [
            "644 0:0 etc/group",
            "640 0:42 etc/gshadow",
            "644 0:0 etc/passwd",
            "640 0:42 etc/shadow",
            "644 0:0 etc/subgid",
            "644 0:0 etc/subuid",
        ]
    );
}

#[test]
fn a_master_file_that_is_not_text_is_named() {
    let damaged =
        package("base-passwd").file("usr/share/base-passwd/passwd.master", 0o644, b"root\xff\n");
    assert_eq!(
        refused(&[damaged]),
        "`/usr/share/base-passwd/passwd.master` is not text"
    );
}

#[test]
fn an_alternative_is_a_link_to_a_link_with_a_record() {
    let tree = applied(&[package("mawk").file("usr/bin/mawk", 0o755, "x")]);
    assert_eq!(
        listing(&tree, "usr/bin"),
        [
            "777 0:0 usr/bin/awk -> /etc/alternatives/awk",
            "755 0:0 usr/bin/mawk"
        ]
    );
    assert_eq!(
        listing(&tree, "etc"),
        ["777 0:0 etc/alternatives/awk -> /usr/bin/mawk"]
    );
    assert_eq!(
        text(&tree, "var/lib/dpkg/alternatives/awk"),
        "auto\n/usr/bin/awk\n\n/usr/bin/mawk\n5\n\n"
    );
}

#[test]
fn the_newest_php_is_the_one_called_php_and_the_record_has_both() {
    let tree = applied(&[
        package("php8.4-cli")
            .file("usr/bin/php8.4", 0o755, "x")
            .file("usr/lib/php/8.4/php.ini-production.cli", 0o644, ""),
        package("php8.3-cli")
            .file("usr/bin/php8.3", 0o755, "x")
            .file("usr/bin/phar8.3", 0o755, "x"),
    ]);
    assert_eq!(
        listing(&tree, "etc/alternatives"),
        [
            "777 0:0 etc/alternatives/phar -> /usr/bin/phar8.3",
            "777 0:0 etc/alternatives/php -> /usr/bin/php8.4"
        ]
    );
    assert_eq!(
        text(&tree, "var/lib/dpkg/alternatives/php"),
        "auto\n/usr/bin/php\n\n/usr/bin/php8.3\n83\n/usr/bin/php8.4\n84\n\n"
    );
}

#[test]
fn a_name_that_a_package_ships_is_no_alternative() {
    let tree = applied(&[
        package("mawk").file("usr/bin/mawk", 0o755, "x"),
        package("gawk").file("usr/bin/awk", 0o755, "x"),
    ]);
    assert_eq!(
        listing(&tree, "usr/bin"),
        ["755 0:0 usr/bin/awk", "755 0:0 usr/bin/mawk"]
    );
    assert_eq!(listing(&tree, "etc/alternatives"), [""; 0]);
}

fn php_common() -> FakePackage {
    package("php8.4-common")
        .file("usr/lib/php/8.4/php.ini-production", 0o644, "for fpm\n")
        .file("usr/lib/php/8.4/php.ini-production.cli", 0o644, "for cli\n")
        .file(
            "usr/share/php8.4-mysql/mysql/mysqlnd.ini",
            0o644,
            "; priority=10\nextension=mysqlnd.so\n",
        )
        .file(
            "usr/share/php8.4-mysql/mysql/mysqli.ini",
            0o644,
            "extension=mysqli.so\n",
        )
        .file("usr/share/php8.4-mysql/README.ini", 0o644, "not a module\n")
        .file(
            "usr/share/php8.3-gd/gd/gd.ini",
            0o644,
            "of another version\n",
        )
        .directory("var/lib/php/sessions", 0o755)
}

#[test]
fn every_extension_is_enabled_for_every_installed_sapi() {
    let redis = package("php8.4-redis").file(
        "etc/php/8.4/mods-available/redis.ini",
        0o644,
        "; priority=25\nextension=redis.so\n",
    );
    let fpm = package("php8.4-fpm").file("usr/sbin/php-fpm8.4", 0o755, "x");
    let tree = applied(&[php_common(), redis, fpm]);
    let mods = "/etc/php/8.4/mods-available";
    let links = listing(&tree, "etc/php/8.4/fpm");
    assert_eq!(
        links,
        [
            format!("777 0:0 etc/php/8.4/fpm/conf.d/10-mysqlnd.ini -> {mods}/mysqlnd.ini"),
            format!("777 0:0 etc/php/8.4/fpm/conf.d/20-mysqli.ini -> {mods}/mysqli.ini"),
            format!("777 0:0 etc/php/8.4/fpm/conf.d/25-redis.ini -> {mods}/redis.ini"),
            "644 0:0 etc/php/8.4/fpm/php.ini".to_owned(),
        ]
    );
    assert_eq!(text(&tree, "etc/php/8.4/fpm/php.ini"), "for fpm\n");
    assert_eq!(
        text(&tree, "etc/php/8.4/mods-available/mysqli.ini"),
        "extension=mysqli.so\n"
    );
    assert_eq!(listing(&tree, "etc/php/8.4/cli"), [""; 0]);
    assert_eq!(
        listing(&tree, "var/lib/php"),
        ["1733 0:0 var/lib/php/sessions/"]
    );
}

#[test]
fn each_sapi_has_the_settings_made_for_it() {
    let cli = package("php8.4-cli").file("usr/bin/php8.4", 0o755, "x");
    let tree = applied(&[php_common(), cli]);
    assert_eq!(text(&tree, "etc/php/8.4/cli/php.ini"), "for cli\n");
    assert_eq!(listing(&tree, "etc/php/8.4/fpm"), [""; 0]);
}

#[test]
fn a_missing_template_is_an_error_that_names_it() {
    let incomplete = package("php8.4-cli")
        .file("usr/bin/php8.4", 0o755, "x")
        .file("usr/lib/php/8.4/php.ini-production", 0o644, "");
    assert_eq!(
        refused(&[incomplete]),
        "package `php-common` was expected to ship `/usr/lib/php/8.4/php.ini-production.cli`"
    );
}

const ROOT_A: &str = include_str!("subject_hash/blanks.pem");
const ROOT_B: &str = include_str!("subject_hash/t61_string.pem");

#[test]
fn certificates_are_bundled_and_linked_by_the_hash_of_their_subject() {
    let certificates = "usr/share/ca-certificates/mozilla";
    let tree = applied(&[package("ca-certificates")
        .file(&format!("{certificates}/B.crt"), 0o644, ROOT_B.trim_end())
        .file(&format!("{certificates}/A, (x) y.crt"), 0o644, ROOT_A)
        .file(&format!("{certificates}/A_.crt"), 0o644, ROOT_A)
        .file(
            &format!("{certificates}/README"),
            0o644,
            "not a certificate",
        )]);
    assert_eq!(
        text(&tree, "etc/ca-certificates.conf"),
        "mozilla/A, (x) y.crt\nmozilla/A_.crt\nmozilla/B.crt\n"
    );
    assert_eq!(
        text(&tree, "etc/ssl/certs/ca-certificates.crt"),
        [ROOT_A, ROOT_A, ROOT_B].concat()
    );
    // "A_.pem" sorts before "A__=x=_y.pem": equal hashes are numbered as rehash meets the links.
    assert_eq!(
        listing(&tree, "etc/ssl/certs"),
        [
            "777 0:0 etc/ssl/certs/368d00a6.0 -> A_.pem".to_owned(),
            "777 0:0 etc/ssl/certs/368d00a6.1 -> A__=x=_y.pem".to_owned(),
            "777 0:0 etc/ssl/certs/7e87976b.0 -> B.pem".to_owned(),
            format!("777 0:0 etc/ssl/certs/A_.pem -> /{certificates}/A_.crt"),
            format!("777 0:0 etc/ssl/certs/A__=x=_y.pem -> /{certificates}/A, (x) y.crt"),
            format!("777 0:0 etc/ssl/certs/B.pem -> /{certificates}/B.crt"),
            "644 0:0 etc/ssl/certs/ca-certificates.crt".to_owned(),
        ]
    );
}

#[test]
fn a_damaged_certificate_is_named() {
    let damaged = package("ca-certificates").file(
        "usr/share/ca-certificates/mozilla/Bad.crt",
        0o644,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let message = refused(&[damaged]);
    assert!(
        message
            .starts_with("`/usr/share/ca-certificates/mozilla/Bad.crt` is not a PEM certificate: "),
        "{message}"
    );
}

#[test]
fn the_skeleton_leaves_what_packages_ship() {
    let tree = applied(&[package("base-files")
        .directory("tmp", 0o1770)
        .directory("usr/lib32", 0o755)
        .directory("var/lock", 0o1777)
        .directory("var/run", 0o755)
        .directory("var/log/nginx", 0o750)]);
    for (directory, expected) in [
        ("bin", "usr/bin"),
        ("lib64", "usr/lib64"),
        ("lib32", "usr/lib32"),
        ("var/lock", "/run/lock"),
        ("var/run", "/run"),
    ] {
        let found = tree.merged().get(&directory.parse().unwrap()).unwrap();
        let target = match &found.kind {
            wpimg_oci::rootfs::Kind::Symlink(target) => target,
            other => panic!("/{directory} is {other:?}"),
        };
        assert_eq!(target, expected);
    }
    let mode = |name: &str| tree.merged().get(&name.parse().unwrap()).unwrap().mode;
    assert_eq!(
        (mode("tmp"), mode("var/tmp"), mode("root")),
        (0o1770, 0o1777, 0o700)
    );
    assert_eq!(listing(&tree, "var/log"), ["755 0:4 var/log/nginx/"]);
    assert!(!tree.merged().contains(&"libx32".parse().unwrap()));
}

#[test]
fn a_runtime_directory_with_something_in_it_stays_one() {
    let tree = applied(&[package("old").directory("var/run/old", 0o755)]);
    assert_eq!(listing(&tree, "var/run"), ["755 0:0 var/run/old/"]);
}

#[test]
fn what_base_files_makes_when_it_is_installed_is_there() {
    let templates = "usr/share/base-files";
    let base = package("base-files")
        .file("etc/dpkg/origins/debian", 0o644, "Vendor: Debian\n")
        .file("root/.bashrc", 0o600, "own")
        .file(&format!("{templates}/dot.bashrc"), 0o644, "bashrc")
        .file(
            &format!("{templates}/dot.profile"),
            0o644,
            "profile of root",
        )
        .file(&format!("{templates}/profile"), 0o644, "profile");
    let tree = applied(&[base]);
    assert_eq!(
        listing(&tree, "usr/local"),
        [
            "755 0:0 usr/local/bin/",
            "755 0:0 usr/local/etc/",
            "755 0:0 usr/local/games/",
            "755 0:0 usr/local/include/",
            "755 0:0 usr/local/lib/",
            "755 0:0 usr/local/libexec/",
            "777 0:0 usr/local/man -> share/man",
            "755 0:0 usr/local/sbin/",
            "755 0:0 usr/local/share/",
            "755 0:0 usr/local/share/man/",
            "755 0:0 usr/local/src/",
        ]
    );
    assert_eq!(
        listing(&tree, "etc"),
        [
            "755 0:0 etc/dpkg/",
            "755 0:0 etc/dpkg/origins/",
            "644 0:0 etc/dpkg/origins/debian",
            "777 0:0 etc/dpkg/origins/default -> debian",
            "755 0:0 etc/opt/",
            "644 0:0 etc/profile",
        ]
    );
    for directory in ["media", "mnt", "opt", "srv", "var/opt"] {
        let found = tree.merged().get(&directory.parse().unwrap()).unwrap();
        assert!(found.is_directory(), "/{directory}");
    }
    let mail = tree.merged().get(&"var/mail".parse().unwrap()).unwrap();
    assert_eq!((mail.mode, mail.gid), (0o2775, 8));
    assert_eq!(
        listing(&tree, "var/spool"),
        ["777 0:0 var/spool/mail -> ../mail"]
    );
    assert_eq!(text(&tree, "root/.profile"), "profile of root");
    assert_eq!(text(&tree, "root/.bashrc"), "own");
    assert_eq!(listing(&applied(&[package("other")]), "usr/local"), [""; 0]);
}

#[test]
fn the_machine_has_names_keys_and_a_time_zone() {
    let tree = applied(&[
        package("netbase"),
        package("readline-common").file("usr/share/readline/inputrc", 0o644, "keys"),
        package("tzdata").file("usr/share/zoneinfo/Etc/UTC", 0o644, "TZif2"),
    ]);
    assert_eq!(
        listing(&tree, "etc"),
        [
            "644 0:0 etc/hosts",
            "644 0:0 etc/inputrc",
            "777 0:0 etc/localtime -> /usr/share/zoneinfo/Etc/UTC",
            "644 0:0 etc/networks",
        ]
    );
    assert!(text(&tree, "etc/hosts").starts_with("127.0.0.1\tlocalhost\n::1\t\tlocalhost "));
    assert!(text(&tree, "etc/networks").contains("loopback\t127.0.0.0\n"));
}

#[test]
fn the_highest_priority_is_what_a_generic_name_stands_for_in_any_directory() {
    let fallback = package("mysql-common").file("etc/mysql/my.cnf.fallback", 0o644, "x");
    let mariadb = package("mariadb-common").file("etc/mysql/mariadb.cnf", 0o644, "x");
    let magick = package("imagemagick-7.q16").file("usr/bin/convert-im7.q16", 0o755, "x");
    let tree = applied(&[fallback, mariadb, magick]);
    assert_eq!(
        listing(&tree, "etc/alternatives"),
        [
            "777 0:0 etc/alternatives/convert -> /usr/bin/convert-im7.q16",
            "777 0:0 etc/alternatives/convert-im7 -> /usr/bin/convert-im7.q16",
            "777 0:0 etc/alternatives/my.cnf -> /etc/mysql/mariadb.cnf",
        ]
    );
    assert_eq!(
        text(&tree, "var/lib/dpkg/alternatives/my.cnf"),
        "auto\n/etc/mysql/my.cnf\n\n/etc/mysql/mariadb.cnf\n200\n\
         /etc/mysql/my.cnf.fallback\n100\n\n"
    );
}

#[test]
fn fonts_that_packages_declare_are_joined_for_ghostscript() {
    let fonts = "etc/ghostscript/fontmap.d";
    let tree = applied(&[
        package("ghostscript").directory(fonts, 0o755),
        package("fonts-b").file(&format!("{fonts}/20b.conf"), 0o644, "b\n"),
        package("fonts-a")
            .file(&format!("{fonts}/10a.conf"), 0o644, "a\n")
            .file(&format!("{fonts}/README"), 0o644, "no declaration\n"),
    ]);
    assert_eq!(text(&tree, "var/lib/ghostscript/fonts/Fontmap"), "a\nb\n");
    assert_eq!(text(&tree, "var/lib/ghostscript/fonts/cidfmap"), "");
}
