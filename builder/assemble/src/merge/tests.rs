use wpimg_debian::testing::FakePackage;
use wpimg_oci::rootfs::{Entry, Kind, Rootfs};

use crate::layering::LayerGroup;
use crate::testing::{apart, listing, merge, package, path, text, tree};

fn refused(packages: &[FakePackage]) -> String {
    let packages: Vec<_> = packages.iter().map(apart).collect();
    merge(&packages).unwrap_err().to_string()
}

fn file(name: &str, content: &str) -> FakePackage {
    package(name).file("usr/share/x", 0o644, content)
}

fn layer_text(layer: &Rootfs, name: &str) -> Option<String> {
    let content = layer.get(&path(name))?.content()?;
    Some(String::from_utf8(content.read_all(100).unwrap()).unwrap())
}

#[test]
fn files_of_two_packages_at_one_path_are_refused_by_name() {
    assert_eq!(
        refused(&[file("aa", "1"), file("bb", "2")]),
        "`/usr/share/x` is in package `aa` and in package `bb`"
    );
    let directory = package("bb").directory("usr/share/x", 0o755);
    assert_eq!(
        refused(&[file("aa", "1"), directory]),
        "`/usr/share/x` is in package `aa` and in package `bb`"
    );
}

#[test]
fn a_package_takes_over_files_of_those_it_replaces_in_either_order() {
    let old = || file("old", "old");
    for new in ["zz-new", "aa-new"] {
        let new = || file(new, "new").field("Replaces", "old (<< 2), other");
        for packages in [[old(), new()], [new(), old()]] {
            assert_eq!(text(&tree(&packages), "usr/share/x"), "new");
        }
    }
}

#[test]
fn a_replaced_file_stays_hidden_in_its_own_lower_layer() {
    let old = || file("libold", "old");
    let new = || file("php8.4-new", "new").field("Replaces", "libold");
    for packages in [[old(), new()], [new(), old()]] {
        let tree = tree(&packages);
        assert_eq!(text(&tree, "usr/share/x"), "new");
        let layers = tree.into_layers().unwrap();
        let texts: Vec<_> = layers
            .iter()
            .map(|(group, layer)| (*group, layer_text(layer, "usr/share/x")))
            .collect();
        assert_eq!(
            texts,
            [
                (LayerGroup::Base, Some("old".to_owned())),
                (LayerGroup::Php, Some("new".to_owned()))
            ]
        );
    }
}

#[test]
fn a_file_of_a_higher_layer_cannot_be_replaced_from_below() {
    let old = || file("php8.4-old", "old");
    let new = || file("libnew", "new").field("Replaces", "php8.4-old");
    for packages in [[old(), new()], [new(), old()]] {
        assert!(refused(&packages).starts_with("`/usr/share/x` is in package"));
    }
}

#[test]
fn paths_of_the_split_usr_are_moved_with_their_hard_links() {
    let tree = tree(&[package("aa")
        .file("lib/x86_64-linux-gnu/libx.so.1", 0o644, "x")
        .hardlink("sbin/x", "lib/x86_64-linux-gnu/libx.so.1")
        .file("library/x", 0o644, "x")]);
    assert_eq!(
        listing(&tree, "usr"),
        [
            "755 0:0 usr/lib/",
            "755 0:0 usr/lib/x86_64-linux-gnu/",
            "644 0:0 usr/lib/x86_64-linux-gnu/libx.so.1",
            "755 0:0 usr/sbin/",
            "644 0:0 usr/sbin/x = usr/lib/x86_64-linux-gnu/libx.so.1",
        ]
    );
    assert_eq!(listing(&tree, "library"), ["644 0:0 library/x"]);
}

#[test]
fn a_directory_may_lie_where_a_link_to_one_is() {
    let tree = tree(&[
        package("aa").symlink("usr/lib/alias", "real"),
        package("bb").directory("usr/lib/alias", 0o755),
    ]);
    assert_eq!(listing(&tree, "usr/lib"), ["777 0:0 usr/lib/alias -> real"]);
    assert_eq!(tree.owner(&path("usr/lib/alias")), Some("aa"));
}

