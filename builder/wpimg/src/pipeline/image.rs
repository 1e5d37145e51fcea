//! From layers to an image: its configuration and its manifest.
//!
//! Both are functions of the layers and the recipe, and small, so they are made on every build.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use thiserror::Error;
use wpimg_oci::canonical::CanonicalError;
use wpimg_oci::digest::Digest;
use wpimg_oci::image::{Descriptor, Execution, ImageConfig, Manifest};
use wpimg_oci::media_type;
use wpimg_oci::platform::Platform;

use super::base::{self, PackageFacts};
use super::inputs::Selections;
use super::layers::CachedLayer;
use super::request::Request;
use super::selection::Selected;
use super::site::SiteContent;
use super::tools::Tools;
use crate::error_report::{Failure, Hint};
use crate::recipe::Recipe;
use crate::report::units::{Bytes, count};

/// A finished image of one platform: its two documents and its layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuiltImage {
    pub(crate) platform: Platform,
    /// Canonical JSON.
    pub(crate) config: String,
    /// Canonical JSON.
    pub(crate) manifest: String,
    pub(crate) layers: Vec<CachedLayer>,
    pub(crate) packages: Vec<(Selected, PackageFacts)>,
    /// Seconds since 1970.
    pub(crate) created: i64,
}

/// A document of the image could not be written as JSON.
#[derive(Debug, Error)]
#[error("could not write the image's {document}")]
pub(crate) struct ImageError {
    document: &'static str,
    #[source]
    source: CanonicalError,
}

impl Hint for ImageError {}

/// Builds the image of every platform, in the order of the selections.
pub(crate) async fn build_all(
    request: &Request,
    selections: &Selections,
    content: &SiteContent,
    tools: &Tools,
) -> Result<Vec<BuiltImage>, Failure> {
    let mut images = Vec::new();
    for (platform, selected) in selections {
        let before = tools.layers_written.load(Ordering::Relaxed);
        let base = base::build(request, *platform, selected, tools).await?;
        let site = tokio::task::block_in_place(|| content.layers(&base, request, tools))?;
        let layers = base.layers.into_iter().chain(site).collect();
        let mut image = BuiltImage::new(&request.recipe, *platform, base.newest, layers)?;
        let facts = |package: &Selected| base.facts.get(&package.name).cloned();
        let packages = selected.iter();
        image.packages = packages
            .map(|package| (package.clone(), facts(package).unwrap_or_default()))
            .collect();
        let written = tools.layers_written.load(Ordering::Relaxed) - before;
        let reused = image.layers.len() - written;
        let size = Bytes(image.compressed_size());
        let message = if written == 0 {
            (
                "Reused",
                format!("{} for {platform}", count(reused, "layer")),
            )
        } else {
            let layers = count(written, "layer");
            let message = format!("{layers} for {platform}, reused {reused} ({size} compressed)");
            ("Built", message)
        };
        tools.report.status(message.0, &message.1);
        images.push(image);
    }
    Ok(images)
}

impl BuiltImage {
    /// Describes the image; `created` is in seconds since the epoch.
    pub(crate) fn new(
        recipe: &Recipe,
        platform: Platform,
        created: i64,
        layers: Vec<CachedLayer>,
    ) -> Result<Self, ImageError> {
        let mut config = ImageConfig::new(platform, created);
        config.execution = execution(recipe);
        for layer in &layers {
            config.push_layer(layer.diff_id, format!("wpimg: {}", layer.name));
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
            platform,
            config: String::from_utf8_lossy(&config).into_owned(),
            manifest: String::from_utf8_lossy(&manifest).into_owned(),
            layers,
            packages: Vec::new(),
            created,
        })
    }

    /// The digest of the manifest: what `docker pull NAME@…` takes.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.manifest.as_bytes())
    }

    /// The size of all layers as they are pulled.
    pub(crate) fn compressed_size(&self) -> u64 {
        self.layers.iter().map(|layer| layer.size).sum()
    }

    /// The manifest's descriptor.
    pub(crate) fn descriptor(&self) -> Descriptor {
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
