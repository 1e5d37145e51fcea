//! Small files, held in memory: signed Release files and their like.

use reqwest::Response;

use super::{
    FetchError, Fetcher, Url,
    retry::{AttemptError, broken_body, check_status},
};

impl Fetcher {
    /// Fetches a file of at most `limit` bytes.
    pub(crate) async fn small(&self, url: &Url, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.check_network(url)?;
        self.retry.run(url, || self.small_once(url, limit)).await
    }

    async fn small_once(&self, url: &Url, limit: u64) -> Result<Vec<u8>, AttemptError> {
        // The semaphore is never closed, so waiting cannot fail.
        let _transfer = self.transfers.acquire().await;
        let response = self
            .client
            .get(url.clone())
            .send()
            .await
            .map_err(|error| AttemptError::transport(url, error))?;
        read_limited(url, check_status(url, response)?, limit).await
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
