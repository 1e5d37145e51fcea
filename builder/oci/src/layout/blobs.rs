//! The blobs a layout can be made of, each in memory or in a file of its own.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use super::{LARGEST_DOCUMENT, LayoutError};
use crate::digest::{Digest, VerifyingReader};

/// Where one blob's bytes are.
#[derive(Debug, Clone)]
pub(super) enum Blob {
    Bytes(Arc<[u8]>),
    File { path: PathBuf, size: u64 },
}

/// A set of blobs by digest.
#[derive(Debug, Clone, Default)]
pub(super) struct Blobs(BTreeMap<Digest, Blob>);

impl Blobs {
    pub(super) fn add_bytes(&mut self, bytes: Arc<[u8]>) -> Digest {
        let digest = Digest::of(&bytes);
        self.0.insert(digest, Blob::Bytes(bytes));
        digest
    }

    pub(super) fn add_file(&mut self, digest: Digest, size: u64, path: PathBuf) {
        self.0.entry(digest).or_insert(Blob::File { path, size });
    }

    pub(super) fn size(&self, digest: &Digest) -> Option<u64> {
        self.0.get(digest).map(|blob| match blob {
            Blob::Bytes(bytes) => bytes.len() as u64,
            Blob::File { size, .. } => *size,
        })
    }

    /// Returns the file a blob comes from, or its place in a layout if it is in memory.
    pub(super) fn origin(&self, digest: &Digest) -> PathBuf {
        match self.0.get(digest) {
            Some(Blob::File { path, .. }) => path.clone(),
            Some(Blob::Bytes(_)) | None => super::blob_name(digest).into(),
        }
    }

    /// Returns a reader that fails at its end unless the bytes were the ones the digest names.
    pub(super) fn open(&self, digest: &Digest) -> Result<Box<dyn Read + '_>, LayoutError> {
        match self.0.get(digest) {
            Some(Blob::Bytes(bytes)) => Ok(Box::new(&bytes[..])),
            Some(Blob::File { path, size }) => match File::open(path) {
                Ok(file) => Ok(Box::new(VerifyingReader::new(file, *digest, *size))),
                Err(source) => Err(LayoutError::Read {
                    path: path.clone(),
                    source,
                }),
            },
            None => Err(LayoutError::MissingBlob {
                digest: *digest,
                referrer: super::INDEX_FILE.to_owned(),
            }),
        }
    }

    /// Returns the bytes of a JSON document.
    pub(super) fn read_document(&self, digest: &Digest) -> Result<Vec<u8>, LayoutError> {
        let size = self.size(digest).unwrap_or_default();
        if size > LARGEST_DOCUMENT {
            let name = digest.to_string();
            return Err(LayoutError::TooLarge {
                name,
                size,
                limit: LARGEST_DOCUMENT,
            });
        }
        let mut bytes = Vec::new();
        self.open(digest)?
            .read_to_end(&mut bytes)
            .map_err(|source| self.read_error(digest, source))?;
        Ok(bytes)
    }

    /// Reads a blob to its end, where damage shows.
    pub(super) fn verify(&self, digest: &Digest) -> Result<(), LayoutError> {
        match io::copy(&mut self.open(digest)?, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(source) => Err(self.read_error(digest, source)),
        }
    }

    /// Tells damage, which has a remedy, from other failures to read a blob.
    pub(super) fn read_error(&self, digest: &Digest, source: io::Error) -> LayoutError {
        let (digest, path) = (*digest, self.origin(digest));
        match source.downcast() {
            Ok(source) => LayoutError::Corrupt {
                digest,
                path,
                source,
            },
            Err(source) => LayoutError::Read { path, source },
        }
    }
}
