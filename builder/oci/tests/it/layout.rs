//! The layout directory: put in place whole, never over anything else, verified both ways.

use std::{fs, os::unix::fs::symlink, path::Path};

use wpimg_oci::{
    digest::Digest,
    image::{Descriptor, Index, Manifest},
    layout::{Layout, LayoutError, Outcome},
    media_type,
    platform::Platform,
};

use crate::sample::{GZIP, Image, ZSTD, image};

/// A cache, and beside it an empty place for layouts.
pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) image: Image,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        fs::create_dir(directory.path().join("cache")).expect("it can be written");
        fs::create_dir(directory.path().join("place")).expect("it can be written");
        let image = image(&directory.path().join("cache"), ZSTD);
        Self { directory, image }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join("place").join(name)
    }

    pub(crate) fn write(&self, name: &str) -> Result<Outcome, LayoutError> {
        self.image
            .writer
            .write_directory(&self.image.index, &self.path(name))
    }

    pub(crate) fn cached_layer(&self) -> std::path::PathBuf {
        self.directory
            .path()
            .join("cache")
            .join(self.image.layer.digest.hex())
    }

    /// What lies in the place, hidden names included.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("")).expect("the place can be listed");
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).expect("the blob can be read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).expect("the blob can be written");
}

#[test]
fn what_was_written_is_read_again() {
    let place = Place::new();
    assert_eq!(place.write("new/shop").unwrap(), Outcome::Created);
    let layout = Layout::open(&place.path("new/shop")).unwrap();
    layout.verify().unwrap();
    assert_eq!(layout.index(), &place.image.index);
    assert_eq!(layout.resolve(None).unwrap().digest, place.image.manifest);
    assert_eq!(
        layout.resolve(Some("6.8")).unwrap().digest,
        place.image.manifest
    );
    let found = layout.image(Platform::LINUX_AMD64).unwrap();
    assert_eq!(found.manifest.config.digest, place.image.config);
    assert_eq!(
        Digest::of(&layout.read_document(&place.image.config).unwrap()),
        place.image.config
    );
    assert!(matches!(
        layout.image(Platform::LINUX_ARM64),
        Err(LayoutError::UnknownPlatform { .. })
    ));
    assert!(matches!(
        layout.resolve(Some("7")),
        Err(LayoutError::UnknownName { .. })
    ));
}

#[test]
fn an_equal_layout_is_left_alone_and_another_replaced() {
    let mut place = Place::new();
    assert_eq!(place.write("shop").unwrap(), Outcome::Created);
    assert_eq!(place.write("shop").unwrap(), Outcome::Unchanged);
    place.image = image(&place.directory.path().join("cache"), GZIP);
    assert_eq!(place.write("shop").unwrap(), Outcome::Replaced);
    Layout::open(&place.path("shop")).unwrap().verify().unwrap();
    assert_eq!(place.names(), ["shop"]);
    let blobs = fs::read_dir(place.path("shop/blobs/sha256"))
        .unwrap()
        .count();
    assert_eq!(blobs, 3);
}

#[test]
fn a_damaged_layout_is_repaired() {
    let place = Place::new();
    let layer = format!("shop/blobs/sha256/{}", place.image.layer.digest.hex());
    let spoil: [fn(&Path); 3] = [
        flip_a_byte,
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path.with_file_name("ab".repeat(32)), "").unwrap(),
    ];
    for spoil in spoil {
        place.write("shop").unwrap();
        spoil(&place.path(&layer));
        assert_eq!(place.write("shop").unwrap(), Outcome::Replaced);
        assert_eq!(place.write("shop").unwrap(), Outcome::Unchanged);
    }
}

#[test]
fn an_edit_of_the_layout_does_not_reach_the_cache() {
    let place = Place::new();
    place.write("shop").unwrap();
    let layer = format!("shop/blobs/sha256/{}", place.image.layer.digest.hex());
    flip_a_byte(&place.path(&layer));
    assert_eq!(
        Digest::of(&fs::read(place.cached_layer()).unwrap()),
        place.image.layer.digest
    );
}

#[test]
fn what_is_not_a_layout_is_never_replaced() {
    let place = Place::new();
    fs::write(place.path("file"), "mine").unwrap();
    fs::create_dir(place.path("site")).unwrap();
    fs::write(place.path("site/index.php"), "mine").unwrap();
    fs::create_dir(place.path("half")).unwrap();
    fs::write(place.path("half/index.json"), "{}").unwrap();
    symlink("nowhere", place.path("dangling")).unwrap();
    place.write("extended").unwrap();
    fs::write(place.path("extended/notes.txt"), "mine").unwrap();
    let before = place.names();
    for (name, expected) in [
        ("file", "is a file and is not replaced"),
        (
            "site",
            "is a directory with `index.php`, which no OCI layout has, and is not replaced",
        ),
        (
            "half",
            "is not an OCI layout: it has no usable `oci-layout`",
        ),
        ("dangling", "is a link to nothing and is not replaced"),
        (
            "extended",
            "is a directory with `notes.txt`, which no OCI layout has, and is not replaced",
        ),
    ] {
        let message = place.write(name).unwrap_err().to_string();
        let path = place.path(name);
        assert_eq!(message, format!("`{}` {expected}", path.display()));
    }
    assert_eq!(place.names(), before);
    assert_eq!(
        fs::read_to_string(place.path("site/index.php")).unwrap(),
        "mine"
    );
}

