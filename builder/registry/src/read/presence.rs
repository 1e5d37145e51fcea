//! Asking whether something is there, without fetching it.

use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, HeaderMap},
};
use wpimg_oci::{digest::Digest, image::Descriptor};

use super::manifest::accept_header;
use crate::{
    auth::Scope,
    client::{Call, Failure, Registry, content_digest, content_type, refusal, same_origin},
    error::{RegistryError, Target},
    observer::Observer,
    reference::{Reference, Repository},
};

impl Registry {
    /// Says what a reference names, or that it names nothing.
    pub async fn exists(&self, reference: &Reference) -> Result<Option<Descriptor>, RegistryError> {
        let repository = reference.repository();
        let identifier = reference.identifier();
        let target = Target::manifest(repository, &identifier);
        let mut tries = self.tries(&target, &());
        loop {
            match self.head_manifest(&target, &identifier).await {
                Ok(found) => return Ok(found),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Returns the digest of what a tag or digest names.
    pub(crate) async fn manifest_digest(
        &self,
        repository: &Repository,
        identifier: &str,
        observer: &dyn Observer,
    ) -> Result<Option<Digest>, RegistryError> {
        let target = Target::manifest(repository, identifier);
        let mut tries = self.tries(&target, observer);
        loop {
            match self.manifest_digest_once(repository, identifier).await {
                Ok(found) => return Ok(found),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    pub(crate) async fn manifest_digest_once(
        &self,
        repository: &Repository,
        identifier: &str,
    ) -> Result<Option<Digest>, Failure> {
        let target = Target::manifest(repository, identifier);
        let found = self.head_manifest(&target, identifier).await?;
        Ok(found.map(|descriptor| descriptor.digest))
    }

    async fn head_manifest(
        &self,
        target: &Target,
        identifier: &str,
    ) -> Result<Option<Descriptor>, Failure> {
        let endpoint = self.endpoint_of(target)?;
        let url = endpoint.url(&target.repository, &["manifests", identifier]);
        let scope = Scope::pull(&target.repository);
        let mut call = Call::new(target, Method::HEAD, url, &scope);
        call.headers.insert(ACCEPT, accept_header(&[]));
        let response = self.exchange(&call).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(refusal(self, target, response).await),
        }
        let headers = response.headers();
        let digest = match (identifier.parse(), content_digest(headers)) {
            (Err(_), Some(Ok(digest))) | (Ok(digest), _) => Some(digest),
            (Err(_), Some(Err(_)) | None) => None,
        };
        if let (Some(digest), Some(media_type), Some(size)) =
            (digest, content_type(headers), length(headers))
        {
            return Ok(Some(Descriptor::new(&media_type, digest, size)));
        }
        // A registry that does not say has to show the document.
        let fetched = self
            .fetch_manifest(&target.repository, identifier, &[], &())
            .await;
        match fetched {
            Ok(fetched) => Ok(Some(fetched.descriptor)),
            Err(RegistryError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Says whether the repository has a blob, with retries.
    pub(crate) async fn check_blob(
        &self,
        repository: &Repository,
        digest: Digest,
        size: u64,
        observer: &dyn Observer,
    ) -> Result<bool, RegistryError> {
        let target = Target::blob(repository, digest);
        let mut tries = self.tries(&target, observer);
        loop {
            match self.has_blob(repository, digest, size).await {
                Ok(there) => return Ok(there),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Says whether the repository certainly has a blob. Doubt costs an upload, no more.
    pub(crate) async fn has_blob(
        &self,
        repository: &Repository,
        digest: Digest,
        size: u64,
    ) -> Result<bool, Failure> {
        let target = Target::blob(repository, digest);
        let endpoint = self.endpoint_of(&target)?;
        let url = endpoint.url(repository, &["blobs", &digest.to_string()]);
        let scope = Scope::push(repository);
        let call = Call::new(&target, Method::HEAD, url, &scope);
        let response = self.exchange(&call).await?;
        let known_size = length(response.headers()).is_none_or(|length| length == size);
        // Where blobs are kept, an address signed for GET may refuse HEAD.
        let elsewhere = !same_origin(response.url(), endpoint.base());
        match response.status() {
            StatusCode::OK => Ok(known_size),
            // Who is denied this is denied the upload too, and its answer has a body that says why.
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN => {
                Ok(false)
            }
            _ if elsewhere => Ok(false),
            _ => Err(refusal(self, &target, response).await),
        }
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
