//! Blobs: streamed, verified while they arrive, continued where they broke off.
//!
//! Bytes reach the sink before the last of them is checked, so a caller uses them only after the
//! call came back well.

use std::{fs::File, path::Path, time::Duration};

use bytes::Bytes;
use reqwest::{
    Method, Response, StatusCode,
    header::{CONTENT_RANGE, HeaderMap, HeaderValue, RANGE},
};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use wpimg_oci::{
    digest::{Digest, Hasher},
    image::Descriptor,
};

use crate::{
    auth::Scope,
    client::{Call, Failure, Registry, next_chunk, refusal},
    error::{Attempt, RegistryError, Target},
    observer::Observer,
    reference::Repository,
};

/// Where a blob's bytes go.
pub(crate) type Sink<'a> = dyn AsyncWrite + Send + Unpin + 'a;

/// A blob on its way in.
struct Arrival<'a, 'b> {
    target: &'a Target,
    digest: Digest,
    size: u64,
    received: u64,
    hasher: Hasher,
    sink: &'a mut Sink<'b>,
    observer: &'a dyn Observer,
}

impl Registry {
    /// Streams a blob into `sink`; fails unless size and digest are the descriptor's.
    pub async fn blob(
        &self,
        repository: &Repository,
        descriptor: &Descriptor,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
        observer: &dyn Observer,
    ) -> Result<(), RegistryError> {
        let (digest, size) = (descriptor.digest, descriptor.size);
        self.fetch_blob(repository, digest, size, sink, observer)
            .await
    }

    /// Fetches a small blob, a config for example, into memory.
    pub async fn blob_bytes(
        &self,
        repository: &Repository,
        descriptor: &Descriptor,
        limit: u64,
    ) -> Result<Bytes, RegistryError> {
        if descriptor.size > limit {
            let target = Target::blob(repository, descriptor.digest);
            return Err(RegistryError::TooLarge { target, limit });
        }
        let mut bytes = Vec::new();
        self.blob(repository, descriptor, &mut bytes, &()).await?;
        Ok(bytes.into())
    }

    /// Fetches a blob into a nameless file in `directory`.
    pub(crate) async fn spool(
        &self,
        repository: &Repository,
        digest: Digest,
        size: u64,
        directory: &Path,
        observer: &dyn Observer,
    ) -> Result<File, RegistryError> {
        let file = tempfile::tempfile_in(directory).and_then(|file| Ok((file.try_clone()?, file)));
        let (file, writer) = file.map_err(|source| RegistryError::Spool {
            directory: directory.display().to_string(),
            source,
        })?;
        let mut writer = tokio::fs::File::from_std(writer);
        let retries = Retries(observer);
        self.fetch_blob(repository, digest, size, &mut writer, &retries)
            .await?;
        Ok(file)
    }

    async fn fetch_blob(
        &self,
        repository: &Repository,
        digest: Digest,
        size: u64,
        sink: &mut Sink<'_>,
        observer: &dyn Observer,
    ) -> Result<(), RegistryError> {
        let target = Target::blob(repository, digest);
        let mut tries = self.tries(&target, observer);
        observer.blob_started(&digest, size);
        let mut arrival = Arrival {
            target: &target,
            digest,
            size,
            received: 0,
            hasher: Hasher::new(),
            sink,
            observer,
        };
        loop {
            match self.receive(&mut arrival).await {
                Ok(()) => break,
                Err(failure) => tries.after(failure).await?,
            }
        }
        let flushed = arrival.sink.flush().await;
        flushed.map_err(|source| RegistryError::Sink { digest, source })?;
        arrival.check()
    }

    /// Continues where the last attempt ended, if the registry can; else reads past what we have.
    async fn receive(&self, arrival: &mut Arrival<'_, '_>) -> Result<(), Failure> {
        let target = arrival.target;
        let endpoint = self.endpoint_of(target)?;
        let digest = arrival.digest.to_string();
        let url = endpoint.url(&target.repository, &["blobs", &digest]);
        let scope = Scope::pull(&target.repository);
        let mut call = Call::new(target, Method::GET, url, &scope);
        if arrival.received > 0 {
            if arrival.received >= arrival.size {
                return Ok(());
            }
            let range = format!("bytes={}-", arrival.received);
            let range = HeaderValue::from_str(&range).ok();
            call.headers.extend(range.map(|range| (RANGE, range)));
        }
        let mut response = self.exchange(&call).await?;
        let mut position = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => match range_start(response.headers()) {
                Some(start) if start <= arrival.received => start,
                _ => return Err(refusal(self, target, response).await),
            },
            _ => return Err(refusal(self, target, response).await),
        };
        arrival.check_offer(position, &response)?;
        while position < arrival.size {
            let received = position;
            let expected = Some(arrival.size);
            let chunk = next_chunk(self, target, &mut response, received, expected).await?;
            let Some(chunk) = chunk else {
                return Err(Attempt::Truncated {
                    received,
                    expected: arrival.size,
                }
                .into());
            };
            let end = position + chunk.len() as u64;
            let known = arrival
                .received
                .saturating_sub(position)
                .min(chunk.len() as u64);
            let known = usize::try_from(known).unwrap_or(chunk.len());
            arrival.take(&chunk.slice(known..)).await?;
            position = end;
        }
        Ok(())
    }
}

impl Arrival<'_, '_> {
    /// A registry that announces another length has another blob: no need to fetch it first.
    fn check_offer(&self, start: u64, response: &Response) -> Result<(), RegistryError> {
        match response.content_length() {
            Some(length) if start.saturating_add(length) != self.size => {
                Err(self.wrong_size(start.saturating_add(length)))
            }
            _ => Ok(()),
        }
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), RegistryError> {
        let received = self.received + bytes.len() as u64;
        if received > self.size {
            return Err(self.wrong_size(received));
        }
        let digest = self.digest;
        let written = self.sink.write_all(bytes).await;
        written.map_err(|source| RegistryError::Sink { digest, source })?;
        self.hasher.update(bytes);
        self.received = received;
        self.observer.blob_advanced(&digest, received);
        Ok(())
    }

    fn check(self) -> Result<(), RegistryError> {
        let actual = self.hasher.finish();
        if actual == self.digest {
            return Ok(());
        }
        Err(RegistryError::WrongDigest {
            target: self.target.clone(),
            actual,
        })
    }

    fn wrong_size(&self, actual: u64) -> RegistryError {
        RegistryError::WrongSize {
            target: self.target.clone(),
            expected: self.size,
            actual,
        }
    }
}

/// Passes on only retries: the spooling of a blob is not yet its transfer.
struct Retries<'a>(&'a dyn Observer);

impl Observer for Retries<'_> {
    fn retrying(&self, target: &Target, cause: &Attempt, pause: Duration) {
        self.0.retrying(target, cause, pause);
    }
}

/// Reads the first position of `bytes 5-9/10`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    text.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}
