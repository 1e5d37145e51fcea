//! The config of an image: how it is run, and which layers it is made of.
//!
//! Anybody's images are read, so members may be `null` or missing, as Docker writes them. Format:
//! OCI image-spec `config.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use wpimg_oci::digest::Digest;

use super::document::{self, DocumentError};

/// An image config as it was read.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    #[serde(default, deserialize_with = "nullable")]
    pub architecture: String,
    #[serde(default, deserialize_with = "nullable")]
    pub os: String,
    pub variant: Option<String>,
    /// RFC 3339, as it stands in the document.
    pub created: Option<String>,
    #[serde(default, deserialize_with = "nullable", rename = "config")]
    pub execution: Execution,
    #[serde(default, deserialize_with = "nullable")]
    history: Vec<HistoryEntry>,
    rootfs: Rootfs,
}

/// The defaults a container starts with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Execution {
    #[serde(deserialize_with = "nullable")]
    pub user: String,
    #[serde(deserialize_with = "members")]
    pub exposed_ports: BTreeSet<String>,
    /// `NAME=value`, in the order of the document.
    #[serde(deserialize_with = "nullable")]
    pub env: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub entrypoint: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub cmd: Vec<String>,
    #[serde(deserialize_with = "members")]
    pub volumes: BTreeSet<String>,
    #[serde(deserialize_with = "nullable")]
    pub working_dir: String,
    #[serde(deserialize_with = "nullable")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "nullable")]
    pub stop_signal: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Rootfs {
    #[serde(default, deserialize_with = "nullable")]
    diff_ids: Vec<Digest>,
}

#[derive(Debug, Clone, Deserialize)]
struct HistoryEntry {
    #[serde(default, deserialize_with = "nullable")]
    created_by: String,
    #[serde(default, deserialize_with = "nullable")]
    empty_layer: bool,
}

impl Config {
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, DocumentError> {
        document::from_slice("image config", bytes)
    }

    /// Returns the platform as `os/architecture` and, where there is one, `/variant`.
    pub fn platform(&self) -> String {
        let mut platform = format!("{}/{}", self.os, self.architecture);
        if let Some(variant) = self.variant.as_deref().filter(|text| !text.is_empty()) {
            platform.push('/');
            platform.push_str(variant);
        }
        platform
    }

    pub(crate) fn diff_ids(&self) -> &[Digest] {
        &self.rootfs.diff_ids
    }

    /// Returns what the history says about each layer, if it speaks of as many as there are.
    pub(crate) fn layer_origins(&self) -> Vec<Option<String>> {
        let told = self.history.iter().filter(|entry| !entry.empty_layer);
        let origins: Vec<_> = told.map(|entry| Some(entry.created_by.clone())).collect();
        if origins.len() == self.rootfs.diff_ids.len() {
            return origins;
        }
        vec![None; self.rootfs.diff_ids.len()]
    }
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Sets are written as objects whose values are empty objects.
fn members<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let object: BTreeMap<String, Value> = nullable(deserializer)?;
    Ok(object.into_keys().collect())
}
