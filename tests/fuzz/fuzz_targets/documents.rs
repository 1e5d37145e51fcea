//! Manifests and configs. Input: a manifest, a zero byte, a config.
//!
//! The manifest is told the right digest of its config, where it has one at all.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use wpimg_fuzz::{
    image::{LIMITS, LOWER, Memory},
    is_showable,
};
use wpimg_inspect::{Image, Report};
use wpimg_oci::media_type;

fuzz_target!(|bytes: &[u8]| {
    let zero = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let (manifest, config) = (&bytes[..zero], bytes.get(zero + 1..).unwrap_or_default());
    let mut blobs = Memory::default();
    blobs.blob(media_type::LAYER_TAR, &LOWER);
    read(manifest, &blobs);
    let Ok(mut manifest) = serde_json::from_slice::<Value>(manifest) else {
        return;
    };
    if let Some(named) = manifest.get_mut("config").and_then(Value::as_object_mut) {
        let descriptor = blobs.blob(media_type::IMAGE_CONFIG, config);
        named.insert("digest".into(), json!(descriptor.digest));
        named.insert("size".into(), json!(descriptor.size));
        read(manifest.to_string().as_bytes(), &blobs);
    }
});

fn read(manifest: &[u8], blobs: &Memory) {
    match Image::read_within(LIMITS, manifest, blobs) {
        Ok(image) => {
            let report = Report::of(&image);
            assert!(is_showable(&report.text(5)));
            serde_json::from_str::<Value>(&report.json()).expect("it is JSON");
        }
        Err(error) => {
            assert!(is_showable(&error.to_string()), "{error}");
            let _ = error.hint();
        }
    }
}
