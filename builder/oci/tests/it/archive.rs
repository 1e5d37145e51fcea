//! The archives: the layout in one tar, with and without docker's list, and docker's own form.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::{fs::symlink, net::UnixListener},
};

use serde_json::{Value, json};
use wpimg_oci::{
    digest::Digest,
    layer::Compression,
    layout::{DockerCompat, Layout, LayoutError},
};

use crate::sample::{GZIP, Image, ZSTD, image};

fn members(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(tar);
    let mut members = Vec::new();
    for entry in archive.entries().expect("the archive opens") {
        let mut entry = entry.expect("the entry can be read");
        let name = entry
            .path()
            .expect("it has a path")
            .to_string_lossy()
            .into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("content can be read");
        members.push((name, bytes));
    }
    members
}

fn archive(image: &Image, docker: Option<&DockerCompat>) -> Vec<u8> {
    let mut bytes = Vec::new();
    image
        .writer
        .write_archive(&image.index, docker, &mut bytes)
        .expect("it can be written");
    bytes
}

#[test]
fn an_archive_is_the_layout_with_the_marker_first() {
    let cache = tempfile::tempdir().unwrap();
    let image = image(cache.path(), ZSTD);
    let bytes = archive(&image, None);
    assert_eq!(bytes, archive(&image, None));

    let names: Vec<_> = members(&bytes).into_iter().map(|(name, _)| name).collect();
    let mut blobs = [image.manifest, image.config, image.layer.digest];
    blobs.sort();
    let blobs = blobs.map(|digest| format!("blobs/sha256/{}", digest.hex()));
    let head = ["oci-layout", "index.json", "blobs/", "blobs/sha256/"].map(String::from);
    assert_eq!(names, [&head[..], &blobs].concat());

    let unpacked = cache.path().join("unpacked");
    tar::Archive::new(&bytes[..]).unpack(&unpacked).unwrap();
    Layout::open(&unpacked).unwrap().verify().unwrap();
}

#[test]
fn docker_finds_its_list_beside_the_index() {
    let cache = tempfile::tempdir().unwrap();
    let image = image(cache.path(), GZIP);
    let docker = DockerCompat {
        manifest: image.manifest,
        repository_tags: vec!["shop:6.8".into()],
    };
    let members: BTreeMap<_, _> = members(&archive(&image, Some(&docker)))
        .into_iter()
        .collect();
    let list: Value = serde_json::from_slice(&members["manifest.json"]).unwrap();
    let config = format!("blobs/sha256/{}", image.config.hex());
    let layer = format!("blobs/sha256/{}", image.layer.digest.hex());
    assert_eq!(
        list,
        json!([{"Config": config, "Layers": [layer], "RepoTags": ["shop:6.8"]}])
    );
    assert!(members.contains_key(&config) && members.contains_key(&layer));
}

#[test]
fn dockers_own_form_has_plain_layers_and_the_same_config() {
    for compression in [ZSTD, GZIP, Compression::None] {
        let cache = tempfile::tempdir().unwrap();
        let image = image(cache.path(), compression);
        let mut bytes = Vec::new();
        let tags = ["shop:6.8".to_owned()];
        image
            .writer
            .docker_archive(&image.manifest, &tags, &mut bytes)
            .unwrap();
        let members: BTreeMap<_, _> = members(&bytes).into_iter().collect();
        let list: Value = serde_json::from_slice(&members["manifest.json"]).unwrap();
        let content = |name: &Value| Digest::of(&members[name.as_str().unwrap()]);
        assert_eq!(content(&list[0]["Config"]), image.config);
        assert_eq!(content(&list[0]["Layers"][0]), image.layer.diff_id);
    }
}

#[test]
fn a_damaged_layer_does_not_reach_docker() {
    for compression in [ZSTD, GZIP, Compression::None] {
        let cache = tempfile::tempdir().unwrap();
        let image = image(cache.path(), compression);
        let file = cache.path().join(image.layer.digest.hex());
        let sound = fs::read(&file).unwrap();
        // In the header of the stream, in its middle, and in its checksum.
        for position in [0, sound.len() / 2, sound.len() - 1] {
            let mut bytes = sound.clone();
            bytes[position] ^= 1;
            fs::write(&file, bytes).unwrap();
            let error = image
                .writer
                .docker_archive(&image.manifest, &[], std::io::sink())
                .unwrap_err();
            assert_eq!(error.damaged_blob(), Some(image.layer.digest), "{error}");
        }
    }
}

#[test]
fn an_archive_file_appears_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let cache = directory.path().join("cache");
    fs::create_dir(&cache).unwrap();
    let image = image(&cache, ZSTD);
    let target = directory.path().join("out/shop.tar");
    image
        .writer
        .write_archive_file(&image.index, None, &target)
        .unwrap();
    assert_eq!(fs::read(&target).unwrap(), archive(&image, None));

    fs::remove_file(cache.join(image.layer.digest.hex())).unwrap();
    let second = directory.path().join("out/second.tar");
    let error = image
        .writer
        .write_archive_file(&image.index, None, &second)
        .unwrap_err();
    assert!(matches!(error, LayoutError::Read { .. }), "{error}");
    assert_eq!(
        fs::read_dir(directory.path().join("out")).unwrap().count(),
        1
    );
}

#[test]
fn only_a_plain_file_is_replaced_by_an_archive() {
    let directory = tempfile::tempdir().unwrap();
    let image = image(directory.path(), ZSTD);
    let path = |name: &str| directory.path().join(name);
    let write = |name: &str| {
        image
            .writer
            .write_archive_file(&image.index, None, &path(name))
    };
    fs::create_dir(path("folder")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path("fifo"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    symlink("/dev/null", path("device")).unwrap();
    symlink("nowhere", path("dangling")).unwrap();
    for (name, what) in [
        ("folder", "a directory"),
        ("fifo", "a FIFO"),
        ("socket", "a socket"),
        ("device", "a device"),
        ("dangling", "a link to nothing"),
    ] {
        let error = write(name).unwrap_err();
        let expected = format!("is {what} and is not replaced");
        assert!(error.to_string().ends_with(&expected), "{error}");
        assert!(error.hint().is_some());
    }
    fs::write(path("old.tar"), "old").unwrap();
    symlink("old.tar", path("link.tar")).unwrap();
    write("link.tar").unwrap();
    assert!(path("link.tar").is_symlink());
    assert_eq!(fs::read(path("old.tar")).unwrap(), archive(&image, None));
}

#[test]
fn the_leftover_of_a_killed_build_goes_with_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let image = image(directory.path(), ZSTD);
    let out = directory.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join(".wpimg-killed.partial"), "half").unwrap();
    let living = fs::File::create(out.join(".wpimg-living.partial")).unwrap();
    rustix::fs::flock(&living, rustix::fs::FlockOperation::LockExclusive).unwrap();
    image
        .writer
        .write_archive_file(&image.index, None, &out.join("shop.tar"))
        .unwrap();
    assert!(!out.join(".wpimg-killed.partial").exists());
    assert!(out.join(".wpimg-living.partial").exists());
}

#[test]
fn a_layout_read_from_disk_can_be_written_in_another_form() {
    let directory = tempfile::tempdir().unwrap();
    let image = image(directory.path(), ZSTD);
    let target = directory.path().join("layout");
    image.writer.write_directory(&image.index, &target).unwrap();
    let layout = Layout::open(&target).unwrap();
    let mut bytes = Vec::new();
    layout
        .to_writer()
        .write_archive(layout.index(), None, &mut bytes)
        .unwrap();
    assert_eq!(bytes, archive(&image, None));
}
