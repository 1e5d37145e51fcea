//! The manifest of an image, in OCI's words or Docker's.
//!
//! Both have the same members; they differ in media types. An index, an artifact that is not an
//! image, and the manifests of Docker's first schema are refused. Formats: OCI image-spec
//! `manifest.md`; distribution `manifest-v2-2.md`.

use serde::Deserialize;
use wpimg_oci::{image::Descriptor, media_type};

use super::document::{self, DocumentError};

pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const NAME: &str = "image manifest";
/// No engine unpacks more: overlayfs takes at most 500 lower directories, Docker 127.
const MOST_LAYERS: usize = 512;

/// What an image is made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    schema_version: u32,
    media_type: Option<String>,
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
}

impl Manifest {
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, DocumentError> {
        let manifest: Self = document::from_slice(NAME, bytes)?;
        let media_type = manifest.media_type.as_deref();
        if manifest.schema_version != 2
            || !matches!(
                media_type,
                None | Some(media_type::IMAGE_MANIFEST | DOCKER_MANIFEST)
            )
        {
            return Err(DocumentError::NotAnImage {
                document: NAME,
                found: format!(
                    "`{}`, schema version {}",
                    document::excerpt(media_type.unwrap_or("no media type")),
                    manifest.schema_version
                ),
            });
        }
        let config = &*manifest.config.media_type;
        if !matches!(config, media_type::IMAGE_CONFIG | DOCKER_CONFIG) {
            return Err(DocumentError::NotAnImage {
                document: NAME,
                found: format!("a config of type `{}`", document::excerpt(config)),
            });
        }
        if manifest.layers.len() > MOST_LAYERS {
            return Err(DocumentError::TooManyLayers {
                count: manifest.layers.len(),
                limit: MOST_LAYERS,
            });
        }
        Ok(manifest)
    }
}
