//! Writes the layers that the cache does not have yet.
//!
//! A layer is keyed by its inputs: the packages of its group, the path filter, the compression and
//! the format version. The configuration layer is keyed by everything, since generated files look
//! at every package.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use std::thread;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wpimg_assemble::layering::LayerGroup;
use wpimg_oci::digest::Digest;
use wpimg_oci::layer::{self, Compression, LayerError, LayerOptions};
use wpimg_oci::rootfs::{Content, Rootfs};

use crate::cache::{Bucket, Cache, CacheError, RecordKind};
use crate::error_report::Hint;

/// A layer in the cache, as its record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedLayer {
    pub(super) group: String,
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) diff_id: Digest,
}

/// A layer could not be written.
#[derive(Debug, Error)]
#[error("could not write the {group} layer")]
pub(super) struct WriteLayerError {
    group: LayerGroup,
    #[source]
    source: LayerCause,
}

#[derive(Debug, Error)]
enum LayerCause {
    #[error(transparent)]
    Layer(#[from] LayerError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl Hint for WriteLayerError {
    fn hint(&self) -> Option<String> {
        match &self.source {
            LayerCause::Layer(error) => error.hint(),
            LayerCause::Cache(error) => error.hint(),
        }
    }
}

/// How layers are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct LayerSettings {
    pub(super) compression: Compression,
    pub(super) clamp_mtime: i64,
    pub(super) jobs: usize,
}

/// One layer with the key its record lies under.
pub(super) struct PlannedLayer {
    pub(super) group: LayerGroup,
    pub(super) key: Digest,
    pub(super) rootfs: Rootfs,
}

/// Looks a finished layer up.
pub(super) fn cached(cache: &Cache, key: &Digest) -> Option<CachedLayer> {
    let record: CachedLayer = cache.get_record(RecordKind::Layer, key)?;
    cache.get(Bucket::Blobs, &record.digest, record.size)?;
    Some(record)
}

/// Brings every layer into the cache, largest first, on as many threads as there are jobs.
///
/// Returns the layers in the given order, and how many had to be written.
pub(super) fn write_missing(
    cache: &Cache,
    planned: &[PlannedLayer],
    settings: LayerSettings,
) -> Result<(Vec<CachedLayer>, usize), WriteLayerError> {
    let mut by_size: Vec<usize> = (0..planned.len()).collect();
    by_size.sort_by_key(|&index| std::cmp::Reverse(weight(&planned[index].rootfs)));
    let next = AtomicUsize::new(0);
    let written = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<CachedLayer, WriteLayerError>>>> =
        Mutex::new(planned.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..settings.jobs.min(planned.len()) {
            scope.spawn(|| {
                while let Some(&index) = by_size.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let layer = &planned[index];
                    let result = match cached(cache, &layer.key) {
                        Some(found) => Ok(found),
                        None => {
                            written.fetch_add(1, Ordering::Relaxed);
                            write(cache, layer, settings)
                        }
                    };
                    results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let layers = results
        .into_iter()
        .flatten()
        .collect::<Result<Vec<_>, _>>()?;
    Ok((layers, written.into_inner()))
}

fn write(
    cache: &Cache,
    planned: &PlannedLayer,
    settings: LayerSettings,
) -> Result<CachedLayer, WriteLayerError> {
    let group = planned.group;
    write_blob(cache, planned, settings).map_err(|source| WriteLayerError { group, source })
}

fn write_blob(
    cache: &Cache,
    planned: &PlannedLayer,
    settings: LayerSettings,
) -> Result<CachedLayer, LayerCause> {
    let options = LayerOptions {
        compression: settings.compression,
        clamp_mtime: settings.clamp_mtime,
        threads: 1,
    };
    let mut writer = cache.writer(Bucket::Blobs)?;
    let blob = layer::write(planned.rootfs.iter(), &options, &mut writer)?;
    writer.commit()?;
    let record = CachedLayer {
        group: planned.group.name().to_owned(),
        media_type: blob.media_type.to_owned(),
        digest: blob.digest,
        size: blob.size,
        diff_id: blob.diff_id,
    };
    cache.put_record(RecordKind::Layer, &planned.key, &record)?;
    Ok(record)
}

/// The bytes of a layer before compression, nearly.
fn weight(rootfs: &Rootfs) -> u64 {
    rootfs
        .iter()
        .filter_map(|(_, entry)| entry.content())
        .map(Content::size)
        .sum()
}
