//! Layers on top of each other.

use proptest::prelude::*;
use tar::EntryType;
use wpimg_inspect::{Image, layer::Encoding};
use wpimg_oci::media_type;

use crate::sample::{Archive, Sample, archive};

fn paths(image: &Image) -> Vec<String> {
    image
        .tree
        .iter()
        .map(|(path, _)| path.to_string())
        .collect()
}

fn check(layers: impl IntoIterator<Item = Archive>, expected: &[&str], wasted: &[(&str, u64)]) {
    let image = Sample::of(layers).read().unwrap();
    assert_eq!(paths(&image), expected);
    let hidden = image.tree.hidden().iter();
    let hidden: Vec<_> = hidden
        .map(|file| (file.path.to_string(), file.size))
        .collect();
    let expected: Vec<_> = wasted
        .iter()
        .map(|(path, size)| ((*path).to_owned(), *size))
        .collect();
    assert_eq!(hidden, expected);
}

#[test]
fn a_whiteout_takes_away_what_lower_layers_put_there() {
    check(
        [
            archive()
                .directory("a")
                .file("a/b", "12345")
                .file("a/c", "1")
                .file("ab", "1"),
            archive().file(".wh.a", ""),
        ],
        &["/ab"],
        &[("/a/b", 5), ("/a/c", 1)],
    );
}

#[test]
fn an_opaque_directory_keeps_only_what_its_own_layer_has() {
    check(
        [
            archive().directory("a").file("a/old", "12"),
            archive()
                .directory("a")
                .file("a/new", "1")
                .file("a/.wh..wh..opq", ""),
        ],
        &["/a", "/a/new"],
        &[("/a/old", 2)],
    );
}

#[test]
fn a_whiteout_spares_its_own_layer() {
    check(
        [
            archive().file("x", "old"),
            archive().file("x", "new!").file(".wh.x", ""),
        ],
        &["/x"],
        &[("/x", 3)],
    );
}

#[test]
fn a_name_below_a_link_lands_where_the_link_leads() {
    check(
        [
            archive()
                .directory("usr/lib")
                .link(EntryType::Symlink, "lib", "usr/lib")
                .file("usr/lib/a", "old"),
            archive().file("lib/a", "new").file("lib/b", "b"),
        ],
        &["/lib", "/usr/lib", "/usr/lib/a", "/usr/lib/b"],
        &[("/usr/lib/a", 3)],
    );
}

#[test]
fn links_in_a_circle_do_not_hold_the_reader() {
    check(
        [archive()
            .link(EntryType::Symlink, "a", "b")
            .link(EntryType::Symlink, "b", "a")
            .file("a/file", "1")],
        &["/a", "/a/file", "/b"],
        &[],
    );
}

#[test]
fn a_file_that_replaces_a_directory_takes_its_place() {
    check(
        [
            archive().directory("a").file("a/b", "12"),
            archive().file("a", "1"),
        ],
        &["/a"],
        &[("/a/b", 2)],
    );
}

#[test]
fn bytes_under_a_second_name_are_not_wasted() {
    check(
        [
            archive().file("a", "12345").link(EntryType::Link, "b", "a"),
            archive().file(".wh.a", ""),
        ],
        &["/b"],
        &[],
    );
}

#[test]
fn every_compression_gives_the_same_layer() {
    let bytes = archive().file("a", "content").bytes();
    let mut sample = Sample::default();
    sample.layer(&bytes, media_type::LAYER_TAR, "plain");
    sample.layer(&bytes, media_type::LAYER_TAR_GZIP, "gzip");
    sample.layer(
        &bytes,
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "docker",
    );
    sample.layer(&bytes, media_type::LAYER_TAR_ZSTD, "zstd");
    let image = sample.read().unwrap();
    let encodings: Vec<_> = image.layers.iter().map(|layer| layer.encoding).collect();
    assert_eq!(
        encodings,
        [
            Encoding::Plain,
            Encoding::Gzip,
            Encoding::Gzip,
            Encoding::Zstd
        ]
    );
    for layer in &image.layers {
        assert_eq!(layer.diff_id, image.layers[0].diff_id);
        assert_eq!(layer.entries, image.layers[0].entries);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn stored_bytes_are_seen_or_wasted_and_never_both(
        layers in prop::collection::vec(prop::collection::vec(("(\\.wh\\.)?[ab](/[ab]){0,2}", 0_usize..5), 0..8), 1..4)
    ) {
        let archives = layers.iter().map(|entries| entries.iter().fold(archive(), |archive, (path, size)| {
            let size = if path.contains(".wh.") { 0 } else { *size };
            archive.file(path, &"x".repeat(size))
        }));
        let image = Sample::of(archives).read().unwrap();
        let stored: u64 = image.layers.iter().flat_map(|layer| &layer.entries).map(|entry| entry.size).sum();
        let seen: u64 = image.tree.iter().map(|(_, node)| image.entry(node).size).sum();
        let wasted: u64 = image.tree.hidden().iter().map(|file| file.size).sum();
        prop_assert_eq!(stored, seen + wasted);
    }
}
