//! One manifest, under its digest or under a tag.

use bytes::Bytes;
use reqwest::{
    Method, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};
use wpimg_oci::{digest::Digest, image::Descriptor};

use crate::{
    auth::Scope,
    client::{Call, Diagnostic, Failure, Registry, content_digest, diagnostic, refusal},
    error::{Attempt, RegistryError, Target},
    observer::Observer,
    reference::Repository,
};

/// A document and the name it gets.
pub(crate) struct PutManifest<'a> {
    pub(crate) repository: &'a Repository,
    /// A tag; `None` puts it under its digest.
    pub(crate) tag: Option<&'a str>,
    pub(crate) descriptor: &'a Descriptor,
    pub(crate) bytes: &'a Bytes,
}

/// How a manifest came to be where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutOutcome {
    /// Stored; the registry said whether it lists artifacts by their subject.
    Stored { subject: Option<Digest> },
    /// The registry refused because it has this very document under this very name.
    Present,
}

impl Registry {
    pub(crate) async fn put_manifest(
        &self,
        put: &PutManifest<'_>,
        observer: &dyn Observer,
    ) -> Result<PutOutcome, RegistryError> {
        let target = Target::manifest(put.repository, &put.identifier());
        let mut tries = self.tries(&target, observer);
        loop {
            match self.put_manifest_once(put, &target).await {
                Ok(outcome) => return Ok(outcome),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    async fn put_manifest_once(
        &self,
        put: &PutManifest<'_>,
        target: &Target,
    ) -> Result<PutOutcome, Failure> {
        let endpoint = self.endpoint_of(target)?;
        let url = endpoint.url(put.repository, &["manifests", &put.identifier()]);
        let scope = Scope::push(put.repository);
        let mut call = Call::new(target, Method::PUT, url, &scope);
        let media_type = HeaderValue::from_str(&put.descriptor.media_type);
        let media_type = media_type.map_err(|_| RegistryError::MediaType {
            target: target.clone(),
            media_type: String::new(),
        })?;
        call.headers.insert(CONTENT_TYPE, media_type);
        call.body = Some(put.bytes.clone());
        let response = self.exchange(&call).await?;
        if response.status().is_success() {
            return stored(put, &response);
        }
        match response.status() {
            // ECR says 400 `TAG_INVALID`, others 409 or 412, when a tag must not change.
            StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => {
                let status = response.status();
                let reason = diagnostic(self, response).await;
                self.conflict(put, target, status, reason).await
            }
            _ => Err(refusal(self, target, response).await),
        }
    }

    /// Being told that our own image is there already is success.
    async fn conflict(
        &self,
        put: &PutManifest<'_>,
        target: &Target,
        status: StatusCode,
        reason: Diagnostic,
    ) -> Result<PutOutcome, Failure> {
        let code = reason.code().unwrap_or_default();
        if matches!(
            code,
            "MANIFEST_BLOB_UNKNOWN" | "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"
        ) {
            let target = target.clone();
            return Err(RegistryError::Incomplete { target, reason }.into());
        }
        let existing = self
            .manifest_digest_once(put.repository, &put.identifier())
            .await?;
        if existing == Some(put.descriptor.digest) {
            return Ok(PutOutcome::Present);
        }
        let immutable = status != StatusCode::BAD_REQUEST
            || code == "TAG_INVALID"
            || reason
                .message()
                .is_some_and(|text| text.contains("immutable"));
        Err(match put.tag {
            Some(tag) if immutable && existing.is_some() => RegistryError::TagImmutable {
                repository: put.repository.clone(),
                tag: tag.to_owned(),
                existing,
            },
            _ => RegistryError::Refused {
                target: target.clone(),
                status,
                reason,
            },
        }
        .into())
    }
}

impl PutManifest<'_> {
    fn identifier(&self) -> String {
        match self.tag {
            Some(tag) => tag.to_owned(),
            None => self.descriptor.digest.to_string(),
        }
    }
}

fn stored(put: &PutManifest<'_>, response: &Response) -> Result<PutOutcome, Failure> {
    let expected = put.descriptor.digest;
    match content_digest(response.headers()) {
        Some(Ok(actual)) if actual == expected => {}
        None => {}
        // Storing a document again is harmless, so a wrong word may be a passing one.
        Some(other) => {
            let actual = other.map_or_else(|text| text, |digest| digest.to_string());
            return Err(Attempt::WrongDigest { expected, actual }.into());
        }
    }
    let subject = response.headers().get("oci-subject");
    let subject = subject.and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(PutOutcome::Stored { subject })
}
