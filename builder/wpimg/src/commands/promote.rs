//! What is attached to an image, taken along when the image is copied.

use std::path::Path;

use wpimg_oci::digest::Digest;
use wpimg_oci::image::{Descriptor, Index, Manifest};
use wpimg_registry::{
    AttachRequest, Blob, CopyRequest, Reference, Registry, RegistryError, Repository,
};

use crate::report::Report;
use crate::report::units::count;

/// Bills of materials are far below; what is larger stays where it is.
const LARGEST_DOCUMENT: u64 = 64 << 20;

/// Attaches to the copy what is attached to the original. The copy is as good without, so whatever
/// fails is a warning.
pub(super) async fn attached(
    from: &Reference,
    to: &Repository,
    spool: &Path,
    (registry, report): (&Registry, &Report),
) {
    match copy_all(from, to, spool, registry).await {
        Ok(0) => {}
        Ok(copied) => report.status("Attached", &count(copied, "document")),
        Err(error) => report.warning(&format!(
            "the image is copied, but not all that is attached to it: {error}"
        )),
    }
}

async fn copy_all(
    from: &Reference,
    to: &Repository,
    spool: &Path,
    registry: &Registry,
) -> Result<usize, RegistryError> {
    let top = registry.manifest(from, &[]).await?;
    let mut subjects = vec![top.descriptor];
    // Documents are attached to the images of an index.
    if let Ok(index) = Index::from_slice(&top.bytes) {
        subjects.extend(index.manifests);
    }
    let mut copied = 0;
    for subject in subjects {
        for referrer in registry
            .referrers(from.repository(), subject.digest)
            .await?
        {
            // Its blobs by a mount where that is allowed, like those of the image.
            let request = CopyRequest {
                from: from.repository().at_digest(referrer.digest),
                to: to.clone(),
                tags: Vec::new(),
                spool: spool.to_owned(),
            };
            registry.copy(&request, &()).await?;
            copy_one(&subject, referrer.digest, (from.repository(), to), registry).await?;
            copied += 1;
        }
    }
    Ok(copied)
}

async fn copy_one(
    subject: &Descriptor,
    referrer: Digest,
    (from, to): (&Repository, &Repository),
    registry: &Registry,
) -> Result<(), RegistryError> {
    let found = registry.manifest(&from.at_digest(referrer), &[]).await?;
    // What is no image manifest is of a kind that was never attached by us.
    let Ok(manifest) = Manifest::from_slice(&found.bytes) else {
        return Ok(());
    };
    let Some(artifact_type) = manifest.artifact_type.clone() else {
        return Ok(());
    };
    let mut layers = Vec::new();
    for layer in &manifest.layers {
        let bytes = registry.blob_bytes(from, layer, LARGEST_DOCUMENT).await?;
        layers.push((layer.media_type.clone(), Blob::bytes(bytes)));
    }
    let request = AttachRequest {
        repository: to.clone(),
        subject: subject.clone(),
        artifact_type,
        layers,
        annotations: manifest.annotations.clone(),
    };
    registry.attach(&request, &()).await.map(drop)
}
