//! Everything an index reaches: which blobs a layout needs, and which images are in it.
//!
//! A descriptor whose blob is absent, or present under another size, stops the walk: a manifest is
//! never written before every blob it names is known to be there.

use std::collections::BTreeMap;

use super::{LayoutError, blobs::Blobs};
use crate::{
    digest::Digest,
    image::{Descriptor, Index, Manifest},
    media_type,
};

/// An index in the layout's index, and one more for safety.
const DEEPEST: usize = 3;

/// What an index reaches.
#[derive(Debug, Default)]
pub(super) struct Closure {
    /// Every blob with its size.
    pub(super) blobs: BTreeMap<Digest, u64>,
    /// Every image manifest with its descriptor, in the order of the walk.
    pub(super) images: Vec<(Descriptor, Manifest)>,
}

impl Closure {
    /// Walks from `index` down, reading manifests from `blobs`.
    pub(super) fn of(index: &Index, blobs: &Blobs) -> Result<Self, LayoutError> {
        let mut closure = Self::default();
        closure.walk(index, super::INDEX_FILE, blobs, 0)?;
        Ok(closure)
    }

    fn walk(
        &mut self,
        index: &Index,
        referrer: &str,
        blobs: &Blobs,
        depth: usize,
    ) -> Result<(), LayoutError> {
        for descriptor in &index.manifests {
            let digest = descriptor.digest;
            if self.admit(descriptor, referrer, blobs)? == Admitted::Before {
                continue;
            }
            let name = digest.to_string();
            match descriptor.media_type.as_str() {
                media_type::IMAGE_INDEX if depth >= DEEPEST => {
                    return Err(LayoutError::Nesting { digest });
                }
                media_type::IMAGE_INDEX => {
                    let nested =
                        Index::from_slice(&blobs.read_document(&digest)?).map_err(|source| {
                            LayoutError::Document {
                                name: name.clone(),
                                source,
                            }
                        })?;
                    self.walk(&nested, &name, blobs, depth + 1)?;
                }
                media_type::IMAGE_MANIFEST => {
                    let manifest =
                        Manifest::from_slice(&blobs.read_document(&digest)?).map_err(|source| {
                            LayoutError::Document {
                                name: name.clone(),
                                source,
                            }
                        })?;
                    for part in manifest.layers.iter().chain([&manifest.config]) {
                        self.admit(part, &name, blobs)?;
                    }
                    self.images.push((descriptor.clone(), manifest));
                }
                other => {
                    let media_type = other.chars().take(200).collect();
                    return Err(LayoutError::MediaType { digest, media_type });
                }
            }
        }
        Ok(())
    }

    fn admit(
        &mut self,
        descriptor: &Descriptor,
        referrer: &str,
        blobs: &Blobs,
    ) -> Result<Admitted, LayoutError> {
        let digest = descriptor.digest;
        let expected = descriptor.size;
        match blobs.size(&digest) {
            Some(actual) if actual == expected => {}
            Some(actual) => {
                let referrer = referrer.to_owned();
                return Err(LayoutError::BlobSize {
                    digest,
                    referrer,
                    expected,
                    actual,
                });
            }
            None => {
                return Err(LayoutError::MissingBlob {
                    digest,
                    referrer: referrer.to_owned(),
                });
            }
        }
        match self.blobs.insert(digest, descriptor.size) {
            None => Ok(Admitted::Now),
            Some(_) => Ok(Admitted::Before),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Admitted {
    Now,
    Before,
}
