use serde_json::{Value, json};
use wpimg_oci::digest::Digest;

use super::{Build, Invocation, LOCAL_BUILDER};
use crate::sample;

pub(crate) fn build() -> Build {
    Build {
        builder_id: LOCAL_BUILDER.into(),
        recipe: Digest::of(b"recipe"),
        lock: Some(Digest::of(b"lock")),
        invocation: None,
    }
}

fn document(build: &Build) -> Value {
    serde_json::from_slice(&super::document(&sample::bill(), build).unwrap()).unwrap()
}

#[test]
fn the_statement_is_about_manifest_and_index() {
    let statement = document(&build());
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(
        statement["subject"],
        json!([
            { "name": "team/shop", "digest": { "sha256": Digest::of(b"manifest").hex() } },
            { "name": "team/shop", "digest": { "sha256": Digest::of(b"index").hex() } },
        ])
    );
}

#[test]
fn recipe_lock_platform_and_builder_are_named() {
    let predicate = &document(&build())["predicate"];
    assert_eq!(
        predicate["buildDefinition"]["externalParameters"],
        json!({
            "recipe": { "name": "wpimg.toml", "digest": { "sha256": Digest::of(b"recipe").hex() } },
            "lock": { "name": "wpimg.lock", "digest": { "sha256": Digest::of(b"lock").hex() } },
            "platform": "linux/amd64",
        })
    );
    assert_eq!(
        predicate["runDetails"],
        json!({ "builder": { "id": LOCAL_BUILDER, "version": { "wpimg": "0.1.0" } } })
    );
}

#[test]
fn dependencies_are_what_was_locked_by_digest() {
    let statement = document(&build());
    let dependencies = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
        .as_array()
        .unwrap();
    let names: Vec<_> = dependencies
        .iter()
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "base-files",
            "libssl3t64",
            "nginx",
            "wordpress",
            "shipping-pro",
            "site-files"
        ]
    );
    assert_eq!(
        dependencies[3]["downloadLocation"],
        "https://downloads.example/wordpress-6.8.2.zip"
    );
    for dependency in dependencies {
        assert_eq!(dependency["digest"]["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn times_are_there_only_when_an_invocation_is_given() {
    let run = Build {
        invocation: Some(Invocation {
            id: Some("https://ci.example/runs/7".into()),
            started: 1_767_225_600,
            finished: 1_767_225_660,
        }),
        ..build()
    };
    assert_eq!(
        document(&run)["predicate"]["runDetails"]["metadata"],
        json!({
            "invocationId": "https://ci.example/runs/7",
            "startedOn": "2026-01-01T00:00:00Z",
            "finishedOn": "2026-01-01T00:01:00Z",
        })
    );
    assert_eq!(
        document(&build())["predicate"]["runDetails"]["metadata"],
        Value::Null
    );
}
