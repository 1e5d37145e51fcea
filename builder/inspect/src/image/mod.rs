//! One image for one platform: its documents, its layers, and the tree they make.

mod config;
pub(crate) mod document;
mod manifest;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use std::{io::Read as _, thread};

use thiserror::Error;
use wpimg_oci::{
    digest::{Digest, VerifyingReader},
    image::Descriptor,
};

pub use config::{Config, Execution};
pub use document::DocumentError;

use crate::{
    blob::{BlobError, Blobs},
    layer::{self, Budget, Layer, LayerEntry, LayerError, Limits, Promise},
    tree::{Node, Tree},
};
use manifest::Manifest;

/// An image that has been read and checked against its digests.
#[derive(Debug, Clone)]
pub struct Image {
    pub digest: Digest,
    pub config: Config,
    /// The lowest first.
    pub layers: Vec<Layer>,
    /// What a container sees.
    pub tree: Tree,
    pub(crate) manifest: Box<[u8]>,
    pub(crate) config_bytes: Box<[u8]>,
}

/// Why an image cannot be read.
#[derive(Debug, Error)]
pub enum ImageError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("image config")]
    Config(#[source] BlobError),
    #[error("image config `{digest}` cannot be read")]
    ConfigRead {
        digest: Digest,
        #[source]
        source: std::io::Error,
    },
    #[error("image manifest lists {manifest} layers, but the config {config}")]
    LayerCount { manifest: usize, config: usize },
    #[error(transparent)]
    Layer(#[from] LayerError),
}

impl ImageError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Layer(error) => error.hint(),
            Self::Document(DocumentError::NotAnImage { .. }) => {
                Some("name an image for one platform, not an index or an attachment".to_owned())
            }
            Self::Document(_) | Self::Config(_) | Self::ConfigRead { .. } => None,
            Self::LayerCount { .. } => {
                Some("no engine runs this image; build and push it again".to_owned())
            }
        }
    }
}

impl Image {
    /// Reads the image that `manifest` describes, streaming every layer once.
    pub fn read(manifest: &[u8], blobs: &dyn Blobs) -> Result<Self, ImageError> {
        Self::read_within(Limits::default(), manifest, blobs)
    }

    pub fn read_within(
        limits: Limits,
        manifest: &[u8],
        blobs: &dyn Blobs,
    ) -> Result<Self, ImageError> {
        let parsed = Manifest::from_slice(manifest)?;
        let config_bytes = read_config(&parsed.config, blobs)?;
        let config = Config::from_slice(&config_bytes)?;
        let diff_ids = config.diff_ids();
        if diff_ids.len() != parsed.layers.len() {
            return Err(ImageError::LayerCount {
                manifest: parsed.layers.len(),
                config: diff_ids.len(),
            });
        }
        let promises = parsed
            .layers
            .iter()
            .zip(diff_ids)
            .zip(config.layer_origins());
        let promises: Vec<_> = promises
            .map(|((descriptor, &diff_id), origin)| Promise {
                descriptor,
                diff_id,
                origin,
            })
            .collect();
        let layers = read_layers(promises, blobs, limits)?;
        Ok(Self {
            digest: Digest::of(manifest),
            tree: Tree::of(&layers),
            config,
            layers,
            manifest: manifest.into(),
            config_bytes: config_bytes.into(),
        })
    }

    /// Returns the entry that a path of the tree was made by.
    pub fn entry(&self, node: &Node) -> &LayerEntry {
        &self.layers[node.layer].entries[node.entry]
    }

    /// Returns the bytes of all layers as they are stored and sent.
    pub fn compressed_size(&self) -> u64 {
        self.layers
            .iter()
            .fold(0, |sum, layer| sum.saturating_add(layer.size))
    }
}

fn read_config(descriptor: &Descriptor, blobs: &dyn Blobs) -> Result<Vec<u8>, ImageError> {
    let Descriptor { digest, size, .. } = *descriptor;
    if size > document::LARGEST {
        let document = "image config";
        return Err(DocumentError::TooLarge { document, size }.into());
    }
    let source = blobs.open(descriptor).map_err(ImageError::Config)?;
    let mut bytes = Vec::new();
    VerifyingReader::new(source, digest, size)
        .read_to_end(&mut bytes)
        .map_err(|source| ImageError::ConfigRead { digest, source })?;
    Ok(bytes)
}

/// Reads layers side by side, the largest first, as it decides how long all of them take.
fn read_layers(
    promises: Vec<Promise<'_>>,
    blobs: &dyn Blobs,
    limits: Limits,
) -> Result<Vec<Layer>, LayerError> {
    let budget = Budget::new(limits);
    let mut order: Vec<usize> = (0..promises.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(promises[index].descriptor.size));
    let workers = limits.threads.clamp(1, promises.len().max(1));
    let slots: Vec<_> = promises
        .into_iter()
        .map(|promise| Mutex::new((Some(promise), None)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let promise = locked(&slots[index]).0.take();
            let Some(promise) = promise else { continue };
            let layer = layer::read(promise, blobs, &budget);
            if layer.is_err() {
                // The image is lost; layers not begun need not be read.
                next.store(order.len(), Ordering::Relaxed);
            }
            locked(&slots[index]).1 = Some(layer);
        }
    };
    thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    // A layer that was not begun has no result, and then another one has the error.
    let results = slots
        .into_iter()
        .filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner).1);
    results.collect()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
