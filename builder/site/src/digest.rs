//! One digest over entries: the same paths, kinds, modes and bytes give the same digest.
//!
//! It is a cache key, not a public format. Every field is preceded by its length, so that no two
//! trees can spell the same bytes; a change of the spelling changes [`SCHEMA`].

use std::io::{self, Read};

use thiserror::Error;
use wpimg_oci::{
    digest::{Digest, Hasher},
    rootfs::TreePath,
};

use crate::entry::{SiteEntry, SiteKind};

const SCHEMA: &[u8] = b"wpimg site content 1\n";

/// The bytes of a file could not be read back.
#[derive(Debug, Error)]
#[error("could not read the content of `{path}` back")]
pub struct DigestError {
    pub path: TreePath,
    #[source]
    pub source: io::Error,
}

/// Returns the digest of `entries`, which are in path order as an intake returns them.
pub fn digest(entries: &[SiteEntry]) -> Result<Digest, DigestError> {
    let mut hasher = Hasher::new();
    hasher.update(SCHEMA);
    let mut buffer = vec![0; 64 << 10];
    for entry in entries {
        field(&mut hasher, entry.path.as_str());
        hasher.update(&entry.mode.to_le_bytes());
        match &entry.kind {
            SiteKind::Directory => hasher.update(b"d"),
            SiteKind::Symlink(target) => {
                hasher.update(b"l");
                field(&mut hasher, target);
            }
            SiteKind::File(content) => {
                hasher.update(b"f");
                hasher.update(&content.size().to_le_bytes());
                let mut reader = content.open();
                loop {
                    let read = reader.read(&mut buffer).map_err(|source| DigestError {
                        path: entry.path.clone(),
                        source,
                    })?;
                    if read == 0 {
                        break;
                    }
                    hasher.update(&buffer[..read]);
                }
            }
        }
    }
    Ok(hasher.finish())
}

fn field(hasher: &mut Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}
