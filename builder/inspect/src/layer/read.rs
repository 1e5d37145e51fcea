//! Streams a layer through: compressed digest, compression, archive digest, entries.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::atomic::{AtomicU64, Ordering},
};

use thiserror::Error;
use wpimg_oci::{
    digest::{Digest, Hasher, HashingReader, VerifyError, VerifyingReader},
    image::Descriptor,
};

use super::{
    archive::{Archive, ArchiveError},
    encoding::{Decoder, Encoding},
    entry::{EntryKind, LayerEntry},
    kept,
};
use crate::{
    blob::{BlobError, Blobs},
    path::ImagePath,
    plain,
};

const BUFFER: usize = 128 << 10;

/// How much of an image is looked at; what goes beyond is refused.
///
/// The image of a large site has some hundred thousand files and a few GiB; a bomb has more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of all layers together.
    pub entries: u64,
    /// Uncompressed bytes of all layers together.
    pub bytes: u64,
    /// Bytes of names, and of the files that are read and not only hashed.
    pub memory: u64,
    /// Layers read at the same time.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 2_000_000,
            bytes: 32 << 30,
            memory: 512 << 20,
            threads: 4,
        }
    }
}

/// What is left of the limits, shared by the threads that read layers.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    entries: AtomicU64,
    bytes: AtomicU64,
    memory: AtomicU64,
}

/// A layer that has been read.
#[derive(Debug, Clone)]
pub struct Layer {
    pub media_type: String,
    /// Of the blob, as compressed.
    pub digest: Digest,
    /// Bytes of the blob.
    pub size: u64,
    /// How the blob is compressed, whatever its media type says.
    pub encoding: Encoding,
    /// Of the archive, uncompressed.
    pub diff_id: Digest,
    /// Bytes of the archive.
    pub uncompressed_size: u64,
    /// What the image's history says made the layer.
    pub origin: Option<String>,
    /// In the order of the archive.
    pub entries: Vec<LayerEntry>,
    pub(crate) kept: BTreeMap<usize, Box<[u8]>>,
}

/// What the manifest and the config say about a layer.
pub(crate) struct Promise<'a> {
    pub(crate) descriptor: &'a Descriptor,
    pub(crate) diff_id: Digest,
    pub(crate) origin: Option<String>,
}

/// Why a layer cannot be read.
#[derive(Debug, Error)]
pub enum LayerError {
    #[error("layer `{digest}` is of type `{media_type}`, which holds no files")]
    MediaType { digest: Digest, media_type: String },
    #[error(transparent)]
    Blob(BlobError),
    #[error("layer `{digest}` is damaged")]
    Corrupt {
        digest: Digest,
        #[source]
        source: VerifyError,
    },
    #[error("layer `{digest}`")]
    Archive {
        digest: Digest,
        #[source]
        source: ArchiveError,
    },
    #[error("layer `{digest}` unpacks to `{actual}`, but the config says `{expected}`")]
    DiffId {
        digest: Digest,
        expected: Digest,
        actual: Digest,
    },
    #[error("`{path}` in layer `{digest}` has {size} bytes; at most {limit} are read")]
    Kept {
        digest: Digest,
        path: ImagePath,
        size: u64,
        limit: u64,
    },
    #[error("with layer `{digest}` the image has more than {limit} {what}")]
    Limit {
        digest: Digest,
        what: &'static str,
        limit: u64,
    },
}

impl LayerError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Corrupt { .. } => Some("fetch or build the image again".to_owned()),
            Self::DiffId { .. } => {
                Some("no engine runs this image; build and push it again".to_owned())
            }
            Self::MediaType { .. } => Some(
                "this is an attachment such as a bill of materials; name the image itself"
                    .to_owned(),
            ),
            Self::Blob(_) | Self::Archive { .. } | Self::Kept { .. } | Self::Limit { .. } => None,
        }
    }
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: AtomicU64::new(limits.entries),
            bytes: AtomicU64::new(limits.bytes),
            memory: AtomicU64::new(limits.memory),
        }
    }

    fn spend(
        left: &AtomicU64,
        amount: u64,
        (digest, what, limit): (Digest, &'static str, u64),
    ) -> Result<(), LayerError> {
        let spent = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(amount)
        });
        match spent {
            Ok(_) => Ok(()),
            Err(_) => Err(LayerError::Limit {
                digest,
                what,
                limit,
            }),
        }
    }

    fn admit(&self, digest: Digest, entry: &LayerEntry, kept: u64) -> Result<(), LayerError> {
        let target = match &entry.kind {
            EntryKind::Symlink { target } => target.len(),
            EntryKind::HardLink { target } => target.as_bytes().len(),
            _ => 0,
        };
        let names = (entry.path.as_bytes().len() + target) as u64;
        let Limits {
            entries,
            bytes,
            memory,
            threads: _,
        } = self.limits;
        Self::spend(&self.entries, 1, (digest, "entries", entries))?;
        // A header is a block; counted too, or empty files would cost nothing.
        let size = entry.size.saturating_add(512);
        Self::spend(&self.bytes, size, (digest, "bytes of content", bytes))?;
        let what = (digest, "bytes of names and package lists", memory);
        Self::spend(&self.memory, names + kept, what)
    }
}

