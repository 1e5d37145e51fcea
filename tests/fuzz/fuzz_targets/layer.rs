//! Layers of images that others made, and everything that is told about them. Input: a layer,
//! compressed or a bare tar, which is laid upon a small WordPress.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wpimg_fuzz::{
    image::{LOWER, Memory},
    is_showable, tar_blocks,
};
use wpimg_inspect::{Difference, Image, Report, first_difference, page};
use wpimg_oci::{digest::Digest, media_type};

static BEFORE: LazyLock<Image> = LazyLock::new(|| {
    let image = Memory::default().plain_layer(&LOWER).read();
    image.expect("the lower layer is sound")
});

fuzz_target!(|bytes: &[u8]| {
    let lower = Memory::default().plain_layer(&LOWER);
    if bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        // The config cannot know what comes out: read to the end, then refused.
        let mut image = lower.layer(media_type::LAYER_TAR_ZSTD, bytes, Digest::of(b""));
        let _ = image.read().map_err(|error| error.hint());
        return;
    }
    let mut archive = bytes.to_vec();
    tar_blocks::seal(&mut archive);
    let mut blobs = lower.plain_layer(&archive);
    match blobs.read() {
        Ok(image) => tell(&image, &blobs),
        Err(error) => {
            assert!(is_showable(&error.to_string()), "{error}");
            let _ = error.hint();
        }
    }
});

fn tell(image: &Image, blobs: &Memory) {
    for (path, node) in image.tree.iter() {
        assert!(is_showable(&path.to_string()));
        let mut parts = path.as_bytes().split(|byte| *byte == b'/');
        assert!(parts.all(|part| part != b".." && part != b"."), "{path}");
        let _ = image.entry(node);
    }
    let report = Report::of(image);
    assert!(is_showable(&report.text(5)));
    is_json(&report.json());
    let html = page::html(&report);
    assert!(is_showable(&html) && html.ends_with("</html>\n"));
    let difference = Difference::between(&BEFORE, image);
    assert!(is_showable(&difference.text(5)));
    is_json(&difference.json());
    let lower = Memory::default().plain_layer(&LOWER);
    let first = first_difference((&BEFORE, &lower), (image, blobs));
    assert!(first.expect("both images were read before").is_some());
    assert!(Difference::between(image, image).is_empty());
}

fn is_json(text: &str) {
    serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
}