#[test]
fn an_empty_directory_and_a_link_to_a_layout_are_filled() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    symlink("empty", place.path("link")).unwrap();
    assert_eq!(place.write("link").unwrap(), Outcome::Created);
    assert!(place.path("link").is_symlink());
    Layout::open(&place.path("empty"))
        .unwrap()
        .verify()
        .unwrap();
}

#[test]
fn a_damaged_cache_never_becomes_a_layout() {
    let place = Place::new();
    place.write("old").unwrap();
    flip_a_byte(&place.cached_layer());
    let error = place.write("shop").unwrap_err();
    let cached = place.cached_layer();
    assert!(
        matches!(&error, LayoutError::Corrupt { path, .. } if *path == cached),
        "{error}"
    );
    assert_eq!(error.damaged_blob(), Some(place.image.layer.digest));
    assert!(
        error
            .hint()
            .unwrap()
            .contains(&place.image.layer.digest.hex())
    );
    assert_eq!(place.names(), ["old"]);
}

#[test]
fn nothing_is_written_when_a_blob_is_missing() {
    let place = Place::new();
    let absent = Descriptor::of(media_type::LAYER_TAR, b"absent");
    let config = Descriptor::of(media_type::IMAGE_CONFIG, b"{}");
    let manifest = Manifest::new(config, vec![absent.clone()])
        .to_bytes()
        .unwrap();
    let mut writer = place.image.writer.clone();
    let index = Index::new(vec![Descriptor::of(media_type::IMAGE_MANIFEST, &manifest)]);
    writer.add_blob(b"{}".to_vec());
    let manifest = writer.add_blob(manifest);
    let error = writer
        .write_directory(&index, &place.path("shop"))
        .unwrap_err();
    let expected = format!(
        "blob `{}`, which `{manifest}` names, is missing",
        absent.digest
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(place.names(), [""; 0]);
}

#[test]
fn an_index_for_two_platforms_gives_each_its_image() {
    let mut place = Place::new();
    let amd64 = place.image.index.manifests[0].clone();
    let mut manifest = Manifest::from_slice(&{
        place.write("one").unwrap();
        Layout::open(&place.path("one"))
            .unwrap()
            .read_document(&amd64.digest)
            .unwrap()
    })
    .unwrap();
    manifest.annotations.insert("for".into(), "arm".into());
    let manifest = manifest.to_bytes().unwrap();
    let arm64 =
        Descriptor::of(media_type::IMAGE_MANIFEST, &manifest).with_platform(Platform::LINUX_ARM64);
    place.image.writer.add_blob(manifest);
    let both = Index::new(vec![amd64.clone(), arm64.clone()])
        .to_bytes()
        .unwrap();
    place.image.index = Index::new(vec![Descriptor::of(media_type::IMAGE_INDEX, &both)]);
    place.image.writer.add_blob(both);
    place.write("both").unwrap();
    let layout = Layout::open(&place.path("both")).unwrap();
    for (platform, expected) in [
        (Platform::LINUX_AMD64, &amd64),
        (Platform::LINUX_ARM64, &arm64),
    ] {
        assert_eq!(
            layout.image(platform).unwrap().descriptor.digest,
            expected.digest
        );
    }
}

#[test]
fn an_index_that_nests_without_end_is_refused() {
    let mut place = Place::new();
    for _ in 0..10 {
        let nested = place.image.index.to_bytes().unwrap();
        place.image.index = Index::new(vec![Descriptor::of(media_type::IMAGE_INDEX, &nested)]);
        place.image.writer.add_blob(nested);
    }
    assert!(matches!(
        place.write("deep"),
        Err(LayoutError::Nesting { .. })
    ));
}

#[test]
fn what_cannot_be_a_layout_is_not_opened() {
    let place = Place::new();
    let open = |name: &str| Layout::open(&place.path(name)).unwrap_err();
    assert!(matches!(
        open("missing"),
        LayoutError::NotALayout {
            missing: "oci-layout",
            ..
        }
    ));
    for (name, marker, index) in [
        ("text", "hello", "{}"),
        ("version", r#"{"imageLayoutVersion":"2.0.0"}"#, "{}"),
        (
            "index",
            r#"{"imageLayoutVersion":"1.0.0"}"#,
            r#"{"schemaVersion":2}"#,
        ),
        (
            "large",
            r#"{"imageLayoutVersion":"1.0.0"}"#,
            &" ".repeat(5_000_000),
        ),
    ] {
        fs::create_dir(place.path(name)).unwrap();
        fs::write(place.path(name).join("oci-layout"), marker).unwrap();
        fs::write(place.path(name).join("index.json"), index).unwrap();
    }
    assert!(matches!(open("text"), LayoutError::NotALayout { .. }));
    assert!(matches!(open("version"), LayoutError::Version { .. }));
    assert!(matches!(open("index"), LayoutError::Document { .. }));
    assert!(matches!(open("large"), LayoutError::TooLarge { .. }));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let place = Place::new();
    fs::write(place.path("file"), "").unwrap();
    let error = place.write("file/shop").unwrap_err();
    assert!(error.to_string().contains("file/shop"), "{error}");
}
