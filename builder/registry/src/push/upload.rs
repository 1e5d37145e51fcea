//! One blob: mounted from elsewhere, or sent in one PUT.
//!
//! Every attempt opens a session of its own. ECR answers 416 to a second PUT at the same address,
//! and a session of which some bytes were lost cannot be continued anyway.

use std::{fs::File, io, pin::pin, sync::Arc, time::Duration};

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION},
};
use tokio::time::sleep;
use wpimg_oci::digest::{Digest, Hasher};

use super::{
    Blob, BlobSource,
    body::{Opened, Progress, body},
};
use crate::{
    auth::Scope,
    client::{
        Call, Failure, Registry, content_digest, diagnostic, refusal, same_origin, transport,
    },
    error::{Attempt, Object, RegistryError, Target},
    observer::{BlobOutcome, Observer},
    reference::Repository,
};

/// What a registry says to the wish to upload.
enum Session {
    /// It has the blob now.
    Mounted,
    /// Where the bytes are to be sent.
    Open(Url),
}

/// How one PUT ended.
enum Put {
    Done,
    /// The registry wanted to know who we are, and now it can be told.
    Again,
}

impl Registry {
    /// Brings one blob into `repository`, from another of its repositories if one has it.
    pub(super) async fn provide(
        &self,
        blob: &Blob,
        repository: &Repository,
        mount_from: &[Repository],
        observer: &dyn Observer,
    ) -> Result<BlobOutcome, RegistryError> {
        let target = Target::new(repository, Object::Upload(blob.digest));
        let mut session = None;
        for from in mount_from {
            // No failure to mount is a failure to push: the bytes can be sent. A 202 is not even
            // one, the registry has opened a session for us then.
            match self.begin(&target, blob.digest, Some(from)).await {
                Ok(Session::Mounted) => return Ok(BlobOutcome::Mounted),
                Ok(Session::Open(url)) => session = Some(url),
                Err(_) => {}
            }
        }
        observer.blob_started(&blob.digest, blob.size);
        let opened = self.open(blob, observer).await?;
        let mut tries = self.tries(&target, observer);
        let mut renewed = false;
        loop {
            let attempt = self
                .upload(&target, blob, opened.clone(), session.take(), observer)
                .await;
            match attempt {
                Ok(Put::Done) => return Ok(BlobOutcome::Sent),
                Ok(Put::Again) if !renewed => renewed = true,
                Ok(Put::Again) => tries.after(Attempt::Reauthenticated.into()).await?,
                Err(failure) => {
                    tries.after(failure).await?;
                    // The answer may have been lost rather than the bytes.
                    if let Ok(true) = self.has_blob(repository, blob.digest, blob.size).await {
                        return Ok(BlobOutcome::Sent);
                    }
                }
            }
        }
    }

    async fn upload(
        &self,
        target: &Target,
        blob: &Blob,
        opened: Opened,
        session: Option<Url>,
        observer: &dyn Observer,
    ) -> Result<Put, Failure> {
        let location = match session {
            Some(location) => location,
            None => match self.begin(target, blob.digest, None).await? {
                Session::Open(location) => location,
                Session::Mounted => return Ok(Put::Done),
            },
        };
        self.put(target, blob, opened, location, observer).await
    }

    /// Asks for a session, and to be spared it if `from` has the blob.
    async fn begin(
        &self,
        target: &Target,
        digest: Digest,
        from: Option<&Repository>,
    ) -> Result<Session, Failure> {
        let repository = &target.repository;
        let mut url = self
            .endpoint_of(target)?
            .url(repository, &["blobs", "uploads", ""]);
        let scope = match from {
            Some(from) => {
                url.query_pairs_mut()
                    .append_pair("mount", &digest.to_string())
                    .append_pair("from", from.name());
                Scope::mount(repository, from)
            }
            None => Scope::push(repository),
        };
        let mut call = Call::new(target, Method::POST, url, &scope);
        call.headers
            .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        let response = self.exchange(&call).await?;
        match response.status() {
            StatusCode::CREATED if from.is_some() => Ok(Session::Mounted),
            StatusCode::OK
            | StatusCode::CREATED
            | StatusCode::ACCEPTED
            | StatusCode::NO_CONTENT => {
                Ok(Session::Open(self.location(target, &call.url, &response)?))
            }
            _ => Err(refusal(self, target, response).await),
        }
    }

    /// Reads where a session is. Its query is the registry's and stays.
    fn location(
        &self,
        target: &Target,
        asked: &Url,
        response: &Response,
    ) -> Result<Url, RegistryError> {
        let text = response.headers().get(LOCATION);
        let text = text
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let unusable = || RegistryError::Location {
            target: target.clone(),
            location: text.chars().take(100).collect(),
        };
        if text.is_empty() {
            return Err(unusable());
        }
        let url = asked.join(text).map_err(|_| unusable())?;
        let clear = url.scheme() == "http"
            && (asked.scheme() == "http" || self.endpoint_of(target)?.base().scheme() == "http");
        if url.scheme() == "https" || clear {
            Ok(url)
        } else {
            Err(unusable())
        }
    }

