//! What the fake registry keeps.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use wpimg_oci::digest::Digest;

/// All repositories and open uploads.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) repositories: BTreeMap<String, Repository>,
    /// Open upload sessions: whose, and whether bytes have arrived.
    pub(super) uploads: BTreeMap<String, (String, Session)>,
    pub(super) next_upload: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    Fresh,
    Spent,
}

#[derive(Debug, Default)]
pub(super) struct Repository {
    pub(super) blobs: BTreeMap<Digest, Vec<u8>>,
    pub(super) manifests: BTreeMap<Digest, Manifest>,
    pub(super) tags: BTreeMap<String, Digest>,
}

#[derive(Debug, Clone)]
pub(super) struct Manifest {
    pub(super) media_type: String,
    pub(super) bytes: Vec<u8>,
}

impl Repository {
    /// Finds a manifest by tag or digest.
    pub(super) fn manifest(&self, identifier: &str) -> Option<(Digest, &Manifest)> {
        let digest = match identifier.parse() {
            Ok(digest) => digest,
            Err(_) => *self.tags.get(identifier)?,
        };
        Some((digest, self.manifests.get(&digest)?))
    }

    /// Returns the first thing that a document names and the repository lacks.
    pub(super) fn missing(&self, document: &[u8]) -> Option<Digest> {
        let document: Value = serde_json::from_slice(document).unwrap_or_default();
        let digest = |value: &Value| value["digest"].as_str()?.parse::<Digest>().ok();
        let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
        let blobs = list("layers")
            .into_iter()
            .chain([document["config"].clone()]);
        let blobs = blobs.filter_map(|value| digest(&value));
        let children = list("manifests")
            .into_iter()
            .filter_map(|value| digest(&value));
        let lost_blob = blobs
            .into_iter()
            .find(|digest| !self.blobs.contains_key(digest));
        let mut children = children.filter(|digest| !self.manifests.contains_key(digest));
        lost_blob.or_else(|| children.next())
    }

    /// Says whether everything below a tag or digest is there, byte for byte.
    pub(super) fn is_complete(&self, identifier: &str) -> bool {
        let Some((digest, manifest)) = self.manifest(identifier) else {
            return false;
        };
        let mut open = vec![(digest, manifest.clone())];
        let mut seen = BTreeSet::new();
        while let Some((digest, manifest)) = open.pop() {
            if Digest::of(&manifest.bytes) != digest || self.missing(&manifest.bytes).is_some() {
                return false;
            }
            let document: Value = serde_json::from_slice(&manifest.bytes).unwrap_or_default();
            for child in document["manifests"].as_array().into_iter().flatten() {
                let child = child["digest"].as_str().unwrap_or_default();
                let Some((digest, child)) = self.manifest(child) else {
                    return false;
                };
                if seen.insert(digest) {
                    open.push((digest, child.clone()));
                }
            }
        }
        self.blobs
            .iter()
            .all(|(digest, bytes)| Digest::of(bytes) == *digest)
    }

    /// Returns the descriptors of what is attached to `subject`.
    pub(super) fn referrers(&self, subject: &str) -> Vec<Value> {
        let attached = self.manifests.iter().filter_map(|(digest, manifest)| {
            let document: Value = serde_json::from_slice(&manifest.bytes).ok()?;
            (document["subject"]["digest"].as_str()? == subject).then(|| {
                serde_json::json!({
                    "mediaType": manifest.media_type,
                    "digest": digest.to_string(),
                    "size": manifest.bytes.len(),
                    "artifactType": document["artifactType"],
                    "annotations": document["annotations"],
                })
            })
        });
        attached.collect()
    }
}
