//! Small images, and clients with little patience.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use wpimg_oci::{
    digest::Digest,
    image::Descriptor,
    manifest::{Index, Manifest},
    media_type,
    platform::Platform,
};
use wpimg_registry::{
    Attempt, Blob, BlobOutcome, ClientOptions, Credentials, ManifestDocument, Observer, PushImage,
    PushRequest, Registry, Repository, RetryPolicy, Target, credentials::ForHost,
};

pub(crate) const PASSWORD: &str = "correct horse";

/// An image for two platforms that share one layer: five blobs, three documents.
pub(crate) fn image(repository: &Repository, content: &str) -> PushImage {
    let base = Blob::bytes(format!("base layer of {content}, shared").repeat(50));
    let mut blobs = vec![base.clone()];
    let mut documents = Vec::new();
    let mut entries = Vec::new();
    for platform in Platform::SUPPORTED {
        let architecture = platform.architecture();
        let config = Blob::bytes(format!(
            r#"{{"architecture":"{architecture}","of":"{content}"}}"#
        ));
        let layer = Blob::bytes(format!("{content} for {architecture}").repeat(20));
        let describe =
            |media_type: &str, blob: &Blob| Descriptor::new(media_type, blob.digest(), blob.size());
        let manifest = Manifest::new(
            describe(media_type::IMAGE_CONFIG, &config),
            vec![
                describe(media_type::LAYER_TAR_ZSTD, &base),
                describe(media_type::LAYER_TAR_ZSTD, &layer),
            ],
        );
        let bytes = manifest.to_bytes().unwrap();
        let document = ManifestDocument::new(media_type::IMAGE_MANIFEST, bytes);
        entries.push(document.descriptor().clone().with_platform(platform));
        documents.push(document);
        blobs.extend([config, layer]);
    }
    let index = Index::new(entries).to_bytes().unwrap();
    documents.push(ManifestDocument::new(media_type::IMAGE_INDEX, index));
    PushImage::new(blobs, documents, repository).unwrap()
}

/// An image of one layer under a tag.
pub(crate) fn single(repository: &Repository, layer: &[u8], tag: &str) -> PushRequest {
    let image = single_image(repository, Blob::bytes(layer.to_vec()));
    PushRequest::new(image, repository.clone())
        .tag(tag)
        .unwrap()
}

/// An image of one layer.
pub(crate) fn single_image(repository: &Repository, layer: Blob) -> PushImage {
    let config = Blob::bytes(&b"{}"[..]);
    let manifest = Manifest::new(
        Descriptor::of(media_type::IMAGE_CONFIG, b"{}"),
        vec![Descriptor::new(
            media_type::LAYER_TAR,
            layer.digest(),
            layer.size(),
        )],
    );
    let bytes = manifest.to_bytes().unwrap();
    let document = ManifestDocument::new(media_type::IMAGE_MANIFEST, bytes);
    PushImage::new(vec![config, layer], vec![document], repository).unwrap()
}

pub(crate) fn root(image: &PushImage) -> Digest {
    image.root().unwrap().digest
}

pub(crate) fn request(repository: &Repository, content: &str, tag: &str) -> PushRequest {
    let image = image(repository, content);
    PushRequest::new(image, repository.clone())
        .tag(tag)
        .unwrap()
}

pub(crate) fn options(attempts: u32) -> ClientOptions {
    ClientOptions {
        retry: RetryPolicy {
            attempts,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(2),
            longest_requested_pause: Duration::from_millis(5),
        },
        stall_timeout: Duration::from_millis(150),
        answer_timeout: Duration::from_millis(150),
        ..ClientOptions::default()
    }
}

pub(crate) fn patient() -> ClientOptions {
    ClientOptions {
        stall_timeout: Duration::from_secs(20),
        answer_timeout: Duration::from_secs(20),
        ..options(3)
    }
}

pub(crate) fn client(options: ClientOptions) -> Registry {
    Registry::new(options).unwrap()
}

pub(crate) fn known_to(host: &str, user: &str, options: ClientOptions) -> ClientOptions {
    ClientOptions {
        credentials: Arc::new(ForHost {
            host: host.to_owned(),
            credentials: Credentials::basic(user, PASSWORD),
        }),
        ..options
    }
}

/// Writes down what it hears.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) finished: Mutex<Vec<(Digest, BlobOutcome)>>,
    pub(crate) advanced: Mutex<Vec<(Digest, u64)>>,
    pub(crate) retries: Mutex<Vec<String>>,
}

impl Observer for Heard {
    fn blob_advanced(&self, digest: &Digest, transferred: u64) {
        self.advanced.lock().unwrap().push((*digest, transferred));
    }

    fn blob_finished(&self, digest: &Digest, outcome: BlobOutcome) {
        self.finished.lock().unwrap().push((*digest, outcome));
    }

    fn retrying(&self, target: &Target, cause: &Attempt, _pause: Duration) {
        self.retries
            .lock()
            .unwrap()
            .push(format!("{target}: {cause}"));
    }
}
