//! Image manifest and image index (image-spec `manifest.md`, `image-index.md`).
//!
//! On the wire they are the documents of the crate `oci-spec`. Reading accepts fields it does not know, as the spec demands, but only schema version 2 and
//! only OCI's own media types; Docker's schema 2 documents are not what wpimg writes or runs.

use std::collections::BTreeMap;

use oci_spec::image as spec;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Descriptor, descriptor::unless_empty};
use crate::{
    canonical::{self, CanonicalError},
    digest::DigestError,
    json::{self, JsonError},
    media_type,
};

const SCHEMA_VERSION: u32 = spec::SCHEMA_VERSION;

/// One image for one platform: its config and its layers, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "spec::ImageManifest", into = "spec::ImageManifest")]
pub struct Manifest {
    schema_version: u32,
    media_type: Option<String>,
    pub artifact_type: Option<String>,
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
    /// The manifest this one is attached to, as a bill of materials is.
    pub subject: Option<Descriptor>,
    pub annotations: BTreeMap<String, String>,
}

/// Several images under one name, usually one per platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "spec::ImageIndex", into = "spec::ImageIndex")]
pub struct Index {
    schema_version: u32,
    media_type: Option<String>,
    pub manifests: Vec<Descriptor>,
    pub annotations: BTreeMap<String, String>,
}

/// Why bytes are not the document they were said to be.
#[derive(Debug, Error)]
pub enum DocumentError {
    #[error("{document} is not valid JSON of its kind")]
    Json {
        document: &'static str,
        #[source]
        source: JsonError,
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
        let manifest: Self = json::from_slice(bytes).map_err(|source| DocumentError::Json {
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
        let index: Self = json::from_slice(bytes).map_err(|source| DocumentError::Json {
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

impl TryFrom<spec::ImageManifest> for Manifest {
    type Error = DigestError;

    fn try_from(wire: spec::ImageManifest) -> Result<Self, DigestError> {
        Ok(Self {
            schema_version: wire.schema_version(),
            media_type: wire.media_type().as_ref().map(ToString::to_string),
            artifact_type: wire.artifact_type().as_ref().map(ToString::to_string),
            config: wire.config().clone().try_into()?,
            layers: descriptors(wire.layers())?,
            subject: wire.subject().clone().map(TryInto::try_into).transpose()?,
            annotations: wire.annotations().clone().into_iter().flatten().collect(),
        })
    }
}

impl From<Manifest> for spec::ImageManifest {
    fn from(manifest: Manifest) -> Self {
        let mut wire = spec::ImageManifestBuilder::default()
            .schema_version(manifest.schema_version)
            .config(manifest.config)
            .layers(wire_descriptors(manifest.layers))
            .build()
            .expect("every required member was given");
        wire.set_media_type(manifest.media_type.as_deref().map(Into::into));
        wire.set_artifact_type(manifest.artifact_type.as_deref().map(Into::into));
        wire.set_subject(manifest.subject.map(Into::into));
        wire.set_annotations(unless_empty(manifest.annotations));
        wire
    }
}

impl TryFrom<spec::ImageIndex> for Index {
    type Error = DigestError;

    fn try_from(wire: spec::ImageIndex) -> Result<Self, DigestError> {
        Ok(Self {
            schema_version: wire.schema_version(),
            media_type: wire.media_type().as_ref().map(ToString::to_string),
            manifests: descriptors(wire.manifests())?,
            annotations: wire.annotations().clone().into_iter().flatten().collect(),
        })
    }
}

impl From<Index> for spec::ImageIndex {
    fn from(index: Index) -> Self {
        let mut wire = spec::ImageIndexBuilder::default()
            .schema_version(index.schema_version)
            .manifests(wire_descriptors(index.manifests))
            .build()
            .expect("every required member was given");
        wire.set_media_type(index.media_type.as_deref().map(Into::into));
        wire.set_annotations(unless_empty(index.annotations));
        wire
    }
}

fn descriptors(wire: &[spec::Descriptor]) -> Result<Vec<Descriptor>, DigestError> {
    wire.iter().cloned().map(TryInto::try_into).collect()
}

fn wire_descriptors(descriptors: Vec<Descriptor>) -> Vec<spec::Descriptor> {
    descriptors.into_iter().map(Into::into).collect()
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
