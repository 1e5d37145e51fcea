//! Writes the layers that the cache does not have yet.
//!
//! A layer is keyed by its inputs: the packages that its bytes come from, its shape, the compression
//! and the format version. The shape stands for everything that decides which files are taken and
//! where they lie: the path filter, and packages of other layers that files give way to. The
//! configuration layer is keyed by everything, since generated files look at every package.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use std::thread;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wpimg_assemble::layering::LayerGroup;
use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::layer::{self, Compression, LayerError, LayerOptions};
use wpimg_oci::rootfs::{Content, Entry, Kind, Rootfs};

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

/// One digest over all that a layer holds but the bytes of its files: paths, kinds, targets, sizes,
/// modes, owners and times.
pub(super) fn shape(rootfs: &Rootfs) -> Digest {
    let mut hasher = Hasher::new();
    for (path, entry) in rootfs {
        let Entry {
            kind,
            mode,
            uid,
            gid,
            mtime,
        } = entry;
        let kind = match kind {
            Kind::Directory => "directory".to_owned(),
            Kind::File(content) => format!("file {}", content.size()),
            Kind::Symlink(target) => format!("link {target}"),
            Kind::Hardlink(target) => format!("name {target}"),
        };
        let line = format!("{path}\0{kind}\0{mode:o}\0{uid}\0{gid}\0{mtime}\0");
        hasher.update(line.as_bytes());
    }
    hasher.finish()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_more_or_another_trait_of_one_is_another_shape() {
        let shape_of = |entries: &[(&str, Entry)]| {
            let entries = entries.iter().cloned();
            let entries = entries.map(|(path, entry)| (path.parse().unwrap(), entry));
            shape(&entries.collect())
        };
        let file = Entry::file("four", 7);
        let shapes = [
            shape_of(&[("a", file.clone())]),
            shape_of(&[("b", file.clone())]),
            shape_of(&[("a", Entry::file("eight by", 7))]),
            shape_of(&[("a", Entry::file("four", 8))]),
            shape_of(&[("a", file.clone().with_mode(0o600))]),
            shape_of(&[("a", file.clone().with_owner(33, 0))]),
            shape_of(&[("a", file.clone().with_owner(0, 33))]),
            shape_of(&[("a", Entry::symlink("b", 7))]),
            shape_of(&[("a", Entry::symlink("c", 7))]),
            shape_of(&[("a", Entry::directory(7))]),
            shape_of(&[("a", file.clone()), ("b", Entry::directory(7))]),
        ];
        let different: std::collections::BTreeSet<String> =
            shapes.iter().map(ToString::to_string).collect();
        assert_eq!(different.len(), shapes.len());
        assert_eq!(shapes[0], shape_of(&[("a", Entry::file("five", 7))]));
    }
}
