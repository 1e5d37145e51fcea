//! The index `sha256-<hex>`, where a registry keeps no list of artifacts.
//!
//! It is a tag like any other, so two writers can overwrite each other. The index is read again
//! after it was written; an entry that is gone by then is added again, and so each writer mends
//! what the other one lost. Entries and members of others are kept as they are.

use serde_json::{Value, json};
use wpimg_oci::{canonical, digest::Digest, image::Descriptor, media_type};

use crate::{
    client::Registry,
    document::{LARGEST, parse},
    error::{RegistryError, Target},
    observer::Observer,
    push::{ManifestDocument, manifest::PutManifest},
    reference::Repository,
};

/// More rounds than two writers need.
const ROUNDS: usize = 5;

/// Returns the tag under which a subject's artifacts are listed.
pub(super) fn fallback_tag(subject: &Digest) -> String {
    format!("sha256-{}", subject.hex())
}

impl Registry {
    pub(super) async fn add_to_fallback(
        &self,
        repository: &Repository,
        subject: Digest,
        artifact: &Descriptor,
        observer: &dyn Observer,
    ) -> Result<(), RegistryError> {
        let tag = fallback_tag(&subject);
        let target = Target::manifest(repository, &tag);
        for _ in 0..ROUNDS {
            let existing = match self.fetch_manifest(repository, &tag, &[], observer).await {
                Ok(fetched) => Some(parse::<Value>(&target, &fetched.bytes)?),
                Err(RegistryError::NotFound { .. }) => None,
                Err(error) => return Err(error),
            };
            let Some(index) = with_entry(&target, existing, artifact)? else {
                return Ok(());
            };
            let bytes = canonical::to_vec(&index)?;
            if bytes.len() > LARGEST {
                let limit = LARGEST as u64;
                return Err(RegistryError::TooLarge { target, limit });
            }
            let document = ManifestDocument::new(media_type::IMAGE_INDEX, bytes);
            let put = PutManifest {
                repository,
                tag: Some(&tag),
                descriptor: document.descriptor(),
                bytes: document.bytes(),
            };
            self.put_manifest(&put, observer).await?;
        }
        Err(RegistryError::Contended { subject })
    }
}

/// Returns the index with the entry, or `None` if it has it already.
fn with_entry(
    target: &Target,
    existing: Option<Value>,
    artifact: &Descriptor,
) -> Result<Option<Value>, RegistryError> {
    let unusable = |reason: &str| RegistryError::Json {
        target: target.clone(),
        reason: reason.to_owned(),
    };
    let mut index = existing.unwrap_or_else(
        || json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": []}),
    );
    // Something else under this name is not ours to replace.
    if index["mediaType"] != media_type::IMAGE_INDEX && !index["mediaType"].is_null() {
        return Err(unusable("it is not an image index"));
    }
    let entries = index.get_mut("manifests").and_then(Value::as_array_mut);
    let entries = entries.ok_or_else(|| unusable("it has no list of manifests"))?;
    let digest = artifact.digest.to_string();
    if entries.iter().any(|entry| entry["digest"] == *digest) {
        return Ok(None);
    }
    let entry = serde_json::to_value(artifact).map_err(|error| unusable(&error.to_string()))?;
    entries.push(entry);
    Ok(Some(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target::manifest(&"r.example/shop".parse().unwrap(), "sha256-00")
    }

    #[test]
    fn an_entry_is_added_once_and_nothing_of_others_is_lost() {
        let artifact = Descriptor::of(media_type::IMAGE_MANIFEST, b"bill");
        let existing = json!({
            "schemaVersion": 2,
            "mediaType": media_type::IMAGE_INDEX,
            "manifests": [{"digest": "sha512:00", "size": 1, "mediaType": "x", "strange": [1]}],
            "annotations": {"a": "b"},
        });
        let index = with_entry(&target(), Some(existing.clone()), &artifact)
            .unwrap()
            .unwrap();
        assert_eq!(index["manifests"][0], existing["manifests"][0]);
        assert_eq!(index["annotations"], existing["annotations"]);
        assert_eq!(
            index["manifests"][1]["digest"],
            *artifact.digest.to_string()
        );
        assert_eq!(with_entry(&target(), Some(index), &artifact).unwrap(), None);
    }

    #[test]
    fn what_is_no_index_is_not_replaced() {
        let artifact = Descriptor::of(media_type::IMAGE_MANIFEST, b"bill");
        for other in [
            json!({}),
            json!([]),
            json!({"mediaType": media_type::IMAGE_MANIFEST}),
        ] {
            assert!(with_entry(&target(), Some(other), &artifact).is_err());
        }
    }
}
