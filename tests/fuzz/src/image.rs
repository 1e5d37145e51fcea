//! Images in memory.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
    sync::LazyLock,
};

use serde_json::json;
use wpimg_inspect::{BlobError, Blobs, Image, ImageError, layer::Limits};
use wpimg_oci::{digest::Digest, image::Descriptor, media_type};

/// Small enough for thousands of images a second.
pub const LIMITS: Limits = Limits {
    entries: 1000,
    bytes: 4 << 20,
    memory: 1 << 20,
    threads: 1,
};

/// The layer that others are compared with and laid upon.
pub static LOWER: LazyLock<Vec<u8>> = LazyLock::new(lower);

/// Blobs by digest.
#[derive(Default)]
pub struct Memory {
    blobs: HashMap<Digest, Vec<u8>>,
    layers: Vec<Descriptor>,
    diff_ids: Vec<Digest>,
}

impl Memory {
    /// Adds a layer that unpacks to an archive with the digest `diff_id`.
    #[must_use]
    pub fn layer(mut self, media_type: &str, blob: &[u8], diff_id: Digest) -> Self {
        let descriptor = self.blob(media_type, blob);
        self.layers.push(descriptor);
        self.diff_ids.push(diff_id);
        self
    }

    #[must_use]
    pub fn plain_layer(self, archive: &[u8]) -> Self {
        self.layer(media_type::LAYER_TAR, archive, Digest::of(archive))
    }

    /// Adds any blob, and says what it is.
    pub fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Descriptor {
        let descriptor = Descriptor::of(media_type, bytes);
        self.blobs.insert(descriptor.digest, bytes.to_vec());
        descriptor
    }

    /// Writes config and manifest, and reads the image back.
    pub fn read(&mut self) -> Result<Image, ImageError> {
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": self.diff_ids},
        });
        let config = self.blob(media_type::IMAGE_CONFIG, config.to_string().as_bytes());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": media_type::IMAGE_MANIFEST,
            "config": config,
            "layers": self.layers,
        });
        Image::read_within(LIMITS, manifest.to_string().as_bytes(), self)
    }
}

impl Blobs for Memory {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError> {
        match self.blobs.get(&descriptor.digest) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Err(BlobError::new(descriptor.digest, "there is no such blob")),
        }
    }
}

fn lower() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let root = "var/www/html";
    let plugin = format!("{root}/wp-content/plugins/shop/shop.php");
    let version = format!("{root}/wp-includes/version.php");
    let files = [
        (
            "var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n",
        ),
        ("var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib/libc.so.6\n"),
        ("usr/lib/libc.so.6", "c"),
        (&version, "<?php\n$wp_version = '6.8.1';\n"),
        (&plugin, "<?php\n/*\nPlugin Name: Shop\nVersion: 2.0\n*/"),
    ];
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        let appended = builder.append_data(&mut header, path, content.as_bytes());
        appended.expect("memory can be written");
    }
    builder.into_inner().expect("memory can be written")
}
