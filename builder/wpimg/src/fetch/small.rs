//! Small files, held in memory: signed Release files and their like.

use reqwest::{
    Response, StatusCode,
    header::{ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};
use serde::{Deserialize, Serialize};

use super::{
    FetchError, Fetcher, Url,
    retry::{AttemptError, broken_body, check_status},
};

/// What a server told us to recognise this version of a file by (RFC 9110, 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

/// The answer to a conditional request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SmallFile {
    /// The version we know is still the current one.
    Unchanged,
    Changed {
        bytes: Vec<u8>,
        validators: Validators,
    },
}

impl Fetcher {
    /// Fetches a file of at most `limit` bytes.
    pub(crate) async fn small(&self, url: &Url, limit: u64) -> Result<Vec<u8>, FetchError> {
        match self
            .small_if_changed(url, limit, &Validators::default())
            .await?
        {
            SmallFile::Changed { bytes, .. } => Ok(bytes),
            // Nothing was asked conditionally, so this answer is the server's mistake.
            SmallFile::Unchanged => Err(FetchError::Refused {
                url: url.clone(),
                status: StatusCode::NOT_MODIFIED,
            }),
        }
    }

    /// Fetches a file of at most `limit` bytes unless it is the version that `known` describes.
    pub(crate) async fn small_if_changed(
        &self,
        url: &Url,
        limit: u64,
        known: &Validators,
    ) -> Result<SmallFile, FetchError> {
        self.retry
            .run(url, || self.small_once(url, limit, known))
            .await
    }

    async fn small_once(
        &self,
        url: &Url,
        limit: u64,
        known: &Validators,
    ) -> Result<SmallFile, AttemptError> {
        // The semaphore is never closed, so waiting cannot fail.
        let _transfer = self.transfers.acquire().await;
        let mut request = self.client.get(url.clone());
        for (name, value) in known.conditions() {
            request = request.header(name, value);
        }
        let response = request
            .send()
            .await
            .map_err(|error| AttemptError::transport(url, error))?;
        let response = check_status(url, response)?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(SmallFile::Unchanged);
        }
        let validators = Validators::of(response.headers());
        let bytes = read_limited(url, response, limit).await?;
        Ok(SmallFile::Changed { bytes, validators })
    }
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| Some(value.to_str().ok()?.to_owned()))
        };
        Self {
            etag: text(ETAG),
            last_modified: text(LAST_MODIFIED),
        }
    }

    fn conditions(&self) -> impl Iterator<Item = (HeaderName, &str)> {
        let etag = self.etag.as_deref().map(|value| (IF_NONE_MATCH, value));
        let modified = self
            .last_modified
            .as_deref()
            .map(|value| (IF_MODIFIED_SINCE, value));
        etag.into_iter().chain(modified)
    }
}

async fn read_limited(
    url: &Url,
    mut response: Response,
    limit: u64,
) -> Result<Vec<u8>, AttemptError> {
    let promised = response.content_length();
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            // The client reports a body that is shorter than its Content-Length as an error.
            Err(error) => return Err(broken_body(url, bytes.len() as u64, promised, error)),
        }
        if bytes.len() as u64 > limit {
            return Err(FetchError::TooLarge {
                url: url.clone(),
                limit,
            }
            .into());
        }
    }
}
