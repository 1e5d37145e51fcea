//! Two images beside each other.

use insta::assert_snapshot;
use serde_json::{Value, json};
use wpimg_inspect::{Difference, first_difference};
use wpimg_oci::media_type;

use crate::sample::{Archive, Sample, archive, site};

fn first(mut a: Sample, mut b: Sample) -> String {
    let (left, right) = (a.read().unwrap(), b.read().unwrap());
    match first_difference((&left, &a), (&right, &b)).unwrap() {
        None => "none".to_owned(),
        Some(difference) => difference.to_string(),
    }
}

fn first_of(a: Archive, b: Archive) -> String {
    first(Sample::of([a]), Sample::of([b]))
}

fn site_with_update() -> Sample {
    let mut sample = site();
    let root = "var/www/html";
    let update = archive()
        .file(
            &format!("{root}/wp-content/plugins/shop/shop.php"),
            "<?php\n/*\nPlugin Name: Shop\nVersion: 2.10\n*/",
        )
        .file(&format!("{root}/wp-content/plugins/.wh.nothing"), "")
        .file(
            "var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-9\n",
        )
        .entry(
            b"etc/mime.types",
            tar::EntryType::Regular,
            &[b'm'; 700],
            |header| {
                header.set_mode(0o600);
                header.set_uid(33);
            },
        );
    sample.layer(&update.bytes(), media_type::LAYER_TAR, "update");
    sample.execution = json!({"Env": ["A=1"], "ExposedPorts": {"80/tcp": {}}});
    sample
}

#[test]
fn a_difference_names_layers_software_files_and_config() {
    let difference =
        Difference::between(&site().read().unwrap(), &site_with_update().read().unwrap());
    assert_snapshot!(difference.text(10), @r"
    - sha256:f27fbdbe8256db4a121f3007c140d7469cb6431243d264f868e0395f6bee6917 linux/amd64
      31.0 KiB compressed, 17.7 KiB
    + sha256:55da764f666cb4712805f3511f2af56d3647d2882090127bf88c21dd5262d73a linux/amd64
      36.0 KiB compressed, 17.5 KiB
      +5.0 KiB compressed, -180 B unpacked

    Layers
               before     after  made by
      same   13.0 KiB  13.0 KiB  step 1
      same   13.0 KiB  13.0 KiB  step 2
      same    5.0 KiB   5.0 KiB  step 3
      added         –   5.0 KiB  update

    Config
      environment A: not set -> `1`
      port 80/tcp: not set -> `declared`

    Software
                  kind     name         before   after     size
      upgraded    plugin   shop         2.0      2.10      +1 B
      downgraded  package  libc6        2.41-12  2.41-9    ±0 B
      removed     package  media-types  13       –       -700 B

    Files: 0 added, 0 removed, 3 changed
                                              size  path
      content                               -181 B  /var/lib/dpkg/status
      content                                 +1 B  /var/www/html/wp-content/plugins/shop/shop.php
      mode 0644 -> 0600, owner 0:0 -> 33:0    ±0 B  /etc/mime.types
    ");
    let json: Value = serde_json::from_str(&difference.json()).unwrap();
    assert_eq!(json["schema"], "wpimg/diff/1");
    assert_eq!(json["layers"][3]["change"], "added");
    assert_eq!(json["config"].as_array().unwrap().len(), 2);
}

#[test]
fn an_image_does_not_differ_from_itself() {
    let image = site().read().unwrap();
    assert!(Difference::between(&image, &image).is_empty());
    assert_eq!(first(site(), site()), "none");
}

#[test]
fn every_kind_of_first_difference_is_told_apart() {
    let entry = |change: fn(&mut tar::Header)| {
        archive()
            .file("a", "1")
            .entry(b"b", tar::EntryType::Regular, b"22", change)
    };
    let plain = || entry(|_| {});
    let mut seen = vec![
        first_of(plain(), entry(|header| header.set_mode(0o4755))),
        first_of(plain(), entry(|header| header.set_uid(33))),
        first_of(plain(), entry(|header| header.set_mtime(1))),
        first_of(
            plain(),
            entry(|header| header.set_username("root").unwrap()),
        ),
        first_of(plain(), archive().file("a", "1").file("b", "23")),
        first_of(plain(), archive().file("a", "1").file("b", "223")),
        first_of(plain(), archive().file("a", "1")),
        first_of(archive().file("a", "1"), plain()),
        first_of(plain(), archive().file("b", "22").file("a", "1")),
        first_of(plain(), archive().directory("a").file("b", "22")),
        first_of(
            archive().link(tar::EntryType::Symlink, "l", "x"),
            archive().link(tar::EntryType::Symlink, "l", "y"),
        ),
        first(Sample::of([plain()]), Sample::of([plain(), plain()])),
    ];
    let mut gzip = Sample::default();
    gzip.layer(&plain().bytes(), media_type::LAYER_TAR_GZIP, "step 1");
    seen.push(first(Sample::of([plain()]), gzip));
    let mut later = Sample::of([plain()]);
    later.created = "2027-01-01T00:00:00Z".to_owned();
    seen.push(first(Sample::of([plain()]), later));
    assert_snapshot!(seen.join("\n"), @r#"
    layer 1 (step 1): `/b` has mode 4755 instead of 0644
    layer 1 (step 1): `/b` belongs to 33:0 instead of 0:0
    layer 1 (step 1): `/b` was modified at 1 instead of 1700000000
    layer 1: byte 1175 of the archive, in or after the header of `/b`
    layer 1 (step 1): `/b` differs from byte 1 on: `3` instead of `2`
    layer 1 (step 1): `/b` has 3 bytes instead of 2
    layer 1 (step 1): `/b` is missing
    layer 1 (step 1): `/b` was not expected
    layer 1 (step 1): `/a` comes later; `/b` is at its place
    layer 1 (step 1): `/a` is a directory instead of a file
    layer 1 (step 1): `/l` leads to `y` instead of `x`
    number of layers is 2 instead of 1
    layer 1: same files, but compressed with gzip instead of uncompressed
    config: `/created` is "2027-01-01T00:00:00Z" instead of "2026-01-02T03:04:05Z"
    "#);
}

#[test]
fn bytes_far_into_a_file_are_found() {
    let long = "x".repeat(200_000);
    let other = format!("{}built 2026{}", &long[..150_000], &long[150_010..]);
    assert_eq!(
        first_of(archive().file("a", &long), archive().file("a", &other)),
        "layer 1 (step 1): `/a` differs from byte 150000 on: `built 2026xxxxxxxxxxxxxx` instead of `xxxxxxxxxxxxxxxxxxxxxxxx`"
    );
}
