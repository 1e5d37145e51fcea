//! Copying an image from one repository to another, with all it names.
//!
//! Within a registry blobs are mounted where that is allowed. Otherwise each is fetched to a
//! nameless file, verified, and sent: at most as many at a time as there are jobs.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use futures_util::future::BoxFuture;
use wpimg_oci::digest::Digest;

use crate::{
    client::Registry,
    document::Links,
    error::{RegistryError, Target},
    observer::Observer,
    push::{Blob, BlobSource, ManifestDocument, PushImage, PushReport, PushRequest},
    reference::{Reference, Repository},
};

/// Indexes in indexes in indexes are nobody's image.
const DEEPEST: usize = 3;
/// Documents are kept in memory until all of them are known.
const MOST_DOCUMENTS: usize = 512;

/// What to copy, and where to.
#[derive(Debug, Clone)]
pub struct CopyRequest {
    pub from: Reference,
    pub to: Repository,
    /// The tags that will name the copy; it is there by its digest in any case.
    pub tags: Vec<String>,
    /// A directory for what is on its way.
    pub spool: PathBuf,
}

/// The documents of an image, children first.
struct Walk<'a> {
    from: &'a Repository,
    spool: Arc<PathBuf>,
    seen: BTreeSet<Digest>,
    blobs: Vec<Blob>,
    documents: Vec<ManifestDocument>,
    observer: &'a dyn Observer,
}

impl Registry {
    /// Copies an image, or an index with all its images.
    pub async fn copy(
        &self,
        request: &CopyRequest,
        observer: &dyn Observer,
    ) -> Result<PushReport, RegistryError> {
        let push = self.copy_request(request, observer).await?;
        self.push(&push, observer).await
    }

    /// Reads the documents of what is to be copied; what comes back can be planned and pushed.
    pub async fn copy_request(
        &self,
        request: &CopyRequest,
        observer: &dyn Observer,
    ) -> Result<PushRequest, RegistryError> {
        let from = request.from.repository();
        let mut walk = Walk {
            from,
            spool: Arc::new(request.spool.clone()),
            seen: BTreeSet::new(),
            blobs: Vec::new(),
            documents: Vec::new(),
            observer,
        };
        self.walk(&mut walk, request.from.identifier(), DEEPEST)
            .await?;
        let image = PushImage::new(walk.blobs, walk.documents, &request.to)?;
        let mut push = PushRequest::new(image, request.to.clone()).mount_from(from.clone());
        for tag in &request.tags {
            push = push.tag(tag)?;
        }
        Ok(push)
    }

    /// Collects a document after those it names.
    fn walk<'a>(
        &'a self,
        walk: &'a mut Walk<'_>,
        identifier: String,
        depth: usize,
    ) -> BoxFuture<'a, Result<(), RegistryError>> {
        Box::pin(async move {
            let target = Target::manifest(walk.from, &identifier);
            if depth == 0 {
                return Err(RegistryError::Nesting { target });
            }
            let fetched = self
                .fetch_manifest(walk.from, &identifier, &[], walk.observer)
                .await?;
            if !walk.seen.insert(fetched.descriptor.digest) {
                return Ok(());
            }
            if walk.seen.len() > MOST_DOCUMENTS {
                return Err(RegistryError::TooMany {
                    target,
                    limit: MOST_DOCUMENTS,
                });
            }
            let media_type = fetched.descriptor.media_type;
            let links = Links::of(&target, &media_type, &fetched.bytes)?;
            for child in links.children {
                self.walk(walk, child.digest.to_string(), depth - 1).await?;
            }
            for blob in links.blobs {
                walk.blobs.push(Blob {
                    digest: blob.digest,
                    size: blob.size,
                    source: BlobSource::Remote {
                        repository: walk.from.clone(),
                        spool: Arc::clone(&walk.spool),
                    },
                });
            }
            walk.documents
                .push(ManifestDocument::new(&media_type, fetched.bytes));
            Ok(())
        })
    }
}