    async fn put(
        &self,
        target: &Target,
        blob: &Blob,
        opened: Opened,
        mut location: Url,
        observer: &dyn Observer,
    ) -> Result<Put, Failure> {
        let scope = Scope::push(&target.repository);
        let ours = same_origin(&location, self.endpoint_of(target)?.base());
        location
            .query_pairs_mut()
            .append_pair("digest", &blob.digest.to_string());
        let client = self.client_for(&location);
        let mut request = client
            .put(location)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, blob.size);
        let mut authorization = None;
        if ours {
            authorization = self.authorization(target, &scope).await?;
            if let Some(value) = &authorization {
                request = request.header(AUTHORIZATION, value.clone());
            }
        }
        let (body, mut progress) = body(opened.clone(), blob.size);
        let sending = request.body(body).send();
        let answer = self.watch(blob, sending, &mut progress, observer).await?;
        let response = match answer {
            Ok(response) => self.judge(response).await?,
            Err(error) => {
                return Err(match progress.failure() {
                    Some(source) => unreadable(blob, source).into(),
                    None => transport(target, error),
                });
            }
        };
        match response.status() {
            StatusCode::CREATED => {}
            // Some registries finish in the background or answer in their own words.
            StatusCode::OK | StatusCode::ACCEPTED | StatusCode::NO_CONTENT => {
                let (repository, digest) = (&target.repository, blob.digest);
                if !self.has_blob(repository, digest, blob.size).await? {
                    return Err(Attempt::Vanished.into());
                }
            }
            StatusCode::UNAUTHORIZED if ours => {
                self.challenged(target, &scope, response, authorization.as_ref())
                    .await?;
                return Ok(Put::Again);
            }
            _ => return Err(self.refused_bytes(target, blob, &opened, response).await),
        }
        match content_digest(response.headers()) {
            Some(Ok(digest)) if digest == blob.digest => Ok(Put::Done),
            None => Ok(Put::Done),
            Some(other) => Err(Attempt::WrongDigest {
                expected: blob.digest,
                actual: other.map_or_else(|text| text, |digest| digest.to_string()),
            }
            .into()),
        }
    }

    /// Waits for the answer as long as bytes move, and a while after the last one.
    async fn watch(
        &self,
        blob: &Blob,
        sending: impl Future<Output = reqwest::Result<Response>>,
        progress: &mut Progress,
        observer: &dyn Observer,
    ) -> Result<reqwest::Result<Response>, Failure> {
        let mut sending = pin!(sending);
        let mut reading = true;
        loop {
            let sent = *progress.sent.borrow_and_update();
            observer.blob_advanced(&blob.digest, sent);
            let silence: Duration = if reading && sent < blob.size {
                self.options().stall_timeout
            } else {
                self.options().answer_timeout
            };
            tokio::select! {
                answer = &mut sending => return Ok(answer),
                changed = progress.sent.changed(), if reading => reading = changed.is_ok(),
                () = sleep(silence) => return Err(Attempt::Stalled { silence }.into()),
            }
        }
    }

    /// Tells bytes that were damaged on their way from bytes that are wrong here.
    async fn refused_bytes(
        &self,
        target: &Target,
        blob: &Blob,
        opened: &Opened,
        response: Response,
    ) -> Failure {
        let status = response.status();
        if !matches!(status.as_u16(), 400 | 404 | 416) {
            return refusal(self, target, response).await;
        }
        let reason = diagnostic(self, response).await;
        // A session that has ended, or of which the registry has other bytes than we sent.
        let repeatable = status == StatusCode::RANGE_NOT_SATISFIABLE
            || matches!(
                reason.code(),
                Some(
                    "DIGEST_INVALID"
                        | "SIZE_INVALID"
                        | "BLOB_UPLOAD_UNKNOWN"
                        | "BLOB_UPLOAD_INVALID"
                )
            );
        if !repeatable {
            return RegistryError::Refused {
                target: target.clone(),
                status,
                reason,
            }
            .into();
        }
        match hash(opened, blob.size).await {
            Ok(actual) if actual != blob.digest => RegistryError::WrongDigest {
                target: target.clone(),
                actual,
            }
            .into(),
            _ => Attempt::Status { status, reason }.into(),
        }
    }

    async fn open(&self, blob: &Blob, observer: &dyn Observer) -> Result<Opened, RegistryError> {
        let file = match &blob.source {
            BlobSource::Bytes(bytes) => return Ok(Opened::Bytes(bytes.clone())),
            BlobSource::File(path) => {
                File::open(path).map_err(|source| unreadable(blob, source))?
            }
            BlobSource::Remote { repository, spool } => {
                let spooled = self.spool(repository, blob.digest, blob.size, spool, observer);
                spooled.await?
            }
        };
        let actual = file
            .metadata()
            .map_err(|source| unreadable(blob, source))?
            .len();
        if actual != blob.size {
            return Err(RegistryError::SourceSize {
                digest: blob.digest,
                origin: origin(blob),
                expected: blob.size,
                actual,
            });
        }
        Ok(Opened::File(Arc::new(file)))
    }
}

async fn hash(opened: &Opened, size: u64) -> io::Result<Digest> {
    let mut hasher = Hasher::new();
    let mut offset = 0;
    while offset < size {
        let chunk = opened.chunk(offset, size).await?;
        hasher.update(&chunk);
        offset += chunk.len() as u64;
    }
    Ok(hasher.finish())
}

fn unreadable(blob: &Blob, source: io::Error) -> RegistryError {
    RegistryError::Source {
        digest: blob.digest,
        origin: origin(blob),
        source,
    }
}

fn origin(blob: &Blob) -> String {
    match &blob.source {
        BlobSource::Bytes(_) => "memory".to_owned(),
        BlobSource::File(path) => format!("`{}`", path.display()),
        BlobSource::Remote { repository, .. } => format!("`{repository}`"),
    }
}
