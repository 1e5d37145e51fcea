use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Bill, Licence, bill::DebianPackage, licence::LIST_VERSION, sample};

fn document(bill: &Bill) -> Value {
    serde_json::from_slice(&super::document(bill).unwrap()).unwrap()
}

fn texts<'a>(document: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    document[list]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap())
        .collect()
}

fn package<'a>(document: &'a Value, name: &str) -> &'a Value {
    let packages = document["packages"].as_array().unwrap();
    packages
        .iter()
        .find(|package| package["name"] == name)
        .unwrap()
}

/// What SPDX 2.3 asks of every document, as far as this crate uses it.
fn check_rules(document: &Value) {
    let ids = texts(document, "packages", "SPDXID");
    let mut known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "{ids:?}");
    for id in &ids {
        let rest = id.strip_prefix("SPDXRef-").unwrap();
        assert!(
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)),
            "{id}"
        );
    }
    known.insert("SPDXRef-DOCUMENT");
    let mut contained = BTreeSet::new();
    for relationship in document["relationships"].as_array().unwrap() {
        let from = relationship["spdxElementId"].as_str().unwrap();
        let to = relationship["relatedSpdxElement"].as_str().unwrap();
        assert!(known.contains(from) && known.contains(to), "{relationship}");
        assert!(contained.insert(to), "{to} is contained twice");
    }
    assert_eq!(contained.len(), ids.len());

    let extracted: BTreeSet<&str> = match document["hasExtractedLicensingInfos"] {
        Value::Null => BTreeSet::new(),
        _ => texts(document, "hasExtractedLicensingInfos", "licenseId")
            .into_iter()
            .collect(),
    };
    let mut used = BTreeSet::new();
    for licence in texts(document, "packages", "licenseDeclared") {
        if licence != "NOASSERTION" {
            spdx::Expression::parse(licence).unwrap();
            let words = licence.split([' ', '(', ')']);
            used.extend(words.filter(|word| word.starts_with("LicenseRef-")));
        }
    }
    assert_eq!(used, extracted);
}

#[test]
fn the_sample_follows_the_rules_and_names_everything() {
    let document = document(&sample::bill());
    check_rules(&document);
    assert_eq!(
        texts(&document, "packages", "SPDXID").join("\n"),
        "SPDXRef-image\n\
         SPDXRef-os-debian\n\
         SPDXRef-deb-base-files\n\
         SPDXRef-deb-libssl3t64\n\
         SPDXRef-deb-nginx\n\
         SPDXRef-wordpress\n\
         SPDXRef-plugin-shipping-pro\n\
         SPDXRef-theme-shop\n\
         SPDXRef-site-files\n\
         SPDXRef-entrypoint\n\
         SPDXRef-crate-libc-0.2.191"
    );
    let nginx = package(&document, "nginx");
    assert_eq!(
        nginx["externalRefs"][0]["referenceLocator"],
        "pkg:deb/debian/nginx@1.26.3-3%2Bdeb13u1?arch=amd64&distro=debian-13"
    );
    let licence = nginx["licenseDeclared"].as_str().unwrap();
    assert!(
        licence.starts_with("(GPL-2.0-or-later OR LicenseRef-debian-house-")
            && licence.ends_with(") AND BSD-2-Clause"),
        "{licence}"
    );
    let openssl = &package(&document, "libssl3t64")["sourceInfo"];
    assert_eq!(*openssl, "built from Debian source package openssl 3.5.1-1");
    let image = package(&document, "team/shop");
    let purl = image["externalRefs"][0]["referenceLocator"]
        .as_str()
        .unwrap();
    assert!(purl.starts_with("pkg:oci/shop@sha256:"), "{purl}");
}

