//! What is said about one image.

use insta::assert_snapshot;
use serde_json::Value;
use wpimg_inspect::{
    Report,
    reuse::{self, Reuse},
};
use wpimg_oci::media_type;

use crate::sample::{Sample, archive, site};

#[test]
fn the_report_names_layers_packages_and_what_the_site_is_made_of() {
    let report = Report::of(&site().read().unwrap());
    assert_snapshot!(report.text(3), @r"
    sha256:f27fbdbe8256db4a121f3007c140d7469cb6431243d264f868e0395f6bee6917
    linux/amd64, created 2026-01-02T03:04:05Z
    31.0 KiB compressed, 17.7 KiB in 11 files

    Layers
      #  compressed  unpacked  entries  digest        made by
      1    13.0 KiB  13.0 KiB        4  7fb3d0ca15ce  step 1
      2    13.0 KiB  13.0 KiB        5  23e1e0ec4f1b  step 2
      3     5.0 KiB   5.0 KiB        4  87d93d4d7a11  step 3

    2 packages, 9.5 KiB
         size   share  package      version
      8.8 KiB  49.6 %  libc6        2.41-12
        700 B   3.9 %  media-types  13

    WordPress 6.8.1 in /var/www/html, 3.0 KiB
         size  kind    slug   version   from
      4.9 KiB  plugin  shop   2.0       –
         36 B  theme   plain  1.1       –

    Not from a package, 8.2 KiB
         size  files  what
      4.9 KiB      2  plugin shop
      3.0 KiB      2  WordPress core
        316 B      3  package database
      … and 2 more (54 B)

    Largest files
         size  layer  path                                               of
      8.8 KiB      1  /usr/lib/libc.so.6                                 libc6
      4.9 KiB      2  /var/www/html/wp-content/plugins/shop/inc/pay.php  plugin shop
      2.9 KiB      2  /var/www/html/wp-login.php                         WordPress core
      … and 8 more (1.1 KiB)
    ");
}

#[test]
fn json_carries_the_same_numbers() {
    let report = Report::of(&site().read().unwrap());
    let json: Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["schema"], "wpimg/inspect/1");
    assert_eq!(json["packages"][0]["name"], "libc6");
    assert_eq!(json["packages"][0]["size"], 9000);
    assert_eq!(json["packages"][0]["declared_size"], 12 * 1024);
    assert_eq!(json["packages"].as_array().unwrap().len(), 2);
    assert_eq!(json["wordpress"][0]["version"], "6.8.1");
    assert_eq!(json["extensions"][0]["slug"], "shop");
    assert_eq!(json["extensions"][0]["version"], "2.0");
}

#[test]
fn every_byte_belongs_to_one_component() {
    let report = Report::of(&site().read().unwrap());
    let packaged: u64 = report.packages.iter().map(|line| line.usage.bytes).sum();
    let rest: u64 = report.unpackaged.iter().map(|(_, usage)| usage.bytes).sum();
    assert_eq!(packaged + rest, report.total.bytes);
    assert_eq!(packaged, 9700);
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    let deep = "directory/".repeat(9) + "file";
    let image = Sample::of([archive().file(&deep, "1234")]).read().unwrap();
    let text = Report::of(&image).text(10);
    assert!(text.contains("…"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

#[test]
fn bedrock_sites_are_recognised() {
    let plugin = "<?php\n/*\nPlugin Name: Forms\nVersion: 3\n*/";
    let layer = archive()
        .directory("srv/web/app")
        .file(
            "srv/web/wp/wp-includes/version.php",
            "<?php\n$wp_version = '6.9';\n",
        )
        .file("srv/web/app/plugins/forms/forms.php", plugin)
        .file(
            "srv/web/app/mu-plugins/load.php",
            "<?php\n// Plugin Name: Loader\n",
        );
    let report = Report::of(&Sample::of([layer]).read().unwrap());
    assert_eq!(report.wordpress[0].version.as_deref(), Some("6.9"));
    let found: Vec<_> = report
        .extensions
        .iter()
        .map(|line| (line.kind.as_str(), &*line.slug))
        .collect();
    assert_eq!(found, [("plugin", "forms"), ("mu-plugin", "load")]);
}

#[test]
fn a_media_type_that_lies_is_remarked() {
    let mut sample = Sample::default();
    let bytes = archive().file("a", "1").bytes();
    let diff_id = wpimg_oci::digest::Digest::of(&bytes);
    sample.blob(
        zstd::encode_all(&*bytes, 3).unwrap(),
        media_type::LAYER_TAR_GZIP,
        diff_id,
        "step",
    );
    let report = Report::of(&sample.read().unwrap());
    assert_eq!(
        report.remarks,
        ["layer 1 is zstd, but its type is `application/vnd.oci.image.layer.v1.tar+gzip`"]
    );
}

#[test]
fn only_unknown_layers_would_be_sent() {
    let image = site().read().unwrap();
    let known = [image.layers[0].digest, image.layers[2].digest];
    let expected = Reuse {
        reused_layers: 2,
        reused_bytes: image.layers[0].size + image.layers[2].size,
        new_layers: 1,
        new_bytes: image.layers[1].size,
    };
    assert_eq!(reuse::against(&image, &known), expected);
}
