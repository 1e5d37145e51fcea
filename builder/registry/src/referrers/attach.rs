//! Pushing a manifest with a `subject`.

use std::collections::BTreeMap;

use wpimg_oci::{digest::Digest, image::Descriptor, manifest::Manifest, media_type};

use crate::{
    client::Registry,
    error::RegistryError,
    observer::Observer,
    push::{
        Blob, ManifestDocument, PushImage, PushRequest,
        manifest::{PutManifest, PutOutcome},
    },
    reference::Repository,
};

/// What is attached, and to what.
#[derive(Debug, Clone)]
pub struct AttachRequest {
    pub repository: Repository,
    /// The image or index; it need not be there yet.
    pub subject: Descriptor,
    pub artifact_type: String,
    /// Contents with their media types.
    pub layers: Vec<(String, Blob)>,
    pub annotations: BTreeMap<String, String>,
}

/// An artifact that can be found from its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub descriptor: Descriptor,
    pub listing: Listing,
}

/// How an artifact is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// The registry lists it.
    Registry,
    /// It is in the index under the fallback tag.
    Tag,
}

impl Registry {
    /// Attaches an artifact. Attaching the same one again changes nothing.
    pub async fn attach(
        &self,
        request: &AttachRequest,
        observer: &dyn Observer,
    ) -> Result<Attached, RegistryError> {
        let (document, push) = artifact(request)?;
        let plan = self.push_plan(&push, observer).await?;
        // Pushes the blobs only: the answer to the manifest is needed here.
        self.provide_blobs(&push, &plan, observer).await?;
        let put = PutManifest {
            repository: &request.repository,
            tag: None,
            descriptor: document.descriptor(),
            bytes: document.bytes(),
        };
        let outcome = self.put_manifest(&put, observer).await?;
        let mut descriptor = document.descriptor().clone();
        descriptor.artifact_type = Some(request.artifact_type.clone());
        descriptor.annotations.clone_from(&request.annotations);
        let digest = request.subject.digest;
        let listed = outcome
            == PutOutcome::Stored {
                subject: Some(digest),
            }
            || self.lists(&request.repository, digest, &descriptor).await?;
        let listing = if listed {
            Listing::Registry
        } else {
            self.add_to_fallback(&request.repository, digest, &descriptor, observer)
                .await?;
            Listing::Tag
        };
        Ok(Attached {
            descriptor,
            listing,
        })
    }

    /// Some registries list artifacts and forget to say so.
    async fn lists(
        &self,
        repository: &Repository,
        subject: Digest,
        artifact: &Descriptor,
    ) -> Result<bool, RegistryError> {
        let listed = self.listed_referrers(repository, subject).await?;
        let listed = listed.unwrap_or_default();
        Ok(listed.iter().any(|known| known.digest == artifact.digest))
    }
}

fn artifact(request: &AttachRequest) -> Result<(ManifestDocument, PushRequest), RegistryError> {
    let empty = Blob::bytes(&b"{}"[..]);
    let config = Descriptor::new(media_type::EMPTY_JSON, empty.digest(), empty.size());
    let mut layers: Vec<_> = request
        .layers
        .iter()
        .map(|(media_type, blob)| Descriptor::new(media_type, blob.digest(), blob.size()))
        .collect();
    if layers.is_empty() {
        // The image-spec wants a layer, and names this one for artifacts without content.
        layers.push(config.clone());
    }
    let mut manifest = Manifest::new(config, layers);
    manifest.artifact_type = Some(request.artifact_type.clone());
    // Only what identifies the subject: the rest is the subject's own business.
    let Descriptor {
        media_type,
        digest,
        size,
        ..
    } = &request.subject;
    manifest.subject = Some(Descriptor::new(media_type, *digest, *size));
    manifest.annotations.clone_from(&request.annotations);
    let document = ManifestDocument::new(media_type::IMAGE_MANIFEST, manifest.to_bytes()?);
    let blobs = request.layers.iter().map(|(_, blob)| blob.clone());
    let blobs = blobs.chain([empty]).collect();
    let image = PushImage::new(blobs, vec![document.clone()], &request.repository)?;
    Ok((
        document,
        PushRequest::new(image, request.repository.clone()),
    ))
}
