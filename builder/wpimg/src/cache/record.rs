//! Small JSON records, each under the hash of its key.
//!
//! A record that cannot be read or parsed counts as absent: another version of the program may have
//! written it, and whatever it said can be found out again.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::PathBuf,
};

use serde::{Serialize, de::DeserializeOwned};
use wpimg_oci::digest::Digest;

use super::{Cache, CacheError, write};

/// No record comes near this; a damaged file might.
const SIZE_LIMIT: u64 = 4 << 20;

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// Which packages a recipe selects from an archive. Key: the recipe's requests and the releases.
    Selection,
    /// Which blob a set of layer inputs gave. Key: those inputs.
    Layer,
    /// Which layers the packages of an image gave. Key: the packages and what shapes their layers.
    Base,
    /// What archives of the site hold, and the layer they gave. Key: the archives.
    Site,
}

impl RecordKind {
    fn directory(self) -> &'static str {
        match self {
            Self::Selection => "selections",
            Self::Layer => "layers",
            Self::Base => "bases",
            Self::Site => "sites",
        }
    }
}

impl Cache {
    /// The record under `key`, if there is a readable one.
    pub(crate) fn get_record<T: DeserializeOwned>(
        &self,
        kind: RecordKind,
        key: &Digest,
    ) -> Option<T> {
        let file = File::open(self.record_path(kind, key)).ok()?;
        let mut bytes = Vec::new();
        file.take(SIZE_LIMIT).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Stores a record, replacing the one that is there.
    pub(crate) fn put_record<T: Serialize>(
        &self,
        kind: RecordKind,
        key: &Digest,
        record: &T,
    ) -> Result<(), CacheError> {
        let path = self.record_path(kind, key);
        let mut file = write::temporary_file(self)?;
        let bytes = serde_json::to_vec(record).map_err(|error| CacheError::Write {
            path: path.clone(),
            source: error.into(),
        })?;
        file.write_all(&bytes)
            .map_err(|source| CacheError::writing(&path, 0, source))?;
        write::publish(file, &path, bytes.len() as u64)
    }

    pub(super) fn record_path(&self, kind: RecordKind, key: &Digest) -> PathBuf {
        let hex = key.hex();
        self.root
            .join(kind.directory())
            .join(&hex[..2])
            .join(format!("{hex}.json"))
    }
}
