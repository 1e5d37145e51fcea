//! From layers to an image: its configuration and its manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wpimg_oci::canonical::CanonicalError;
use wpimg_oci::digest::Digest;
use wpimg_oci::image::{Descriptor, Execution, ImageConfig, Manifest};
use wpimg_oci::media_type;
use wpimg_oci::platform::Platform;

use super::layers::CachedLayer;
use crate::error_report::Hint;
use crate::recipe::Recipe;

/// A finished image of one platform: its two documents and its layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BuiltImage {
    pub(super) platform: String,
    /// Canonical JSON.
    pub(super) config: String,
    /// Canonical JSON.
    pub(super) manifest: String,
    pub(super) layers: Vec<CachedLayer>,
}

/// A document of the image could not be written as JSON.
#[derive(Debug, Error)]
#[error("could not write the image's {document}")]
pub(super) struct ImageError {
    document: &'static str,
    #[source]
    source: CanonicalError,
}

impl Hint for ImageError {}

impl BuiltImage {
    /// Describes the image; `created` is in seconds since the epoch.
    pub(super) fn new(
        recipe: &Recipe,
        platform: Platform,
        created: i64,
        layers: Vec<CachedLayer>,
    ) -> Result<Self, ImageError> {
        let mut config = ImageConfig::new(platform, created);
        config.execution = execution(recipe);
        for layer in &layers {
            config.push_layer(layer.diff_id, format!("wpimg: {}", layer.group));
        }
        let failed = |document| move |source| ImageError { document, source };
        let config = config.to_bytes().map_err(failed("configuration"))?;
        let descriptors = layers
            .iter()
            .map(|layer| Descriptor::new(&layer.media_type, layer.digest, layer.size))
            .collect();
        let mut manifest = Manifest::new(
            Descriptor::of(media_type::IMAGE_CONFIG, &config),
            descriptors,
        );
        manifest.annotations.clone_from(&recipe.image.annotations);
        let manifest = manifest.to_bytes().map_err(failed("manifest"))?;
        Ok(Self {
            platform: platform.to_string(),
            config: String::from_utf8_lossy(&config).into_owned(),
            manifest: String::from_utf8_lossy(&manifest).into_owned(),
            layers,
        })
    }

    /// The digest of the manifest: what `docker pull NAME@…` takes.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.manifest.as_bytes())
    }

    /// The size of all layers as they are pulled.
    pub(super) fn compressed_size(&self) -> u64 {
        self.layers.iter().map(|layer| layer.size).sum()
    }

    /// The manifest's descriptor.
    pub(super) fn descriptor(&self) -> Descriptor {
        Descriptor::of(media_type::IMAGE_MANIFEST, self.manifest.as_bytes())
    }
}

fn execution(recipe: &Recipe) -> Execution {
    let image = &recipe.image;
    let texts = |list: &[crate::recipe::PlainText]| list.iter().map(ToString::to_string).collect();
    Execution {
        user: image.user.as_ref().map(ToString::to_string),
        exposed_ports: image.ports.iter().map(ToString::to_string).collect(),
        environment: environment(recipe),
        entrypoint: texts(&image.entrypoint),
        command: texts(&image.command),
        working_directory: image.working_directory.as_ref().map(ToString::to_string),
        labels: image.labels.clone(),
        stop_signal: image.stop_signal.as_ref().map(ToString::to_string),
        volumes: image.volumes.iter().map(ToString::to_string).collect(),
    }
}

/// Where programs are found; engines set nothing by themselves when an image has an environment.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

fn environment(recipe: &Recipe) -> BTreeMap<String, String> {
    let mut environment = recipe.image.environment.clone();
    environment
        .entry("PATH".to_owned())
        .or_insert_with(|| PATH.to_owned());
    environment
}
