//! What is pushed: blobs where they lie, and the documents that name them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use wpimg_oci::{digest::Digest, image::Descriptor, layout::Layout, media_type};

use crate::{
    document::{DOCKER_LIST, Links},
    error::{RegistryError, Target},
    reference::{Reference, ReferenceError, Repository},
};

/// Indexes in indexes in indexes are nobody's image.
const DEEPEST: usize = 3;

/// Bytes to push, and their digest.
#[derive(Debug, Clone)]
pub struct Blob {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) source: BlobSource,
}

#[derive(Debug, Clone)]
pub(crate) enum BlobSource {
    Bytes(Bytes),
    /// Opened for every attempt.
    File(PathBuf),
    /// Fetched to a nameless file in `spool` when it has to be sent.
    Remote {
        repository: Repository,
        spool: Arc<PathBuf>,
    },
}

impl Blob {
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            digest: Digest::of(&bytes),
            size: bytes.len() as u64,
            source: BlobSource::Bytes(bytes),
        }
    }

    /// A file that is known to have this digest; it is opened when it is needed.
    pub fn file(digest: Digest, size: u64, path: impl Into<PathBuf>) -> Self {
        Self {
            digest,
            size,
            source: BlobSource::File(path.into()),
        }
    }

    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub fn size(&self) -> u64 {
        self.size
    }
}

/// A manifest or an index, byte for byte.
#[derive(Debug, Clone)]
pub struct ManifestDocument {
    descriptor: Descriptor,
    bytes: Bytes,
}

impl ManifestDocument {
    pub fn new(media_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            descriptor: Descriptor::of(media_type, &bytes),
            bytes,
        }
    }

    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// An image that is complete: everything that a document names is part of it.
#[derive(Debug, Clone)]
pub struct PushImage {
    pub(super) blobs: Vec<Blob>,
    pub(super) manifests: Vec<ManifestDocument>,
}

impl PushImage {
    /// Takes blobs in any order and documents with children first; the last one is the image.
    pub fn new(
        blobs: Vec<Blob>,
        manifests: Vec<ManifestDocument>,
        repository: &Repository,
    ) -> Result<Self, RegistryError> {
        let mut known: BTreeMap<Digest, Blob> = BTreeMap::new();
        for blob in blobs {
            known.entry(blob.digest).or_insert(blob);
        }
        let mut order = Vec::new();
        let mut placed = BTreeSet::new();
        let mut documents: Vec<ManifestDocument> = Vec::new();
        for document in manifests {
            let referrer = document.descriptor.digest;
            let target = Target::manifest(repository, &referrer);
            let links = Links::of(&target, &document.descriptor.media_type, &document.bytes)?;
            for child in &links.children {
                if !documents
                    .iter()
                    .any(|known| known.descriptor.digest == child.digest)
                {
                    let digest = child.digest;
                    return Err(RegistryError::Dangling { digest, referrer });
                }
            }
            for Descriptor { digest, size, .. } in links.blobs {
                let Some(blob) = known.get(&digest).filter(|blob| blob.size == size) else {
                    return Err(RegistryError::Dangling { digest, referrer });
                };
                if placed.insert(digest) {
                    order.push(blob.clone());
                }
            }
            if !documents
                .iter()
                .any(|known| known.descriptor.digest == referrer)
            {
                documents.push(document);
            }
        }
        Ok(Self {
            blobs: order,
            manifests: documents,
        })
    }

    /// Takes one image, or one index with all it names, from a layout.
    pub fn from_layout(
        layout: &Layout,
        root: &Descriptor,
        repository: &Repository,
    ) -> Result<Self, RegistryError> {
        let mut image = (Vec::new(), Vec::new());
        collect(layout, root, repository, DEEPEST, &mut image)?;
        Self::new(image.0, image.1, repository)
    }

    /// Returns what a tag will name; `None` for an image of nothing.
    pub fn root(&self) -> Option<&Descriptor> {
        self.manifests.last().map(ManifestDocument::descriptor)
    }

    pub fn blobs(&self) -> &[Blob] {
        &self.blobs
    }

    pub fn manifests(&self) -> &[ManifestDocument] {
        &self.manifests
    }
}

