//! The `docker save` format: a `manifest.json` that lists a config and uncompressed layers.
//!
//! `docker load` recomputes each layer's diff id and takes the config as it is, so an image keeps
//! its id. Format: moby `image/tarexport`; there is no specification beside that code.

use std::{
    collections::BTreeSet,
    io::{self, Read, Write},
};

use serde::Serialize;

use super::{LayoutError, archive::Archive, blob_name, blobs::Blobs};
use crate::{
    canonical, config,
    digest::{Digest, VerifyError, VerifyingReader},
    image::{Descriptor, Manifest},
    media_type,
    tar_stream::CopyError,
};

pub(super) const LIST_FILE: &str = "manifest.json";

/// No layer unpacks to more; a few kilobytes of zstd could otherwise keep a processor for days.
const LARGEST_LAYER: u64 = 64 * 1024 * 1024 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListEntry<'a> {
    config: String,
    layers: Vec<String>,
    repo_tags: &'a [String],
}

/// Returns a `manifest.json` that points at the compressed layers of a layout.
pub(super) fn compressed_list(
    blobs: &Blobs,
    manifest: &Digest,
    repository_tags: &[String],
) -> Result<Vec<u8>, LayoutError> {
    let image = Image::read(blobs, manifest)?;
    list(
        &image.manifest.config.digest,
        image.layers().map(|(layer, _)| layer.digest),
        repository_tags,
    )
}

/// Streams one image with its layers decompressed.
pub(super) fn write(
    blobs: &Blobs,
    manifest: &Digest,
    repository_tags: &[String],
    sink: impl Write,
) -> Result<(), LayoutError> {
    let image = Image::read(blobs, manifest)?;
    let config = image.manifest.config.digest;
    let mut archive = Archive::new(sink);
    let diff_ids = image.diff_ids.iter().copied();
    archive.document(LIST_FILE, &list(&config, diff_ids, repository_tags)?)?;
    archive.directories()?;
    archive.document(&blob_name(&config), &image.config)?;
    let mut written = BTreeSet::new();
    for (layer, diff_id) in image.layers() {
        if !written.insert(diff_id) {
            continue;
        }
        let size = unpacked_size(blobs, layer)?;
        let mut tar = VerifyingReader::new(decompress(blobs, layer)?, *diff_id, size);
        archive
            .file(&blob_name(diff_id), size, &mut tar)
            .map_err(|error| match error {
                CopyError::Source(source) => layer_error(blobs, layer, source),
                CopyError::Sink(source) => LayoutError::Sink { source },
            })?;
    }
    archive.finish()
}

fn list(
    config: &Digest,
    layers: impl Iterator<Item = Digest>,
    repository_tags: &[String],
) -> Result<Vec<u8>, LayoutError> {
    let entry = ListEntry {
        config: blob_name(config),
        layers: layers.map(|digest| blob_name(&digest)).collect(),
        repo_tags: repository_tags,
    };
    Ok(canonical::to_vec(&[entry])?)
}

/// A manifest with its config, known to agree on the number of layers.
struct Image {
    manifest: Manifest,
    config: Vec<u8>,
    diff_ids: Vec<Digest>,
}

impl Image {
    fn read(blobs: &Blobs, digest: &Digest) -> Result<Self, LayoutError> {
        let manifest = Manifest::from_slice(&blobs.read_document(digest)?).map_err(|source| {
            LayoutError::Document {
                name: digest.to_string(),
                source,
            }
        })?;
        let config = blobs.read_document(&manifest.config.digest)?;
        let diff_ids = config::diff_ids(&config).map_err(|source| LayoutError::Config {
            digest: manifest.config.digest,
            source,
        })?;
        if diff_ids.len() != manifest.layers.len() {
            return Err(LayoutError::LayerCount {
                manifest: *digest,
                layers: manifest.layers.len(),
                diff_ids: diff_ids.len(),
            });
        }
        Ok(Self {
            manifest,
            config,
            diff_ids,
        })
    }

    fn layers(&self) -> impl Iterator<Item = (&Descriptor, &Digest)> {
        self.manifest.layers.iter().zip(&self.diff_ids)
    }
}

/// Tar wants the size ahead of the bytes; decompressing twice costs less than a spool file.
fn unpacked_size(blobs: &Blobs, layer: &Descriptor) -> Result<u64, LayoutError> {
    let mut tar = decompress(blobs, layer)?.take(LARGEST_LAYER + 1);
    let size =
        io::copy(&mut tar, &mut io::sink()).map_err(|error| layer_error(blobs, layer, error))?;
    if size > LARGEST_LAYER {
        let name = layer.digest.to_string();
        return Err(LayoutError::TooLarge {
            name,
            size,
            limit: LARGEST_LAYER,
        });
    }
    Ok(size)
}

fn decompress<'a>(blobs: &'a Blobs, layer: &Descriptor) -> Result<Box<dyn Read + 'a>, LayoutError> {
    let blob = blobs.open(&layer.digest)?;
    match layer.media_type.as_str() {
        media_type::LAYER_TAR => Ok(blob),
        media_type::LAYER_TAR_GZIP => Ok(Box::new(flate2::read::MultiGzDecoder::new(blob))),
        media_type::LAYER_TAR_ZSTD => match zstd::Decoder::new(blob) {
            Ok(decoder) => Ok(Box::new(decoder)),
            Err(source) => Err(LayoutError::Decompress {
                digest: layer.digest,
                source,
            }),
        },
        other => Err(LayoutError::MediaType {
            digest: layer.digest,
            media_type: other.chars().take(200).collect(),
        }),
    }
}

/// A blob that is not what its digest says, a tar that is not what its diff id says, and a stream
/// that is no stream are three different mistakes.
fn layer_error(blobs: &Blobs, layer: &Descriptor, error: io::Error) -> LayoutError {
    let digest = layer.digest;
    // Damage shows as any of them first, depending on where it is; so the blob itself is asked.
    if let Err(damage) = blobs.verify(&digest) {
        return damage;
    }
    match error.downcast::<VerifyError>() {
        Ok(source) => LayoutError::DiffId { digest, source },
        Err(source) => LayoutError::Decompress { digest, source },
    }
}