#[test]
fn a_path_below_a_file_is_refused_when_layers_are_made() {
    let tree = tree(&[
        package("aa").symlink("usr/share/alias", "real"),
        package("bb").file("usr/share/alias/x", 0o644, "x"),
    ]);
    let error = tree.into_layers().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/usr/share/alias/x` of `bb` lies below `/usr/share/alias`, which is not a directory"
    );
}

#[test]
fn layers_come_lowest_first_with_every_parent_directory() {
    let mut tree = tree(&[
        package("nginx").file("usr/sbin/nginx", 0o755, "x"),
        package("libc6").directory("root", 0o700),
    ]);
    let generated = Entry::file("x", 5);
    tree.generate(LayerGroup::Configuration, &path("root/a/b"), &generated);
    let layers = tree.into_layers().unwrap();
    let summary: Vec<String> = layers
        .iter()
        .map(|(group, layer)| {
            let paths: Vec<String> = layer
                .iter()
                .map(|(path, entry)| format!("{:o} {path}", entry.mode))
                .collect();
            format!("{group}: {}", paths.join(", "))
        })
        .collect();
    assert_eq!(
        summary,
        [
            "base libraries: 700 root",
            "nginx: 755 usr, 755 usr/sbin, 755 usr/sbin/nginx",
            "configuration: 700 root, 755 root/a, 644 root/a/b",
        ]
    );
}

#[test]
fn a_shared_directory_has_the_newest_time_whatever_the_order() {
    let at = |name: &str, mtime: i64| {
        let mut unpacked = apart(&package(name).directory("usr/share/doc", 0o755));
        for (_, entry) in &mut unpacked.entries {
            entry.mtime = mtime;
        }
        unpacked
    };
    for packages in [[at("aa", 7), at("bb", 9)], [at("aa", 9), at("bb", 7)]] {
        let tree = merge(&packages).unwrap();
        let directory = tree.merged().get(&path("usr/share/doc")).unwrap();
        assert_eq!((directory.mtime, tree.newest()), (9, 9));
    }
}

#[test]
fn a_directory_of_the_split_usr_is_no_conflict_and_no_directory() {
    let old = package("aa")
        .directory("bin", 0o755)
        .file("bin/tool", 0o755, "x");
    let base = package("base-files").symlink("bin", "usr/bin");
    for packages in [[&old, &base], [&base, &old]] {
        let tree = merge(&packages.map(apart)).unwrap();
        assert_eq!(
            listing(&tree, "usr"),
            ["755 0:0 usr/bin/", "755 0:0 usr/bin/tool"]
        );
        let link = tree.merged().get(&path("bin")).unwrap();
        assert!(matches!(&link.kind, Kind::Symlink(target) if target == "usr/bin"));
        assert!(!tree.is_replaced(&path("bin"), "aa"));
        tree.into_layers().unwrap();
    }
}

#[test]
fn a_generated_file_in_bin_lies_in_usr_bin() {
    let mut tree = tree(&[package("base-files").symlink("bin", "usr/bin").file(
        "usr/bin/tool",
        0o755,
        "packaged",
    )]);
    let generated = Entry::file("ours", 5);
    tree.generate(LayerGroup::Configuration, &path("bin/tool"), &generated);
    assert_eq!(text(&tree, "usr/bin/tool"), "ours");
    assert_eq!(tree.owner(&path("usr/bin/tool")), None);
    tree.into_layers().unwrap();
}

#[test]
fn a_hard_link_that_sorts_before_its_file_carries_the_bytes() {
    let tree = tree(&[package("aa")
        .file("opt/b", 0o755, "bytes")
        .hardlink("opt/a", "opt/b")]);
    let layers = tree.into_layers().unwrap();
    let layer = &layers[0].1;
    assert_eq!(layer_text(layer, "opt/a").as_deref(), Some("bytes"));
    let link = &layer.get(&path("opt/b")).unwrap().kind;
    assert!(matches!(link, Kind::Hardlink(target) if *target == path("opt/a")));
}

#[test]
fn a_hard_link_to_nothing_is_named() {
    let tree = tree(&[package("aa").hardlink("opt/a", "opt/b")]);
    let error = tree.into_layers().unwrap_err();
    assert_eq!(
        error.to_string(),
        "hard link `opt/a` names `opt/b`, which is not a regular file of the tree"
    );
    assert!(error.hint().unwrap().contains("`/opt/a`"));
}
