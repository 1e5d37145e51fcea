//! Image manifest and image index (image-spec `manifest.md`, `image-index.md`).
//!
//! Reading accepts fields it does not know, as the spec demands, but only schema version 2 and
//! only OCI's own media types; Docker's schema 2 documents are not what wpimg writes or runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Descriptor;
use crate::{
    canonical::{self, CanonicalError},
    media_type,
};

const SCHEMA_VERSION: u32 = 2;

/// One image for one platform: its config and its layers, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
    /// The manifest this one is attached to, as a bill of materials is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// Several images under one name, usually one per platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    schema_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    pub manifests: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// Why bytes are not the document they were said to be.
#[derive(Debug, Error)]
pub enum DocumentError {
    #[error("{document} is not valid JSON of its kind")]
    Json {
        document: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("{document} has schema version {version}, not {SCHEMA_VERSION}")]
    SchemaVersion {
        document: &'static str,
        version: u32,
    },
    #[error("{document} says that it is `{media_type}`")]
    MediaType {
        document: &'static str,
        media_type: String,
    },
}

impl Manifest {
    pub fn new(config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            media_type: Some(media_type::IMAGE_MANIFEST.to_owned()),
            artifact_type: None,
            config,
            layers,
            subject: None,
            annotations: BTreeMap::new(),
        }
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_vec(self)
    }

    pub fn from_slice(bytes: &[u8]) -> Result<Self, DocumentError> {
        const DOCUMENT: &str = "image manifest";
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|source| DocumentError::Json {
                document: DOCUMENT,
                source,
            })?;
        check(
            DOCUMENT,
            manifest.schema_version,
            manifest.media_type.as_deref(),
            media_type::IMAGE_MANIFEST,
        )?;
        Ok(manifest)
    }
}

impl Index {
    pub fn new(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            media_type: Some(media_type::IMAGE_INDEX.to_owned()),
            manifests,
            annotations: BTreeMap::new(),
        }
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_vec(self)
    }

    pub fn from_slice(bytes: &[u8]) -> Result<Self, DocumentError> {
        const DOCUMENT: &str = "image index";
        let index: Self = serde_json::from_slice(bytes).map_err(|source| DocumentError::Json {
            document: DOCUMENT,
            source,
        })?;
        check(
            DOCUMENT,
            index.schema_version,
            index.media_type.as_deref(),
            media_type::IMAGE_INDEX,
        )?;
        Ok(index)
    }
}

/// The media type is optional in the spec; where it stands it has to be the right one, so that no
/// document can be read as an index by one client and as a manifest by another.
fn check(
    document: &'static str,
    version: u32,
    found: Option<&str>,
    expected: &str,
) -> Result<(), DocumentError> {
    if version != SCHEMA_VERSION {
        return Err(DocumentError::SchemaVersion { document, version });
    }
    match found {
        Some(found) if found != expected => Err(DocumentError::MediaType {
            document,
            media_type: found.chars().take(200).collect(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn manifest() -> Manifest {
        Manifest::new(
            Descriptor::of(media_type::IMAGE_CONFIG, b"{}"),
            vec![Descriptor::of(media_type::LAYER_TAR_ZSTD, b"layer").with_annotation("b", "1")],
        )
    }

    #[test]
    fn a_manifest_is_canonical_and_comes_back() {
        let bytes = manifest().to_bytes().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            text.starts_with(r#"{"config":{"digest":"sha256:44136f"#),
            "{text}"
        );
        assert!(
            !text.contains("subject") && !text.contains("artifactType"),
            "{text}"
        );
        assert_eq!(Manifest::from_slice(&bytes).unwrap(), manifest());
    }

    #[test]
    fn an_index_names_platforms_in_the_order_given() {
        let describe =
            |platform| Descriptor::of(media_type::IMAGE_MANIFEST, b"m").with_platform(platform);
        let index = Index::new(Platform::SUPPORTED.map(describe).into());
        let bytes = index.to_bytes().unwrap();
        let read = Index::from_slice(&bytes).unwrap();
        assert_eq!(read, index);
        let platforms = read
            .manifests
            .iter()
            .filter_map(|entry| entry.platform.clone());
        let platforms: Vec<_> = platforms
            .filter_map(|platform| platform.supported())
            .collect();
        assert_eq!(platforms, Platform::SUPPORTED);
    }

    #[test]
    fn one_document_cannot_pass_for_the_other() {
        let bytes = manifest().to_bytes().unwrap();
        let confused = String::from_utf8(bytes)
            .unwrap()
            .replace("\"layers\"", "\"manifests\"");
        assert!(Index::from_slice(confused.as_bytes()).is_err());
        let text = String::from_utf8(manifest().to_bytes().unwrap()).unwrap();
        for (old, new) in [
            ("\"schemaVersion\":2", "\"schemaVersion\":1"),
            ("image.manifest.v1", "image.index.v1"),
            ("sha256:44", "sha256:XX"),
        ] {
            assert!(text.contains(old));
            assert!(
                Manifest::from_slice(text.replace(old, new).as_bytes()).is_err(),
                "{new}"
            );
        }
    }
}
