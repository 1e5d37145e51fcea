//! One `Packages` file as its suite's release describes it.
//!
//! The description is signed; [`IndexFile::check`] carries that trust over to the bytes. Nothing is
//! fetched here. Source: Debian wiki RepositoryFormat, "by-hash".

use thiserror::Error;

use crate::{compression::Compression, sha256};

/// Smallest first; all archives have at least one of them.
pub(super) const CANDIDATES: [Compression; 3] =
    [Compression::Xz, Compression::Gzip, Compression::None];

/// Where an index is and what its bytes must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexFile {
    /// Relative to `dists/SUITE/`.
    pub path: String,
    /// Relative to `dists/SUITE/`; this name does not change while the mirror is updated.
    pub by_hash_path: Option<String>,
    pub size: u64,
    pub sha256: [u8; 32],
    pub compression: Compression,
}

/// The bytes are not the index that the release describes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IndexMismatch {
    #[error("`{path}` is {actual} bytes long, its release says {expected}")]
    Size {
        path: String,
        expected: u64,
        actual: u64,
    },
    #[error(
        "`{path}` has SHA-256 {}, its release says {}",
        sha256::hex(actual),
        sha256::hex(expected)
    )]
    Digest {
        path: String,
        expected: [u8; 32],
        actual: [u8; 32],
    },
}

impl IndexMismatch {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Size { .. } | Self::Digest { .. } => {
                Some("the mirror is being updated or a proxy holds an old file; try again".into())
            }
        }
    }
}

impl IndexFile {
    /// Checks downloaded, still compressed bytes.
    pub fn check(&self, bytes: &[u8]) -> Result<(), IndexMismatch> {
        let (path, actual) = (self.path.clone(), bytes.len() as u64);
        if actual != self.size {
            return Err(IndexMismatch::Size {
                path,
                expected: self.size,
                actual,
            });
        }
        let actual = sha256::of(bytes);
        if actual != self.sha256 {
            return Err(IndexMismatch::Digest {
                path,
                expected: self.sha256,
                actual,
            });
        }
        Ok(())
    }
}
