use super::{lay_out, moved};
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
            "775 33:0 var/www/html/wp-content/uploads/",
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

/// A WordPress with one link to a library.
fn wordpress_with_a_link(target: &str) -> FakePackage {
    package("wordpress")
        .field("Depends", "libjs-x")
        .symlink("usr/share/wordpress/wp-includes/js/x.js", target)
}

#[test]
fn the_packages_that_files_were_copied_from_are_named_with_those_on_the_way() {
    let packages = [
        package("libjs-x").symlink("usr/share/javascript/x.js", "/usr/share/nodejs/x.js"),
        package("libjs-y").file("usr/share/javascript/y.js", 0o644, "unused"),
        package("node-x")
            .file("usr/share/nodejs/real.js", 0o644, "code")
            .hardlink("usr/share/nodejs/x.js", "usr/share/nodejs/real.js"),
        wordpress_with_a_link("/usr/share/javascript/x.js"),
    ];
    let mut packages: Vec<_> = packages.iter().map(apart).collect();
    let sources = lay_out(&mut packages).unwrap();
    assert_eq!(Vec::from_iter(sources), ["libjs-x", "node-x"]);
    let tree = merge(&packages).unwrap();
    assert_eq!(
        text(&tree, "var/www/html/wp-includes/js/x.js"),
        "code",
        "a hard link is copied as the file that it names"
    );
}

#[test]
fn the_web_server_owns_the_uploads_directory_and_nothing_else() {
    let content = "var/lib/wordpress/wp-content";
    let wordpress = package("wordpress")
        .directory(&format!("{content}/uploads"), 0o755)
        .file(&format!("{content}/uploads/index.php"), 0o666, "x")
        .directory(&format!("{content}/languages"), 0o775)
        .file(&format!("{content}/languages/nl.l10n.php"), 0o664, "x")
        .hardlink(
            &format!("{content}/languages/nl_BE.l10n.php"),
            &format!("{content}/languages/nl.l10n.php"),
        )
        .symlink("usr/share/wordpress/x.js", "/usr/share/javascript/x.js");
    let library = package("libjs-x").file("usr/share/javascript/x.js", 0o2775, "x");
    let mut packages = vec![apart(&library), apart(&wordpress)];
    for (_, entry) in packages.iter_mut().flat_map(|package| &mut package.entries) {
        (entry.uid, entry.gid) = (33, 33);
    }
    lay_out(&mut packages).unwrap();
    let tree = merge(&packages).unwrap();
    assert_eq!(
        listing(&tree, "var/www"),
        [
            "755 0:0 var/www/html/",
            "755 0:0 var/www/html/wp-content/",
            "755 0:0 var/www/html/wp-content/languages/",
            "644 0:0 var/www/html/wp-content/languages/nl.l10n.php",
            "644 0:0 var/www/html/wp-content/languages/nl_BE.l10n.php \
             = var/www/html/wp-content/languages/nl.l10n.php",
            "775 33:0 var/www/html/wp-content/uploads/",
            "644 0:0 var/www/html/wp-content/uploads/index.php",
            "755 0:0 var/www/html/x.js",
        ]
    );
}

#[test]
fn a_library_that_something_else_uses_stays_where_it_is() {
    let library = || {
        package("libjs-x")
            .file("usr/share/javascript/x/x.js", 0o644, "x")
            .symlink("usr/share/javascript/y", "x")
    };
    let stays = |other: FakePackage| {
        let wordpress = wordpress_with_a_link("/usr/share/javascript/x/x.js");
        let tree = laid_out(&[library(), other, wordpress]);
        assert_eq!(text(&tree, "var/www/html/wp-includes/js/x.js"), "x");
        tree.merged().contains(&path("usr/share/javascript/x/x.js"))
    };
    for target in [
        "/usr/share/javascript/x/x.js",
        "../javascript/x",
        "/usr/share/javascript",
        "/usr/share/javascript/y/x.js",
    ] {
        let other = package("phpmyadmin").symlink("usr/share/phpmyadmin/js", target);
        assert!(stays(other), "{target}");
    }
    assert!(stays(package("phpmyadmin").depends("libjs-x")));
    assert!(stays(package("libjs-asked-for").depends("libjs-x")));
    let theme = package("wordpress-theme-one").depends("libjs-x");
    assert!(!stays(theme));
    let unrelated = package("phpmyadmin").symlink("usr/share/phpmyadmin/js", "/usr/share/java");
    assert!(!stays(unrelated));
}
