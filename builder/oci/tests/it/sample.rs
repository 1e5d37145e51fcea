//! A small tree and a small image that the tests share.

use std::{io::Write, path::Path, sync::Arc};

use wpimg_oci::{
    annotation,
    digest::Digest,
    image::{Descriptor, ImageConfig, Index, Manifest},
    layer::{self, Compression, LayerBlob, LayerOptions},
    layout::LayoutWriter,
    media_type,
    platform::Platform,
    rootfs::{Content, Entry, Kind, Rootfs, TreePath},
};

pub(crate) const CLAMP: i64 = 1_700_000_000;
pub(crate) const ZSTD: Compression = Compression::Zstd { level: 9 };
pub(crate) const GZIP: Compression = Compression::Gzip { level: 6 };

pub(crate) fn path(text: &str) -> TreePath {
    text.parse().expect("test paths are valid")
}

pub(crate) fn link(target: &str) -> Entry {
    Entry {
        kind: Kind::Hardlink(path(target)),
        ..Entry::file("", 0)
    }
}

/// One of everything: long and foreign names, odd modes and owners, links, empty and large files.
pub(crate) fn tree() -> Rootfs {
    let long = format!("usr/{}/{}", "d".repeat(180), "f".repeat(200));
    let mut tree: Rootfs = [
        ("etc", Entry::directory(1)),
        (
            "etc/passwd",
            Entry::file("root:x:0:0::/root:/bin/sh\n", 1_600_000_000),
        ),
        (
            "etc/shadow",
            Entry::file("", CLAMP + 5)
                .with_mode(0o640)
                .with_owner(0, 42),
        ),
        ("etc/naïve", Entry::file("ï", -9)),
        ("tmp", Entry::directory(2).with_mode(0o1777)),
        ("usr", Entry::directory(3)),
        ("usr/bin", Entry::directory(3)),
        (
            "usr/bin/perl",
            Entry::file(noise(150_000), 4).with_mode(0o755),
        ),
        ("usr/bin/perl5", link("usr/bin/perl")),
        ("usr/bin/su", Entry::file("su", 4).with_mode(0o4755)),
        ("usr/lib", Entry::symlink(format!("/{long}"), 5)),
        ("var", Entry::directory(6).with_owner(3_000_000, 33)),
        ("var/zeros", Entry::file(vec![0; 300_000], 7)),
    ]
    .into_iter()
    .map(|(name, entry)| (path(name), entry))
    .collect();
    tree.ensure_directories(&path(&long), 8)
        .expect("nothing is in the way");
    tree.insert(path(&long), Entry::file("deep", 9));
    tree
}

/// Bytes that look random to a compressor and are the same in every run.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32).to_le_bytes()[0] & 0x1f
    };
    (0..length).map(|_| next()).collect()
}

pub(crate) fn spooled(bytes: &[u8]) -> Content {
    let mut file = tempfile::tempfile().expect("a temporary file can be made");
    file.write_all(b"before")
        .and_then(|()| file.write_all(bytes))
        .expect("it can be written");
    Content::Spooled {
        file: Arc::new(file),
        offset: 6,
        size: bytes.len() as u64,
    }
}

pub(crate) fn options(compression: Compression) -> LayerOptions {
    LayerOptions {
        compression,
        clamp_mtime: CLAMP,
        threads: 1,
    }
}

pub(crate) fn write_layer(tree: &Rootfs, compression: Compression) -> (LayerBlob, Vec<u8>) {
    let mut bytes = Vec::new();
    let blob = layer::write(tree.iter(), &options(compression), &mut bytes);
    (blob.expect("the tree makes a layer"), bytes)
}

/// An image with one layer, whose blob lies in `cache` as a file.
pub(crate) struct Image {
    pub(crate) writer: LayoutWriter,
    pub(crate) index: Index,
    pub(crate) manifest: Digest,
    pub(crate) config: Digest,
    pub(crate) layer: LayerBlob,
}

pub(crate) fn image(cache: &Path, compression: Compression) -> Image {
    let (layer, bytes) = write_layer(&tree(), compression);
    let file = cache.join(layer.digest.hex());
    std::fs::write(&file, bytes).expect("the cache can be written");
    let mut writer = LayoutWriter::new();
    writer.add_blob_file(layer.digest, layer.size, file);

    let mut config = ImageConfig::new(Platform::LINUX_AMD64, CLAMP);
    config.push_layer(layer.diff_id, "sample");
    let config = config.to_bytes().expect("the config has a canonical form");
    let described = Descriptor::of(media_type::IMAGE_CONFIG, &config);
    let config = writer.add_blob(config);

    let manifest = Manifest::new(described, vec![Descriptor::from(&layer)]);
    let manifest = manifest
        .to_bytes()
        .expect("the manifest has a canonical form");
    let described = Descriptor::of(media_type::IMAGE_MANIFEST, &manifest)
        .with_platform(Platform::LINUX_AMD64)
        .with_annotation(annotation::REF_NAME, "6.8");
    let manifest = writer.add_blob(manifest);
    Image {
        writer,
        index: Index::new(vec![described]),
        manifest,
        config,
        layer,
    }
}
