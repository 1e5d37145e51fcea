//! A small bill with one of everything, for the tests of the documents.

use wpimg_oci::{digest::Digest, platform::Platform};

use crate::{
    Bill, Licence,
    bill::{Component, ComponentKind, DebianPackage, Image, Origin, SourcePackage, WordPress},
    entrypoint::{Crate, Entrypoint},
};

pub(crate) const COPYRIGHT: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: BSD-2-clause

Files: debian/*
License: GPL-2+ or house

License: house
 Do as you like
 .
 in this house.
";

pub(crate) fn bill() -> Bill {
    Bill {
        image: Image {
            name: "team/shop".into(),
            manifest: Digest::of(b"manifest"),
            index: Some(Digest::of(b"index")),
            platform: Platform::LINUX_AMD64,
        },
        created: 1_767_225_600,
        builder_version: "0.1.0".into(),
        packages: vec![
            package(
                "nginx",
                "1.26.3-3+deb13u1",
                Licence::from_copyright(COPYRIGHT.as_bytes()),
            ),
            DebianPackage {
                source: Some(SourcePackage {
                    name: "openssl".into(),
                    version: None,
                }),
                ..package("libssl3t64", "3.5.1-1", Licence::from_spdx("Apache-2.0"))
            },
            package("base-files", "13.8+deb13u1", Licence::default()),
        ],
        wordpress: Some(WordPress {
            version: "6.8.2".into(),
            origin: Origin::Upstream {
                url: "https://downloads.example/wordpress-6.8.2.zip".into(),
                sha256: Digest::of(b"wordpress"),
            },
        }),
        components: vec![
            Component {
                kind: ComponentKind::Plugin,
                name: "shipping-pro".into(),
                version: Some("2.1".into()),
                licence: Licence::from_plugin_header("Envato Market Licence"),
                url: Some("https://me:pw@vendor.example/shipping.zip?licence_key=s3cret".into()),
                sha256: Some(Digest::of(b"shipping")),
            },
            Component {
                kind: ComponentKind::Theme,
                name: "shop".into(),
                version: None,
                licence: Licence::from_plugin_header("GPLv2 or later"),
                url: None,
                sha256: None,
            },
        ],
        entrypoint: Some(Entrypoint {
            program: Crate {
                name: "wpimg-init".into(),
                version: "0.1.0".into(),
                licence: "MIT OR Apache-2.0".into(),
                checksum: None,
            },
            crates: vec![Crate {
                name: "libc".into(),
                version: "0.2.191".into(),
                licence: "MIT/Apache-2.0".into(),
                checksum: Some(Digest::of(b"libc")),
            }],
        }),
        site_files: Some(Digest::of(b"site")),
    }
}

fn package(name: &str, version: &str, licence: Licence) -> DebianPackage {
    DebianPackage {
        name: name.into(),
        version: version.into(),
        architecture: "amd64".into(),
        source: None,
        licence,
        sha256: Digest::of(name.as_bytes()),
        suite: "trixie".into(),
    }
}
