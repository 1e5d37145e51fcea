use wpimg_oci::rootfs::TreePath;

use super::{follow, lay_out, moved};
use crate::merge::Tree;
use crate::testing::{apart, listing, merge, package, path, text};
use wpimg_debian::testing::FakePackage;

fn laid_out(packages: &[FakePackage]) -> Tree {
    let mut packages: Vec<_> = packages.iter().map(apart).collect();
    lay_out(&mut packages).unwrap();
    merge(&packages).unwrap()
}

#[test]
fn both_of_debians_trees_end_in_the_document_root() {
    for (from, to) in [
        (
            "usr/share/wordpress/wp-login.php",
            "var/www/html/wp-login.php",
        ),
        ("usr/share/wordpress", "var/www/html"),
        (
            "var/lib/wordpress/wp-content/uploads",
            "var/www/html/wp-content/uploads",
        ),
        ("usr/share/wordpress-extra/a", "usr/share/wordpress-extra/a"),
        (
            "usr/share/doc/wordpress/copyright",
            "usr/share/doc/wordpress/copyright",
        ),
    ] {
        assert_eq!(moved(&path(from)), path(to));
    }
}

#[test]
fn links_are_followed_from_where_the_package_ships_them() {
    let link = path("usr/share/wordpress/wp-includes/js/underscore.js");
    let library: TreePath = path("usr/share/javascript/underscore/underscore.js");
    assert_eq!(
        follow(&link, "../../../javascript/underscore/underscore.js"),
        Some(library)
    );
    assert_eq!(follow(&link, "/etc/x"), Some(path("etc/x")));
    assert_eq!(follow(&path("a"), "../../../etc/passwd"), None);
}

#[test]
fn the_site_is_one_tree_with_uploads_of_the_web_server() {
    let wordpress = package("wordpress")
        .file("etc/wordpress/htaccess", 0o644, "x")
        .file("usr/bin/wp-setup", 0o755, "x")
        .file("usr/share/wordpress/index.php", 0o644, "x")
        .file("usr/share/wordpress/readme.html", 0o644, "x")
        .file("usr/share/wordpress/wp-config.php", 0o644, "x")
        .directory("usr/share/wordpress/wp-content/themes", 0o755)
        .symlink("var/lib/wordpress/wp-content/themes/a", "/nowhere")
        .directory("var/lib/wordpress/wp-content/uploads", 0o755);
    let theme = package("wordpress-theme-one").file(
        "usr/share/wordpress/wp-content/themes/one/style.css",
        0o644,
        "x",
    );
    let tree = laid_out(&[wordpress, theme]);
    assert_eq!(
        listing(&tree, "var/www/html"),
        [
            "644 0:0 var/www/html/index.php",
            "755 0:0 var/www/html/wp-content/",
            "755 0:0 var/www/html/wp-content/themes/",
            "755 0:0 var/www/html/wp-content/themes/one/",
            "644 0:0 var/www/html/wp-content/themes/one/style.css",
            "755 33:33 var/www/html/wp-content/uploads/",
        ]
    );
    assert_eq!(listing(&tree, "etc"), [""; 0]);
    assert_eq!(listing(&tree, "usr/bin"), [""; 0]);
}

#[test]
fn links_into_other_packages_become_the_files_they_lead_to() {
    let wordpress = package("wordpress")
        .symlink(
            "usr/share/wordpress/wp-includes/js/underscore.js",
            "../../../javascript/underscore/underscore.js",
        )
        .symlink(
            "usr/share/wordpress/wp-includes/certificates/ca-bundle.crt",
            "/etc/ssl/certs/ca-certificates.crt",
        );
    let library = package("libjs-underscore")
        .symlink("usr/share/javascript/underscore/underscore.js", "real.js")
        .file("usr/share/javascript/underscore/real.js", 0o644, "code")
        .file("usr/share/doc/libjs-underscore/copyright", 0o644, "MIT");
    let tree = laid_out(&[library, wordpress]);
    assert_eq!(
        text(&tree, "var/www/html/wp-includes/js/underscore.js"),
        "code"
    );
    assert_eq!(
        listing(&tree, "var/www/html/wp-includes/certificates"),
        [
            "777 0:0 var/www/html/wp-includes/certificates/ca-bundle.crt \
             -> /etc/ssl/certs/ca-certificates.crt"
        ]
    );
    // The library itself is of no more use; its licence is.
    assert_eq!(listing(&tree, "usr/share/javascript"), [""; 0]);
    assert_eq!(
        text(&tree, "usr/share/doc/libjs-underscore/copyright"),
        "MIT"
    );
}

#[test]
fn a_link_that_leads_nowhere_or_in_circles_is_named() {
    for (target, expected) in [
        ("/usr/share/absent.js", "/usr/share/absent.js"),
        ("x.js", "x.js"),
        ("../../../../../etc/passwd", "../../../../../etc/passwd"),
    ] {
        let wordpress = package("wordpress").symlink("usr/share/wordpress/x.js", target);
        let error = lay_out(&mut [apart(&wordpress)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`/usr/share/wordpress/x.js` of package `wordpress` links to `{expected}`, \
                 which no package in the image ships"
            )
        );
        assert!(error.hint().unwrap().contains(expected));
    }
}

#[test]
fn libraries_are_left_alone_where_there_is_no_wordpress() {
    let tree = laid_out(&[package("libjs-x").file("usr/share/javascript/x.js", 0o644, "x")]);
    assert_eq!(
        listing(&tree, "usr/share/javascript"),
        ["644 0:0 usr/share/javascript/x.js"]
    );
}
