//! Manifests and configs of others.

use serde_json::{Value, json};
use wpimg_inspect::{Image, ImageError, image::DocumentError};

use crate::sample::{Sample, archive};

fn with_manifest(change: impl FnOnce(&mut Value)) -> Result<Image, ImageError> {
    let mut sample = Sample::of([archive().file("a", "1")]);
    let mut manifest: Value = serde_json::from_slice(&sample.manifest()).unwrap();
    change(&mut manifest);
    Image::read(&serde_json::to_vec(&manifest).unwrap(), &sample)
}

#[test]
fn docker_manifests_are_read_like_ocis() {
    let image = with_manifest(|manifest| {
        manifest["mediaType"] = json!("application/vnd.docker.distribution.manifest.v2+json");
        manifest["config"]["mediaType"] = json!("application/vnd.docker.container.image.v1+json");
        manifest["layers"][0]["mediaType"] =
            json!("application/vnd.docker.image.rootfs.diff.tar.zstd");
    });
    assert_eq!(image.unwrap().config.platform(), "linux/amd64");
}

#[test]
fn what_is_no_image_is_refused_with_a_hint() {
    let index = with_manifest(|manifest| {
        manifest["mediaType"] = json!("application/vnd.oci.image.index.v1+json");
    })
    .unwrap_err();
    assert!(
        matches!(
            index,
            ImageError::Document(DocumentError::NotAnImage { .. })
        ),
        "{index}"
    );
    assert!(index.hint().unwrap().contains("one platform"));
    let attachment = with_manifest(|manifest| {
        manifest["config"]["mediaType"] = json!("application/vnd.oci.empty.v1+json");
    });
    assert!(matches!(
        attachment,
        Err(ImageError::Document(DocumentError::NotAnImage { .. }))
    ));
    let text = with_manifest(|manifest| {
        manifest["layers"][0]["mediaType"] = json!("text/spdx\u{1b}[2J");
    })
    .unwrap_err();
    assert!(!text.to_string().contains('\u{1b}'), "{text}");
}

#[test]
fn a_manifest_and_a_config_of_different_length_are_refused() {
    let error = with_manifest(|manifest| manifest["layers"] = json!([])).unwrap_err();
    assert!(
        matches!(
            error,
            ImageError::LayerCount {
                manifest: 0,
                config: 1
            }
        ),
        "{error}"
    );
}

#[test]
fn members_that_are_null_count_as_absent() {
    let mut sample = Sample::of([archive().file("a", "1")]);
    sample.execution =
        json!({"Env": null, "Labels": null, "ExposedPorts": null, "User": null, "Cmd": ["sh"]});
    let image = sample.read().unwrap();
    assert_eq!(image.config.execution.cmd, ["sh"]);
    assert!(image.config.execution.env.is_empty());
}
