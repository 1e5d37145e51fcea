//! Fixed digests of a fixed image.
//!
//! If one of these changes, every image already in a registry is built and pushed anew: the builder
//! format version has to change with it, and the changelog has to say so.

use wpimg_oci::layer::Compression;

use crate::sample::{GZIP, ZSTD, image};

fn check(compression: Compression, layer: &str, manifest: &str) {
    let cache = tempfile::tempdir().expect("a temporary directory can be made");
    let image = image(cache.path(), compression);
    let found = (image.layer.digest.hex(), image.manifest.hex());
    assert_eq!(found, (layer.to_owned(), manifest.to_owned()));
}

#[test]
fn the_zstd_image_keeps_its_digest() {
    check(
        ZSTD,
        "b0b787eb5cf527d4b0f4356310fabc1d897ad972ef97ed9e03b95c632ea275e7",
        "4fffec7aaa5b2e0ab66d1de245c46d7d0152691ce7e7191ca40bb7d7509ec4e2",
    );
}

#[test]
fn the_gzip_image_keeps_its_digest() {
    check(
        GZIP,
        "688be0b68b5cd9efacaaa0c223a6462e600abb71f6f62b411c5fd73455d982c9",
        "f8137abcd974776be6143a0c317002f502317de0234dc1baf072e80b5bc90fdc",
    );
}

#[test]
fn the_uncompressed_image_keeps_its_digest() {
    check(
        Compression::None,
        "fee0fc35cadd7ac505a46271e42d96d3a5c1ad6a1f9269d21405984d19ea3ed4",
        "881460951593c74c15303af00aec52b8f89ec7ddf719588929cfc8e8526b996e",
    );
}
