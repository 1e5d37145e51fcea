use wpimg_debian::deb::ScriptKind;

use super::write;
use crate::merge::Tree;
use crate::testing::{apart_without, listing, merge, package, text};
use crate::unpack::Unpacked;
use crate::wordpress;

fn database(mut packages: Vec<Unpacked>) -> Tree {
    wordpress::lay_out(&mut packages).unwrap();
    let mut tree = merge(&packages).unwrap();
    write(&mut tree, &packages);
    tree
}

#[test]
fn the_database_names_what_is_in_the_image_and_nothing_else() {
    let hello = package("hello")
        .field("Multi-Arch", "same")
        .file("etc/hello.conf", 0o644, "greeting=hi\n")
        .file("etc/dropped.conf", 0o644, "x")
        .file("usr/bin/hello", 0o755, "x")
        .file("usr/share/man/man1/hello.1.gz", 0o644, "x")
        .conffiles(&["/etc/hello.conf", "/etc/dropped.conf"])
        .script(ScriptKind::Postinst, "#!/bin/sh\n")
        .control_file(
            "md5sums",
            "9dd4e461268c8034f5c8564e155c67a6  usr/bin/hello\n\
             0cc175b9c0f1b6a831c399e269772661  usr/share/man/man1/hello.1.gz\n",
        );
    let dropped = ["/usr/share/man/**", "/etc/dropped.conf"];
    let tree = database(vec![
        apart_without(&dropped, &hello),
        apart_without(&dropped, &package("other")),
    ]);
    assert_eq!(
        listing(&tree, "var/lib/dpkg/info"),
        [
            "format",
            "hello:amd64.conffiles",
            "hello:amd64.list",
            "hello:amd64.md5sums",
            "other.list"
        ]
        .map(|name| format!("644 0:0 var/lib/dpkg/info/{name}"))
    );
    let info = |name: &str| text(&tree, &format!("var/lib/dpkg/info/{name}"));
    assert_eq!(
        info("hello:amd64.list"),
        "/.\n/etc\n/etc/hello.conf\n/usr\n/usr/bin\n/usr/bin/hello\n/usr/share\n"
    );
    assert_eq!(
        info("hello:amd64.md5sums"),
        "9dd4e461268c8034f5c8564e155c67a6  usr/bin/hello\n"
    );
    assert_eq!(info("hello:amd64.conffiles"), "/etc/hello.conf\n");
    assert_eq!(info("other.list"), "/.\n");
}

#[test]
fn status_has_a_paragraph_per_package_with_the_sums_of_its_conffiles() {
    let hello = package("hello")
        .file("etc/hello.conf", 0o644, "greeting=hi\n")
        .conffiles(&["/etc/hello.conf"]);
    let tree = database(vec![
        apart_without(&[], &hello),
        apart_without(&[], &package("other")),
    ]);
    let paragraph = |name: &str, conffiles: &str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n\
             Maintainer: Nobody <nobody@example.org>\nDescription: made up for a test\n{conffiles}\n"
        )
    };
    // The sum is what md5sum(1) prints for "greeting=hi\n".
    let conffiles = "Conffiles:\n /etc/hello.conf 196bdbd60cbe13cc013f592941f52f52\n";
    assert_eq!(
        text(&tree, "var/lib/dpkg/status"),
        paragraph("hello", conffiles) + &paragraph("other", "")
    );
}

#[test]
fn a_file_that_was_taken_over_is_on_one_list_only() {
    let sums = "0cc175b9c0f1b6a831c399e269772661  usr/share/x\n";
    let old = package("old")
        .file("usr/share/x", 0o644, "old")
        .control_file("md5sums", sums);
    let new = package("new")
        .field("Replaces", "old")
        .file("usr/share/x", 0o644, "new");
    let (new, old) = (apart_without(&[], &new), apart_without(&[], &old));
    let tree = database(vec![new, old]);
    let list = |name: &str| text(&tree, &format!("var/lib/dpkg/info/{name}"));
    assert_eq!(list("new.list"), "/.\n/usr\n/usr/share\n/usr/share/x\n");
    assert_eq!(list("old.list"), "/.\n/usr\n/usr/share\n");
    assert_eq!(list("old.md5sums"), "");
}

#[test]
fn files_of_wordpress_are_recorded_where_they_lie() {
    let wordpress = package("wordpress")
        .file("usr/share/wordpress/wp-login.php", 0o644, "x")
        .file("usr/bin/wp-setup", 0o755, "x")
        .control_file(
            "md5sums",
            "9dd4e461268c8034f5c8564e155c67a6  usr/share/wordpress/wp-login.php\n\
             9dd4e461268c8034f5c8564e155c67a6  usr/bin/wp-setup\n",
        );
    let tree = database(vec![apart_without(&[], &wordpress)]);
    assert_eq!(
        text(&tree, "var/lib/dpkg/info/wordpress.md5sums"),
        "9dd4e461268c8034f5c8564e155c67a6  var/www/html/wp-login.php\n"
    );
    let list = text(&tree, "var/lib/dpkg/info/wordpress.list");
    assert!(list.contains("\n/var/www/html/wp-login.php\n"), "{list}");
    assert!(!list.contains("wp-setup"), "{list}");
}
