//! Several downloads at once, each handed over when it is complete.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::{Download, FetchError, Fetcher};
use crate::{cache::Cache, report::Transfer};

/// A file that is complete, in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// Its place in the list that was asked for.
    pub(crate) index: usize,
    pub(crate) path: PathBuf,
}

impl Fetcher {
    /// Downloads everything on the list; results arrive in the order of completion.
    ///
    /// Dropping the receiver ends the downloads that are still running. Must be called inside the
    /// runtime.
    pub(crate) fn download_many(
        &self,
        downloads: Vec<Download>,
        cache: &Cache,
        transfer: &Transfer,
    ) -> mpsc::Receiver<Result<Fetched, FetchError>> {
        let (sender, receiver) = mpsc::channel(downloads.len().max(1));
        // Files wait for a transfer slot inside `download`; starting them in list order is enough
        // to have the large ones first when the caller sorts them so.
        for (index, download) in downloads.into_iter().enumerate() {
            let (fetcher, cache) = (self.clone(), cache.clone());
            let (transfer, sender) = (transfer.clone(), sender.clone());
            tokio::spawn(async move {
                let work = fetcher.download(&download, &cache, &transfer);
                let result = tokio::select! {
                    result = work => result,
                    () = sender.closed() => return,
                };
                // Nobody waits any more: then nobody misses it.
                let _ = sender
                    .send(result.map(|path| Fetched { index, path }))
                    .await;
            });
        }
        receiver
    }
}
