use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Bill, Licence, sample};

fn document(bill: &Bill) -> Value {
    serde_json::from_slice(&super::document(bill).unwrap()).unwrap()
}

fn component<'a>(document: &'a Value, name: &str) -> &'a Value {
    let components = document["components"].as_array().unwrap();
    components
        .iter()
        .find(|component| component["name"] == name)
        .unwrap()
}

#[test]
fn a_package_has_its_purl_its_hash_and_its_licence() {
    let document = document(&sample::bill());
    let openssl = component(&document, "libssl3t64");
    assert_eq!(
        openssl["purl"],
        "pkg:deb/debian/libssl3t64@3.5.1-1?arch=amd64&distro=debian-13&upstream=openssl"
    );
    assert_eq!(openssl["hashes"][0]["alg"], "SHA-256");
    assert_eq!(openssl["licenses"], json!([{ "expression": "Apache-2.0" }]));
    let system = component(&document, "debian");
    assert_eq!(
        (&system["type"], &system["version"]),
        (&json!("operating-system"), &json!("13"))
    );
}

#[test]
fn a_licence_outside_the_list_is_named_and_none_is_left_out() {
    let document = document(&sample::bill());
    assert_eq!(
        component(&document, "shipping-pro")["licenses"],
        json!([{ "license": { "name": "Envato Market Licence" } }])
    );
    assert_eq!(component(&document, "base-files")["licenses"], Value::Null);

    let text = sample::COPYRIGHT
        .replace("BSD-2-clause", "house")
        .replace("GPL-2+ or ", "");
    let mut bill = sample::bill();
    bill.packages[0].licence = Licence::from_copyright(text.as_bytes());
    let document = super::tests::document(&bill);
    assert_eq!(
        component(&document, "nginx")["licenses"],
        json!([{ "license": {
            "name": "house",
            "text": { "content": "Do as you like\n\nin this house." },
        } }])
    );
}

#[test]
fn every_reference_is_unique_and_every_dependency_exists() {
    let document = document(&sample::bill());
    let components = document["components"].as_array().unwrap();
    let mut references: BTreeSet<&str> = components
        .iter()
        .map(|component| component["bom-ref"].as_str().unwrap())
        .collect();
    assert_eq!(references.len(), components.len());
    assert!(
        references.insert(
            document["metadata"]["component"]["bom-ref"]
                .as_str()
                .unwrap()
        )
    );
    let mut depended = BTreeSet::from(["image"]);
    for dependency in document["dependencies"].as_array().unwrap() {
        assert!(references.contains(dependency["ref"].as_str().unwrap()));
        for on in dependency["dependsOn"].as_array().unwrap() {
            assert!(depended.insert(on.as_str().unwrap()), "{on} twice");
        }
    }
    assert_eq!(depended, references);
    assert_eq!(document["dependencies"][1]["ref"], "entrypoint");
    assert_eq!(
        document["dependencies"][1]["dependsOn"],
        json!(["crate-libc-0.2.191"])
    );
}

#[test]
fn the_serial_number_is_a_uuid_of_version_8() {
    let document = document(&sample::bill());
    let serial = document["serialNumber"].as_str().unwrap();
    let uuid = serial.strip_prefix("urn:uuid:").unwrap();
    let groups: Vec<&str> = uuid.split('-').collect();
    assert_eq!(
        groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
    assert!(
        uuid.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
    );
    assert!(
        groups[2].starts_with('8') && groups[3].starts_with(['8', '9', 'a', 'b']),
        "{uuid}"
    );
}

#[test]
fn only_a_crate_of_the_registry_has_a_cargo_purl() {
    let document = document(&sample::bill());
    assert_eq!(
        component(&document, "libc")["purl"],
        "pkg:cargo/libc@0.2.191"
    );
    assert_eq!(
        component(&document, "wpimg-init")["purl"],
        "pkg:generic/wpimg-init@0.1.0"
    );
    assert_eq!(
        component(&document, "libc")["licenses"],
        json!([{ "expression": "MIT OR Apache-2.0" }])
    );
}