/// Opens a layer's archive without its compression; the blob is verified where it ends.
pub(crate) fn open_archive<'a>(
    descriptor: &Descriptor,
    blobs: &'a dyn Blobs,
) -> Result<Decoder<'a>, LayerError> {
    let digest = descriptor.digest;
    let source = blobs.open(descriptor).map_err(LayerError::Blob)?;
    let verified = VerifyingReader::new(source, digest, descriptor.size);
    Decoder::new(Box::new(verified)).map_err(|error| failed(digest, error))
}

/// Reads a layer to its end.
pub(crate) fn read(
    promise: Promise<'_>,
    blobs: &dyn Blobs,
    budget: &Budget,
) -> Result<Layer, LayerError> {
    let descriptor = promise.descriptor;
    let digest = descriptor.digest;
    if Encoding::from_media_type(&descriptor.media_type).is_none() {
        let media_type = plain::excerpt(&descriptor.media_type, 100);
        return Err(LayerError::MediaType { digest, media_type });
    }
    let mut decoder = open_archive(descriptor, blobs)?;
    let encoding = decoder.encoding;
    let mut reader = HashingReader::new(&mut decoder);
    let (entries, kept) = read_entries(&mut reader, digest, budget)?;
    // Zeros after the end mark belong to the archive's digest; a bomb may hide among them.
    let limit = budget.limits.bytes;
    let rest = io::copy(&mut (&mut reader).take(limit), &mut io::sink());
    if rest.map_err(|error| failed(digest, error))? == limit {
        let what = "bytes of content";
        return Err(LayerError::Limit {
            digest,
            what,
            limit,
        });
    }
    let (diff_id, uncompressed_size) = reader.finish();
    decoder.finish().map_err(|error| failed(digest, error))?;
    if diff_id != promise.diff_id {
        return Err(LayerError::DiffId {
            digest,
            expected: promise.diff_id,
            actual: diff_id,
        });
    }
    Ok(Layer {
        media_type: descriptor.media_type.clone(),
        digest,
        size: descriptor.size,
        encoding,
        diff_id,
        uncompressed_size,
        origin: promise.origin,
        entries,
        kept,
    })
}

type Entries = (Vec<LayerEntry>, BTreeMap<usize, Box<[u8]>>);

fn read_entries(reader: impl Read, digest: Digest, budget: &Budget) -> Result<Entries, LayerError> {
    let archive_error = |source| match source {
        ArchiveError::Read(error) => failed(digest, error),
        source => LayerError::Archive { digest, source },
    };
    let mut archive = Archive::new(io::BufReader::with_capacity(BUFFER, reader));
    let mut buffer = vec![0; BUFFER];
    let (mut entries, mut kept) = (Vec::new(), BTreeMap::new());
    while let Some(mut entry) = archive.next().map_err(archive_error)? {
        let mut content = Vec::new();
        let interest = kept::of_interest(&entry.path).unwrap_or_default();
        if entry.size > interest && interest > HEADERS_ONLY {
            return Err(LayerError::Kept {
                digest,
                path: entry.path,
                size: entry.size,
                limit: interest,
            });
        }
        budget.admit(digest, &entry, interest.min(entry.size))?;
        if let EntryKind::File { digest } = &mut entry.kind {
            let mut hasher = Hasher::new();
            let read = archive.content(&mut buffer, |piece| {
                hasher.update(piece);
                let wanted = interest.saturating_sub(content.len() as u64);
                let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
                content.extend_from_slice(&piece[..piece.len().min(wanted)]);
            });
            read.map_err(archive_error)?;
            *digest = hasher.finish();
        }
        if interest > 0 {
            kept.insert(entries.len(), content.into());
        }
        entries.push(entry);
    }
    Ok((entries, kept))
}

/// Files with a larger interest are read whole or not at all.
const HEADERS_ONLY: u64 = 64 << 10;

/// Tells damage, which has a remedy, from other failures to read.
pub(crate) fn failed(digest: Digest, error: io::Error) -> LayerError {
    match error.downcast::<VerifyError>() {
        Ok(source) => LayerError::Corrupt { digest, source },
        Err(error) => LayerError::Archive {
            digest,
            source: ArchiveError::Read(error),
        },
    }
}
