//! Writes the layers that the cache does not have yet.
//!
//! A layer is keyed by its inputs: the packages that its bytes come from, its shape, the compression
//! and the format version. The shape stands for everything that decides which files are taken and
//! where they lie: the path filter, and packages of other layers that files give way to. The
//! configuration layer is keyed by everything, since generated files look at every package; a layer
//! of the site by its own contents.

use std::path::PathBuf;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use std::thread;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::layer::{self, Compression, LayerError, LayerOptions};
use wpimg_oci::rootfs::{Content, Entry, Kind, Rootfs};

use super::request::Request;
use super::tools::Tools;
use crate::cache::{Bucket, Cache, CacheError, RecordKind};
use crate::error_report::Hint;

/// A layer in the cache, as its record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CachedLayer {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) diff_id: Digest,
}

/// A layer could not be written.
#[derive(Debug, Error)]
#[error("could not write the {name} layer")]
pub(crate) struct WriteLayerError {
    name: String,
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

impl CachedLayer {
    /// Where its bytes are, if they are still there.
    pub(crate) fn path(&self, cache: &Cache) -> Option<PathBuf> {
        cache.get(Bucket::Blobs, &self.digest, self.size)
    }

    /// Whether its bytes are still there.
    pub(crate) fn is_in(&self, cache: &Cache) -> bool {
        self.path(cache).is_some()
    }
}

/// How layers are written.
#[derive(Debug, Clone, Copy)]
struct LayerSettings {
    compression: Compression,
    clamp_mtime: i64,
}

/// One layer with the key its record lies under.
pub(crate) struct PlannedLayer {
    pub(crate) name: String,
    pub(crate) key: Digest,
    pub(crate) rootfs: Rootfs,
}

/// One digest over all that a layer holds but the bytes of its files: paths, kinds, targets, sizes,
/// modes, owners and times.
pub(crate) fn shape(rootfs: &Rootfs) -> Digest {
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
pub(crate) fn cached(cache: &Cache, key: &Digest) -> Option<CachedLayer> {
    let record: CachedLayer = cache.get_record(RecordKind::Layer, key)?;
    record.is_in(cache).then_some(record)
}

/// Brings every layer into the cache, largest first, on as many threads as there are jobs, and
/// returns them in the given order.
pub(crate) fn write_missing(
    planned: &[PlannedLayer],
    request: &Request,
    tools: &Tools,
) -> Result<Vec<CachedLayer>, WriteLayerError> {
    let cache = &tools.cache;
    let settings = LayerSettings {
        compression: request.compression,
        clamp_mtime: request.epoch.unwrap_or(i64::MAX),
    };
    let mut by_size: Vec<usize> = (0..planned.len()).collect();
    by_size.sort_by_key(|&index| std::cmp::Reverse(weight(&planned[index].rootfs)));
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<CachedLayer, WriteLayerError>>>> =
        Mutex::new(planned.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..tools.jobs.min(planned.len()) {
            scope.spawn(|| {
                while let Some(&index) = by_size.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let layer = &planned[index];
                    let result = match cached(cache, &layer.key) {
                        Some(found) => Ok(found),
                        None => {
                            tools
                                .report
                                .detail(&format!("writing the {} layer", layer.name));
                            tools.layers_written.fetch_add(1, Ordering::Relaxed);
                            write(cache, layer, settings)
                        }
                    };
                    results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().flatten().collect()
}

fn write(
    cache: &Cache,
    planned: &PlannedLayer,
    settings: LayerSettings,
) -> Result<CachedLayer, WriteLayerError> {
    write_blob(cache, planned, settings).map_err(|source| WriteLayerError {
        name: planned.name.clone(),
        source,
    })
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
        name: planned.name.clone(),
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
