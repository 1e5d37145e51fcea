//! Images of a build or a layout, on their way to a registry.

use wpimg_oci::image::Index;
use wpimg_oci::layout::Layout;
use wpimg_oci::media_type;
use wpimg_registry::{
    AttachRequest, Blob, ManifestDocument, PushImage, PushReport, PushRequest, Reference, Registry,
    Repository,
};

use super::bill::Documents;
use super::image::BuiltImage;
use super::tools::Tools;
use crate::cache::Bucket;
use crate::error_report::Failure;
use crate::recipe::{ImageName, Recipe};
use crate::registries::{self, MissingRepository, RegistriesError};
use crate::report::Report;
use crate::report::units::{Bytes, count};

/// A repository, and the tags that an image gets there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) repository: Repository,
    pub(crate) tags: Vec<String>,
}

/// Where a build is pushed to: the tags that name a registry, else what the recipe says.
pub(crate) fn destinations(
    tags: &[ImageName],
    recipe: &Recipe,
) -> Result<Vec<Destination>, Failure> {
    let mut found: Vec<Destination> = Vec::new();
    let named = tags.iter().filter(|tag| tag.names_a_registry());
    for tag in named {
        let reference: Reference = tag.tagged().parse()?;
        let tag = reference.tag().unwrap_or("latest").to_owned();
        let repository = reference.repository().clone();
        match found
            .iter_mut()
            .find(|known| known.repository == repository)
        {
            Some(known) => known.tags.push(tag),
            None => found.push(Destination {
                repository,
                tags: vec![tag],
            }),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let repository = recipe.image.repository.as_ref();
    let repository = repository.ok_or(RegistriesError::NoTarget)?;
    let tags = recipe.image.tags.iter().map(ToString::to_string);
    let mut tags: Vec<String> = tags.collect();
    if tags.is_empty() {
        tags.push("latest".to_owned());
    }
    Ok(vec![Destination {
        repository: repository.to_string().parse()?,
        tags,
    }])
}

/// Pushes what a build made.
pub(crate) async fn push_built(
    images: &[BuiltImage],
    destination: &Destination,
    (registry, missing): (&Registry, MissingRepository),
    tools: &Tools,
) -> Result<PushReport, Failure> {
    let mut blobs = Vec::new();
    let mut documents = Vec::new();
    let mut descriptors = Vec::new();
    for image in images {
        for layer in &image.layers {
            // A layer that vanished is named by the push as a part that is missing.
            if let Some(path) = tools.cache.get(Bucket::Blobs, &layer.digest, layer.size) {
                blobs.push(Blob::file(layer.digest, layer.size, path));
            }
        }
        blobs.push(Blob::bytes(image.config.clone().into_bytes()));
        let manifest = image.manifest.clone().into_bytes();
        documents.push(ManifestDocument::new(media_type::IMAGE_MANIFEST, manifest));
        descriptors.push(image.descriptor().with_platform(image.platform));
    }
    if descriptors.len() > 1 {
        let bytes = Index::new(descriptors).to_bytes()?;
        documents.push(ManifestDocument::new(media_type::IMAGE_INDEX, bytes));
    }
    let image = PushImage::new(blobs, documents, &destination.repository)?;
    push(image, destination, (registry, missing), &tools.report).await
}

/// Attaches the documents of every image to it. An image without them is as good as one with them,
/// so a registry that refuses is a warning.
pub(crate) async fn attach(
    images: &[BuiltImage],
    documents: &[Documents],
    destination: &Destination,
    registry: &Registry,
    report: &Report,
) {
    for (image, documents) in images.iter().zip(documents) {
        for (media_type, bytes) in documents.each() {
            let request = AttachRequest {
                repository: destination.repository.clone(),
                subject: image.descriptor(),
                artifact_type: media_type.to_owned(),
                layers: vec![(media_type.to_owned(), Blob::bytes(bytes.to_vec()))],
                annotations: std::collections::BTreeMap::new(),
            };
            if let Err(error) = registry.attach(&request, &()).await {
                let repository = &destination.repository;
                report.warning(&format!(
                    "the image is pushed, but {repository} did not take its {media_type}: {error}"
                ));
                return;
            }
        }
    }
    let kinds = "SPDX, CycloneDX and provenance";
    let images = count(images.len(), "image");
    report.status("Attached", &format!("{kinds} to {images}"));
}

/// Pushes what a layout holds.
pub(crate) async fn push_layout(
    layout: &Layout,
    destination: &Destination,
    (registry, missing): (&Registry, MissingRepository),
    report: &Report,
) -> Result<PushReport, Failure> {
    let root = layout.resolve(None)?;
    let image = PushImage::from_layout(layout, root, &destination.repository)?;
    push(image, destination, (registry, missing), report).await
}

async fn push(
    image: PushImage,
    destination: &Destination,
    (registry, missing): (&Registry, MissingRepository),
    report: &Report,
) -> Result<PushReport, Failure> {
    let mut request = PushRequest::new(image, destination.repository.clone());
    for tag in &destination.tags {
        request = request.tag(tag)?;
    }
    let pushed = registries::push(registry, &request, missing, report).await?;
    say(&pushed, &destination.repository, report);
    Ok(pushed)
}

/// What was sent, skipped and mounted, and which tags moved.
pub(crate) fn say(pushed: &PushReport, repository: &Repository, report: &Report) {
    let mut parts = vec![format!(
        "{} ({}) to {repository}",
        count(pushed.blobs_sent, "blob"),
        Bytes(pushed.bytes_sent)
    )];
    if pushed.blobs_skipped > 0 {
        parts.push(format!("{} were there", pushed.blobs_skipped));
    }
    if pushed.blobs_mounted > 0 {
        parts.push(format!("{} mounted", pushed.blobs_mounted));
    }
    report.status("Pushed", &parts.join(", "));
    if !pushed.tags_written.is_empty() {
        report.status("Tagged", &pushed.tags_written.join(", "));
    }
}