#[test]
fn the_text_of_a_licence_that_the_list_lacks_is_in_the_document() {
    let document = document(&sample::bill());
    let infos = document["hasExtractedLicensingInfos"].as_array().unwrap();
    let texts: Vec<_> = infos
        .iter()
        .map(|info| {
            (
                info["name"].as_str().unwrap(),
                info["extractedText"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            ("house", "Do as you like\n\nin this house."),
            (
                "Envato Market Licence",
                "Named `Envato Market Licence`; its source gives no text."
            ),
        ]
    );
}

#[test]
fn order_and_repetition_of_the_bill_do_not_matter() {
    let bill = sample::bill();
    let mut shuffled = bill.clone();
    shuffled.packages.reverse();
    shuffled.packages.extend(bill.packages.clone());
    shuffled.components.reverse();
    assert_eq!(
        super::document(&bill).unwrap(),
        super::document(&shuffled).unwrap()
    );
}

#[test]
fn another_image_or_builder_gets_another_namespace() {
    let namespace = |bill: &Bill| {
        document(bill)["documentNamespace"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = namespace(&sample::bill());
    assert_eq!(first, namespace(&sample::bill()));
    assert!(
        first.starts_with("https://spdx.org/spdxdocs/team-shop-"),
        "{first}"
    );
    let mut other = sample::bill();
    other.image.manifest = wpimg_oci::digest::Digest::of(b"other");
    assert_ne!(first, namespace(&other));
    let mut newer = sample::bill();
    newer.builder_version = "0.2.0".into();
    assert_ne!(first, namespace(&newer));
}

#[test]
fn no_document_shows_the_key_a_plugin_was_fetched_with() {
    let bill = sample::bill();
    let build = crate::provenance::tests::build();
    for bytes in [
        super::document(&bill).unwrap(),
        crate::cyclonedx::document(&bill).unwrap(),
        crate::provenance::document(&bill, &build).unwrap(),
    ] {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("https://vendor.example/shipping.zip"));
        for secret in ["s3cret", "licence_key", "me:pw", "pw@"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn names_that_look_alike_as_identifiers_stay_apart() {
    let mut bill = sample::bill();
    let like = |name: &str, licence: &str| DebianPackage {
        name: name.into(),
        licence: Licence::from_plugin_header(licence),
        ..sample::bill().packages[0].clone()
    };
    bill.packages = vec![
        like("a+b", "Own"),
        like("a-b", "own"),
        like("a b", "???"),
        like("a-b-2", "!!!"),
        like("é", "ß"),
    ];
    check_rules(&document(&bill));
}

#[test]
fn wordpress_as_a_debian_package_is_listed_once() {
    let mut bill = sample::bill();
    bill.packages.push(DebianPackage {
        name: "wordpress".into(),
        ..bill.packages[0].clone()
    });
    bill.wordpress = Some(crate::bill::WordPress {
        version: "6.8.1".into(),
        origin: crate::bill::Origin::DebianPackage {
            name: "wordpress".into(),
        },
    });
    let document = document(&bill);
    check_rules(&document);
    let names = texts(&document, "packages", "name");
    assert_eq!(names.iter().filter(|name| **name == "wordpress").count(), 1);
    assert_eq!(
        package(&document, "wordpress")["primaryPackagePurpose"],
        "APPLICATION"
    );
    assert_eq!(
        package(&document, "nginx")["primaryPackagePurpose"],
        "LIBRARY"
    );
}

#[test]
fn an_empty_bill_is_still_a_document() {
    let bill = Bill {
        packages: Vec::new(),
        components: Vec::new(),
        wordpress: None,
        entrypoint: None,
        site_files: None,
        ..sample::bill()
    };
    let document = document(&bill);
    check_rules(&document);
    assert_eq!(document["packages"].as_array().unwrap().len(), 1);
    assert_eq!(document["creationInfo"]["created"], "2026-01-01T00:00:00Z");
    assert!(
        LIST_VERSION.starts_with(
            document["creationInfo"]["licenseListVersion"]
                .as_str()
                .unwrap()
        )
    );
}
