//! Manifests: small documents, whole in memory, verified.

use bytes::Bytes;
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, HeaderValue},
};
use wpimg_oci::{digest::Digest, image::Descriptor};

use crate::{
    auth::Scope,
    client::{Call, Failure, Registry, content_digest, content_type, read_bounded, refusal},
    document::{LARGEST, READABLE, media_type_of},
    error::{Attempt, RegistryError, Target},
    observer::Observer,
    reference::{Reference, Repository},
};

/// A manifest or an index, byte for byte, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedManifest {
    pub descriptor: Descriptor,
    pub bytes: Bytes,
}

impl Registry {
    /// Fetches a manifest or an index.
    ///
    /// `accept` lists the media types the caller can read, the best first; empty means all that
    /// OCI and Docker have. A digest in the reference goes before its tag.
    pub async fn manifest(
        &self,
        reference: &Reference,
        accept: &[&str],
    ) -> Result<FetchedManifest, RegistryError> {
        let repository = reference.repository();
        let identifier = reference.identifier();
        self.fetch_manifest(repository, &identifier, accept, &())
            .await
    }

    pub(crate) async fn fetch_manifest(
        &self,
        repository: &Repository,
        identifier: &str,
        accept: &[&str],
        observer: &dyn Observer,
    ) -> Result<FetchedManifest, RegistryError> {
        let target = Target::manifest(repository, identifier);
        let mut tries = self.tries(&target, observer);
        loop {
            match self.fetch_manifest_once(&target, identifier, accept).await {
                Ok(fetched) => return Ok(fetched),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    async fn fetch_manifest_once(
        &self,
        target: &Target,
        identifier: &str,
        accept: &[&str],
    ) -> Result<FetchedManifest, Failure> {
        let endpoint = self.endpoint_of(target)?;
        let url = endpoint.url(&target.repository, &["manifests", identifier]);
        let scope = Scope::pull(&target.repository);
        let mut call = Call::new(target, Method::GET, url, &scope);
        call.headers.insert(ACCEPT, accept_header(accept));
        let response = self.exchange(&call).await?;
        if response.status() != StatusCode::OK {
            return Err(refusal(self, target, response).await);
        }
        let promised = content_digest(response.headers());
        let header = content_type(response.headers());
        let bytes = read_bounded(self, target, response, LARGEST).await?;
        let actual = Digest::of(&bytes);
        // What a tag names is the registry's to say, and it has to keep to its own word.
        let expected = match (identifier.parse::<Digest>(), promised) {
            (Ok(digest), _) | (Err(_), Some(Ok(digest))) => digest,
            (Err(_), Some(Err(_)) | None) => actual,
        };
        if actual != expected {
            let actual = actual.to_string();
            return Err(Attempt::WrongDigest { expected, actual }.into());
        }
        let media_type = media_type_of(target, header, &bytes)?;
        let descriptor = Descriptor::new(&media_type, actual, bytes.len() as u64);
        Ok(FetchedManifest { descriptor, bytes })
    }
}

/// Every type in one header: some registries read no second one.
pub(super) fn accept_header(accept: &[&str]) -> HeaderValue {
    let all = if accept.is_empty() {
        &READABLE[..]
    } else {
        accept
    };
    HeaderValue::from_str(&all.join(", ")).unwrap_or(HeaderValue::from_static("*/*"))
}
