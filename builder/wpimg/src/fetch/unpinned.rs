//! A file whose digest nobody has written down yet: kept under the one it turns out to have.

use std::path::PathBuf;

use super::{
    Expected, FetchError, Fetcher, Url,
    retry::{AttemptError, broken_body, check_status},
};
use crate::{
    blocking::blocking,
    cache::{Bucket, Cache},
    report::Transfer,
};

impl Fetcher {
    /// Fetches a file of at most `limit` bytes into the cache and says what it is.
    pub(crate) async fn unpinned(
        &self,
        url: &Url,
        limit: u64,
        bucket: Bucket,
        cache: &Cache,
        transfer: &Transfer,
    ) -> Result<(Expected, PathBuf), FetchError> {
        self.check_network(url)?;
        let attempt = || self.unpinned_once(url, limit, bucket, cache, transfer);
        self.retry.run(url, attempt).await
    }

    async fn unpinned_once(
        &self,
        url: &Url,
        limit: u64,
        bucket: Bucket,
        cache: &Cache,
        transfer: &Transfer,
    ) -> Result<(Expected, PathBuf), AttemptError> {
        // The semaphore is never closed, so waiting cannot fail.
        let _transfer = self.transfers.acquire().await;
        let response = self.client.get(url.clone()).send().await;
        let response = response.map_err(|error| AttemptError::transport(url, error))?;
        let mut response = check_status(url, response)?;
        let promised = response.content_length();
        let store = |source| FetchError::Store {
            url: url.clone(),
            source,
        };
        let mut writer = cache.writer(bucket).map_err(store)?;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if writer.size() + chunk.len() as u64 > limit => {
                    let url = url.clone();
                    return Err(FetchError::TooLarge { url, limit }.into());
                }
                Ok(Some(chunk)) => {
                    writer.append(&chunk).map_err(store)?;
                    transfer.received(chunk.len() as u64);
                }
                Ok(None) => break,
                // The client reports a body that is shorter than its Content-Length as an error.
                Err(error) => {
                    transfer.discarded(writer.size());
                    return Err(broken_body(url, writer.size(), promised, error));
                }
            }
        }
        let found = Expected {
            digest: writer.digest(),
            size: writer.size(),
        };
        let path = blocking(|| writer.commit()).await.map_err(store)?;
        transfer.finished_file();
        Ok((found, path))
    }
}
