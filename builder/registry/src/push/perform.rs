//! Finding out what is there, and doing what the plan says.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use wpimg_oci::{digest::Digest, image::Descriptor};

use super::{
    Blob, BlobStep, ManifestStep, Presence, PushPlan, PushRequest, TagStep,
    manifest::{PutManifest, PutOutcome},
};
use crate::{
    client::Registry,
    error::RegistryError,
    observer::{BlobOutcome, Observer},
};

/// What a push did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushReport {
    /// What the tags name now; the image is also there by this digest.
    pub root: Option<Descriptor>,
    pub bytes_sent: u64,
    pub blobs_sent: usize,
    pub blobs_skipped: usize,
    pub blobs_mounted: usize,
    pub manifests_sent: usize,
    pub manifests_skipped: usize,
    /// Tags that were created or moved; the others named the image before.
    pub tags_written: Vec<String>,
}

impl Registry {
    /// Pushes an image: what is missing, in the order that never shows an incomplete one.
    pub async fn push(
        &self,
        request: &PushRequest,
        observer: &dyn Observer,
    ) -> Result<PushReport, RegistryError> {
        let plan = self.push_plan(request, observer).await?;
        self.perform(request, &plan, observer).await
    }

    /// Asks the repository what it has and decides what to do. Changes nothing.
    pub async fn push_plan(
        &self,
        request: &PushRequest,
        observer: &dyn Observer,
    ) -> Result<PushPlan, RegistryError> {
        let repository = &request.repository;
        let mut presence = Presence::default();
        // Before the others, so that the registry asks who we are only once.
        for tag in &request.tags {
            if let Some(digest) = self.manifest_digest(repository, tag, observer).await? {
                presence.tags.insert(tag.clone(), digest);
            }
        }
        let manifests = request.image.manifests.iter().map(|document| async move {
            let digest = document.descriptor().digest;
            let found = self
                .manifest_digest(repository, &digest.to_string(), observer)
                .await?;
            Ok::<_, RegistryError>(found.filter(|found| *found == digest))
        });
        let blobs = request.image.blobs.iter().map(|blob| async move {
            let there = self
                .check_blob(repository, blob.digest, blob.size, observer)
                .await?;
            Ok::<_, RegistryError>(there.then_some(blob.digest))
        });
        let jobs = self.options().jobs.max(1);
        let manifests: Vec<Option<Digest>> = stream::iter(manifests.collect::<Vec<_>>())
            .buffer_unordered(jobs)
            .try_collect()
            .await?;
        let blobs: Vec<Option<Digest>> = stream::iter(blobs.collect::<Vec<_>>())
            .buffer_unordered(jobs)
            .try_collect()
            .await?;
        presence.manifests.extend(manifests.into_iter().flatten());
        presence.blobs.extend(blobs.into_iter().flatten());
        Ok(PushPlan::new(request, &presence))
    }

    /// Does what the plan says; the first failure ends it.
    pub async fn perform(
        &self,
        request: &PushRequest,
        plan: &PushPlan,
        observer: &dyn Observer,
    ) -> Result<PushReport, RegistryError> {
        let mut report = PushReport {
            root: request.image.root().cloned(),
            ..PushReport::default()
        };
        let provided = self.provide_blobs(request, plan, observer).await?;
        for (outcome, size) in provided {
            match outcome {
                BlobOutcome::Sent => {
                    report.blobs_sent += 1;
                    report.bytes_sent += size;
                }
                BlobOutcome::Skipped => report.blobs_skipped += 1,
                BlobOutcome::Mounted => report.blobs_mounted += 1,
            }
        }
        for (document, (_, step)) in request.image.manifests.iter().zip(&plan.manifests) {
            if *step == ManifestStep::Skip {
                report.manifests_skipped += 1;
                continue;
            }
            let put = PutManifest {
                repository: &request.repository,
                tag: None,
                descriptor: document.descriptor(),
                bytes: document.bytes(),
            };
            match self.put_manifest(&put, observer).await? {
                PutOutcome::Stored { .. } => report.manifests_sent += 1,
                PutOutcome::Present => report.manifests_skipped += 1,
            }
        }
        let Some(root) = request.image.manifests.last() else {
            return Ok(report);
        };
        for (tag, step) in &plan.tags {
            if *step == TagStep::Keep {
                continue;
            }
            let put = PutManifest {
                repository: &request.repository,
                tag: Some(tag),
                descriptor: root.descriptor(),
                bytes: root.bytes(),
            };
            if let PutOutcome::Stored { .. } = self.put_manifest(&put, observer).await? {
                report.tags_written.push(tag.clone());
            }
        }
        Ok(report)
    }

    /// Brings every blob of the plan into the repository, several at a time.
    pub(crate) async fn provide_blobs(
        &self,
        request: &PushRequest,
        plan: &PushPlan,
        observer: &dyn Observer,
    ) -> Result<Vec<(BlobOutcome, u64)>, RegistryError> {
        let steps = request.image.blobs.iter().zip(&plan.blobs);
        let provided = steps.map(|(blob, (_, _, step))| async move {
            let outcome = self.step(blob, step, request, observer).await?;
            observer.blob_finished(&blob.digest, outcome);
            Ok::<_, RegistryError>((outcome, blob.size))
        });
        let jobs = self.options().jobs.max(1);
        let provided = stream::iter(provided.collect::<Vec<_>>());
        provided.buffer_unordered(jobs).try_collect().await
    }

    async fn step(
        &self,
        blob: &Blob,
        step: &BlobStep,
        request: &PushRequest,
        observer: &dyn Observer,
    ) -> Result<BlobOutcome, RegistryError> {
        let from = match step {
            BlobStep::Skip => return Ok(BlobOutcome::Skipped),
            BlobStep::Send => &[][..],
            BlobStep::Mount { from } => from,
        };
        self.provide(blob, &request.repository, from, observer)
            .await
    }
}
