//! Why a layout could not be written or read.

use std::{fmt, io, path::PathBuf};

use thiserror::Error;

use crate::{
    canonical::CanonicalError,
    config::ConfigError,
    digest::{Digest, VerifyError},
    manifest::DocumentError,
    platform::Platform,
};

/// Why a layout could not be written or read.
#[derive(Debug, Error)]
pub enum LayoutError {
    #[error("`{path}` {occupant} and is not replaced")]
    Occupied { path: PathBuf, occupant: Occupant },
    #[error("`{path}` does not name a directory that could be created")]
    Nameless { path: PathBuf },
    #[error("`{path}` is not an OCI layout: it has no usable `{missing}`")]
    NotALayout {
        path: PathBuf,
        missing: &'static str,
    },
    #[error("layout `{path}` has version `{version}`, not `1.0.0`")]
    Version { path: PathBuf, version: String },
    #[error("layout `{path}` holds {count} images where one is needed")]
    Ambiguous { path: PathBuf, count: usize },
    #[error("layout `{path}` has no image named `{name}`")]
    UnknownName { path: PathBuf, name: String },
    #[error("blob `{digest}`, which `{referrer}` names, is missing")]
    MissingBlob { digest: Digest, referrer: String },
    #[error("blob `{digest}` has {actual} bytes, but `{referrer}` says {expected}")]
    BlobSize {
        digest: Digest,
        referrer: String,
        expected: u64,
        actual: u64,
    },
    #[error("layout `{path}` has no image for `{platform}`")]
    UnknownPlatform { path: PathBuf, platform: Platform },
    #[error("blob `{path}` is damaged")]
    Corrupt {
        digest: Digest,
        path: PathBuf,
        #[source]
        source: VerifyError,
    },
    #[error("document `{name}` has {size} bytes, more than the {limit} allowed")]
    TooLarge { name: String, size: u64, limit: u64 },
    #[error("document `{name}` cannot be used")]
    Document {
        name: String,
        #[source]
        source: DocumentError,
    },
    #[error("config `{digest}` cannot be used")]
    Config {
        digest: Digest,
        #[source]
        source: ConfigError,
    },
    #[error("`{digest}` has the media type `{media_type}`, which cannot be used here")]
    MediaType { digest: Digest, media_type: String },
    #[error("image indexes in `{digest}` are nested too deep")]
    Nesting { digest: Digest },
    #[error("manifest `{manifest}` has {layers} layers but its config has {diff_ids} diff ids")]
    LayerCount {
        manifest: Digest,
        layers: usize,
        diff_ids: usize,
    },
    #[error("layer `{digest}` could not be decompressed")]
    Decompress {
        digest: Digest,
        #[source]
        source: io::Error,
    },
    #[error("layer `{digest}` does not unpack to what its config promises")]
    DiffId {
        digest: Digest,
        #[source]
        source: VerifyError,
    },
    #[error("document has no canonical form")]
    Canonical {
        #[from]
        source: CanonicalError,
    },
    #[error("`{path}` could not be read")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` could not be written")]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("archive could not be written to its destination")]
    Sink {
        #[source]
        source: io::Error,
    },
}

/// What stands where a layout was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupant {
    File,
    Fifo,
    Socket,
    Device,
    /// A directory where an archive was to be written.
    Folder,
    DanglingLink,
    /// A directory with this entry, which no layout has.
    Directory {
        entry: String,
    },
}

impl fmt::Display for Occupant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => formatter.write_str("is a file"),
            Self::Fifo => formatter.write_str("is a FIFO"),
            Self::Socket => formatter.write_str("is a socket"),
            Self::Device => formatter.write_str("is a device"),
            Self::Folder => formatter.write_str("is a directory"),
            Self::DanglingLink => formatter.write_str("is a link to nothing"),
            Self::Directory { entry } => {
                write!(
                    formatter,
                    "is a directory with `{entry}`, which no OCI layout has,"
                )
            }
        }
    }
}

impl LayoutError {
    /// Returns the blob whose bytes are not what its digest says.
    ///
    /// Wherever it came from, it has to be removed from there before it can be had again.
    pub fn damaged_blob(&self) -> Option<Digest> {
        match self {
            Self::Corrupt { digest, .. } => Some(*digest),
            _ => None,
        }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Occupied {
                occupant: Occupant::Folder,
                ..
            } => Some("name a file in that directory".into()),
            Self::Occupied { .. } => {
                Some("choose another path, or remove what is there yourself".into())
            }
            Self::Nameless { .. } => Some("choose another directory".into()),
            Self::Corrupt { path, .. } => {
                Some(format!("remove `{}` and build again", path.display()))
            }
            Self::MissingBlob { .. } | Self::BlobSize { .. } | Self::DiffId { .. } => {
                Some("build the image again".into())
            }
            Self::Ambiguous { .. } => Some("name the image or the platform you mean".into()),
            Self::Write { source, .. } | Self::Sink { source } => match source.kind() {
                io::ErrorKind::StorageFull => Some("free space on the disk and try again".into()),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("choose a directory that you may write to".into())
                }
                io::ErrorKind::ResourceBusy => Some(
                    "it is a mount point; mount the directory around it and name a path in there"
                        .into(),
                ),
                _ => None,
            },
            Self::NotALayout { .. }
            | Self::Version { .. }
            | Self::UnknownName { .. }
            | Self::UnknownPlatform { .. }
            | Self::TooLarge { .. }
            | Self::Document { .. }
            | Self::Config { .. }
            | Self::MediaType { .. }
            | Self::Nesting { .. }
            | Self::LayerCount { .. }
            | Self::Decompress { .. }
            | Self::Canonical { .. }
            | Self::Read { .. } => None,
        }
    }
}