fn collect(
    layout: &Layout,
    descriptor: &Descriptor,
    repository: &Repository,
    depth: usize,
    image: &mut (Vec<Blob>, Vec<ManifestDocument>),
) -> Result<(), RegistryError> {
    let target = Target::manifest(repository, &descriptor.digest);
    if depth == 0 {
        return Err(RegistryError::Nesting { target });
    }
    let bytes = layout.read_document(&descriptor.digest);
    let bytes = bytes.map_err(|source| RegistryError::Layout { source })?;
    let links = Links::of(&target, &descriptor.media_type, &bytes)?;
    for child in &links.children {
        collect(layout, child, repository, depth - 1, image)?;
    }
    for Descriptor { digest, size, .. } in links.blobs {
        image
            .0
            .push(Blob::file(digest, size, layout.blob_path(&digest)));
    }
    image
        .1
        .push(ManifestDocument::new(&descriptor.media_type, bytes));
    Ok(())
}

/// Where an image goes.
#[derive(Debug, Clone)]
pub struct PushRequest {
    pub(crate) image: PushImage,
    pub(crate) repository: Repository,
    pub(crate) tags: Vec<String>,
    pub(crate) mount_from: Vec<Repository>,
}

impl PushRequest {
    /// Pushes without a tag: the image is there by its digest.
    pub fn new(image: PushImage, repository: Repository) -> Self {
        Self {
            image,
            repository,
            tags: Vec::new(),
            mount_from: Vec::new(),
        }
    }

    /// Adds a tag, once.
    pub fn tag(mut self, tag: &str) -> Result<Self, ReferenceError> {
        let _: Reference = self.repository.at_tag(tag)?;
        if !self.tags.iter().any(|known| known == tag) {
            self.tags.push(tag.to_owned());
        }
        Ok(self)
    }

    /// Names a repository that may have the blobs already. One of another host is of no use.
    #[must_use]
    pub fn mount_from(mut self, repository: Repository) -> Self {
        if repository.host() == self.repository.host() && repository != self.repository {
            self.mount_from.push(repository);
        }
        self
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }
}

/// Says what kind of document this is, in the words of plans and reports.
pub(super) struct Kind<'a>(pub(super) &'a str);

impl fmt::Display for Kind<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            media_type::IMAGE_INDEX | DOCKER_LIST => "index",
            _ => "manifest",
        })
    }
}

#[cfg(test)]
mod tests {
    use wpimg_oci::manifest::{Index, Manifest};

    use super::*;

    fn repository() -> Repository {
        "r.example/shop".parse().unwrap()
    }

    fn manifest(layer: &'static [u8]) -> (Vec<Blob>, ManifestDocument) {
        let blobs = vec![Blob::bytes(&b"{}"[..]), Blob::bytes(layer)];
        let manifest = Manifest::new(
            Descriptor::of(media_type::IMAGE_CONFIG, b"{}"),
            vec![Descriptor::of(media_type::LAYER_TAR, layer)],
        );
        let bytes = manifest.to_bytes().unwrap();
        (
            blobs,
            ManifestDocument::new(media_type::IMAGE_MANIFEST, bytes),
        )
    }

    #[test]
    fn an_image_with_a_hole_cannot_be_made() {
        let (mut blobs, document) = manifest(b"layer");
        blobs.pop();
        let error = PushImage::new(blobs, vec![document], &repository()).unwrap_err();
        assert!(
            matches!(error, RegistryError::Dangling { digest, .. } if digest == Digest::of(b"layer")),
            "{error}"
        );
    }

    #[test]
    fn a_parent_before_its_child_is_refused() {
        let (blobs, child) = manifest(b"layer");
        let index = Index::new(vec![child.descriptor().clone()])
            .to_bytes()
            .unwrap();
        let index = ManifestDocument::new(media_type::IMAGE_INDEX, index);
        let wrong = vec![index.clone(), child.clone()];
        assert!(PushImage::new(blobs.clone(), wrong, &repository()).is_err());
        let image = PushImage::new(blobs, vec![child, index.clone()], &repository()).unwrap();
        assert_eq!(image.root(), Some(index.descriptor()));
    }

    #[test]
    fn a_blob_that_two_manifests_share_is_pushed_once() {
        let (mut blobs, one) = manifest(b"one");
        let (more, two) = manifest(b"two");
        blobs.extend(more);
        let image = PushImage::new(blobs, vec![one, two], &repository()).unwrap();
        assert_eq!(image.blobs().len(), 3);
    }
}
