//! Small images in memory.

use std::{
    collections::HashMap,
    io::{Cursor, Read, Write},
};

use serde_json::json;
use tar::{EntryType, Header};
use wpimg_inspect::{BlobError, Blobs, Image, ImageError, layer::Limits};
use wpimg_oci::{digest::Digest, image::Descriptor, media_type};

/// A layer being written.
#[derive(Clone, Default)]
pub(crate) struct Archive(Vec<u8>);

pub(crate) fn archive() -> Archive {
    Archive::default()
}

impl Archive {
    pub(crate) fn file(self, path: &str, content: &str) -> Self {
        self.entry(
            path.as_bytes(),
            EntryType::Regular,
            content.as_bytes(),
            |_| {},
        )
    }

    pub(crate) fn directory(self, path: &str) -> Self {
        self.entry(path.as_bytes(), EntryType::Directory, b"", |header| {
            header.set_mode(0o755);
        })
    }

    pub(crate) fn link(self, kind: EntryType, path: &str, target: &str) -> Self {
        self.entry(path.as_bytes(), kind, b"", |header| {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        })
    }

    /// Writes names as they are; the tar crate refuses those that are not decent.
    pub(crate) fn entry(
        mut self,
        path: &[u8],
        kind: EntryType,
        content: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Self {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_700_000_000);
        change(&mut header);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

/// An image being written; its blobs are what is read back.
///
/// Layers are uncompressed unless a test is about compression: no library's version shows in digests.
#[derive(Default)]
pub(crate) struct Sample {
    blobs: HashMap<Digest, Vec<u8>>,
    layers: Vec<Descriptor>,
    diff_ids: Vec<Digest>,
    origins: Vec<String>,
    pub(crate) execution: serde_json::Value,
    pub(crate) created: String,
}

impl Sample {
    pub(crate) fn of(layers: impl IntoIterator<Item = Archive>) -> Self {
        let mut sample = Self {
            created: "2026-01-02T03:04:05Z".to_owned(),
            ..Self::default()
        };
        for (number, layer) in layers.into_iter().enumerate() {
            sample.layer(
                &layer.bytes(),
                media_type::LAYER_TAR,
                &format!("step {}", number + 1),
            );
        }
        sample
    }

    pub(crate) fn layer(&mut self, archive: &[u8], media_type: &str, origin: &str) {
        let blob = match media_type {
            media_type::LAYER_TAR_ZSTD => zstd::encode_all(archive, 3).unwrap(),
            media_type::LAYER_TAR => archive.to_vec(),
            _ => {
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                encoder.write_all(archive).unwrap();
                encoder.finish().unwrap()
            }
        };
        self.blob(blob, media_type, Digest::of(archive), origin);
    }

    pub(crate) fn blob(&mut self, blob: Vec<u8>, media_type: &str, diff_id: Digest, origin: &str) {
        let descriptor = Descriptor::of(media_type, &blob);
        self.diff_ids.push(diff_id);
        self.origins.push(origin.to_owned());
        self.blobs.insert(descriptor.digest, blob);
        self.layers.push(descriptor);
    }

    /// Replaces a layer's blob under its old digest.
    pub(crate) fn damage(&mut self, layer: usize, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.blobs.get_mut(&self.layers[layer].digest).unwrap());
    }

    pub(crate) fn manifest(&mut self) -> Vec<u8> {
        let history: Vec<_> = self
            .origins
            .iter()
            .map(|origin| json!({"created_by": origin}))
            .collect();
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "created": self.created,
            "config": self.execution,
            "history": history,
            "rootfs": {"type": "layers", "diff_ids": self.diff_ids},
        });
        let config = wpimg_oci::canonical::to_vec(&config).unwrap();
        let descriptor = Descriptor::of(media_type::IMAGE_CONFIG, &config);
        self.blobs.insert(descriptor.digest, config);
        wpimg_oci::canonical::to_vec(&json!({
            "schemaVersion": 2,
            "mediaType": media_type::IMAGE_MANIFEST,
            "config": descriptor,
            "layers": self.layers,
        }))
        .unwrap()
    }

    pub(crate) fn read(&mut self) -> Result<Image, ImageError> {
        let manifest = self.manifest();
        Image::read(&manifest, self)
    }

    pub(crate) fn read_within(&mut self, limits: Limits) -> Result<Image, ImageError> {
        let manifest = self.manifest();
        Image::read_within(limits, &manifest, self)
    }
}

impl Blobs for Sample {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError> {
        match self.blobs.get(&descriptor.digest) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Err(BlobError::new(descriptor.digest, "there is no such blob")),
        }
    }
}

/// An image as wpimg makes it, in small.
pub(crate) fn site() -> Sample {
    let root = "var/www/html";
    let status = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-12\nInstalled-Size: 12\n\n\
                  Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n\
                  Package: media-types\nStatus: install ok installed\nArchitecture: all\nVersion: 13\n";
    let base = archive()
        .link(EntryType::Symlink, "lib", "usr/lib")
        .file("usr/lib/libc.so.6", &"c".repeat(9000))
        .link(
            EntryType::Link,
            "usr/lib/libc-again.so.6",
            "usr/lib/libc.so.6",
        )
        .file("etc/mime.types", &"m".repeat(700));
    let wordpress = archive()
        .file(
            &format!("{root}/wp-includes/version.php"),
            "<?php\n$wp_version = '6.8.1';\n",
        )
        .file(&format!("{root}/wp-login.php"), &"l".repeat(3000))
        .file(
            &format!("{root}/wp-content/plugins/shop/shop.php"),
            "<?php\n/*\nPlugin Name: Shop\nVersion: 2.0\n*/",
        )
        .file(
            &format!("{root}/wp-content/plugins/shop/inc/pay.php"),
            &"p".repeat(5000),
        )
        .file(
            &format!("{root}/wp-content/themes/plain/style.css"),
            "/*\nTheme Name: Plain\nVersion: 1.1\n*/",
        );
    let configuration = archive()
        .file("var/lib/dpkg/status", status)
        .file(
            "var/lib/dpkg/info/libc6:amd64.list",
            "/.\n/lib/libc.so.6\n/lib/libc-again.so.6\n",
        )
        .file("var/lib/dpkg/info/media-types.list", "/etc/mime.types\n")
        .file("etc/php/8.4/fpm/php.ini", "memory_limit = 1G\n");
    Sample::of([base, wordpress, configuration])
}
