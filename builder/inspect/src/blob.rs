//! Where the bytes of an image come from: the caller's business.

use std::{error::Error, io::Read};

use thiserror::Error;
use wpimg_oci::{digest::Digest, image::Descriptor};

/// A place that has the blobs of an image: a layout, a cache, what a registry sent.
///
/// Nothing it hands out is trusted: every blob is hashed and counted while it is read.
pub trait Blobs: Sync {
    /// Opens a blob at its beginning; called from several threads at once.
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError>;
}

/// A blob that could not be opened.
#[derive(Debug, Error)]
#[error("blob `{digest}` cannot be opened")]
pub struct BlobError {
    pub digest: Digest,
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl BlobError {
    pub fn new(digest: Digest, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            digest,
            source: source.into(),
        }
    }
}

impl<T: Blobs + ?Sized> Blobs for &T {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError> {
        (**self).open(descriptor)
    }
}
