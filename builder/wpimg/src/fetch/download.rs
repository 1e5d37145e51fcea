//! One file into the cache, its size and SHA-256 checked while it arrives.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use reqwest::Response;
use wpimg_oci::digest::Digest;

use super::{
    Attempt, FetchError, Fetcher, Url,
    retry::{AttemptError, broken_body, check_status},
};
use crate::{
    blocking::blocking,
    cache::{Bucket, Cache, CacheWriter},
    report::Transfer,
};

/// What a signed index says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

/// A file to download: the same bytes from any of the addresses, tried in order.
#[derive(Debug, Clone)]
pub(crate) struct Download {
    pub(crate) candidates: Vec<Url>,
    pub(crate) expected: Expected,
    pub(crate) bucket: Bucket,
}

impl Expected {
    /// From the fields of a Debian index.
    pub(crate) fn in_archive(sha256: &[u8; 32], size: u64) -> Self {
        let hex = wpimg_debian::sha256::hex(sha256);
        let digest = Digest::from_hex(&hex).expect("32 bytes give 64 lower-case digits");
        Self { digest, size }
    }
}

impl Fetcher {
    /// Makes sure that the cache has the file and says where.
    ///
    /// An address that lacks the file or has a wrong one is passed over for the next. When all
    /// fail, the first failure that is not a mere absence is reported, since it says most.
    pub(crate) async fn download(
        &self,
        download: &Download,
        cache: &Cache,
        transfer: &Transfer,
    ) -> Result<PathBuf, FetchError> {
        let Download {
            candidates,
            expected,
            bucket,
        } = download;
        if let Some(path) = cache.get(*bucket, &expected.digest, expected.size) {
            return Ok(path);
        }
        let mut failure: Option<FetchError> = None;
        for url in candidates {
            if let Ok(path) = url.to_file_path() {
                return self.copy(url, path, download, cache, transfer).await;
            }
            self.check_network(url)?;
            let attempt = || self.download_once(url, *expected, *bucket, cache, transfer);
            match self.retry.run(url, attempt).await {
                Ok(path) => return Ok(path),
                // The disk is the same for every address.
                Err(error @ FetchError::Store { .. }) => return Err(error),
                Err(error) => {
                    let absent = matches!(failure, None | Some(FetchError::NotFound { .. }));
                    if absent {
                        failure = Some(error);
                    }
                }
            }
        }
        Err(failure.unwrap_or(FetchError::NoCandidate {
            digest: expected.digest,
        }))
    }

    /// Brings a file of this machine into the cache, checked like one from the network.
    async fn copy(
        &self,
        url: &Url,
        path: PathBuf,
        download: &Download,
        cache: &Cache,
        transfer: &Transfer,
    ) -> Result<PathBuf, FetchError> {
        let (url, download, cache) = (url.clone(), download.clone(), cache.clone());
        let size = download.expected.size;
        let copied = blocking(move || copy_local(&url, &path, &download, &cache)).await?;
        transfer.received(size);
        transfer.finished_file();
        Ok(copied)
    }

    async fn download_once(
        &self,
        url: &Url,
        expected: Expected,
        bucket: Bucket,
        cache: &Cache,
        transfer: &Transfer,
    ) -> Result<PathBuf, AttemptError> {
        // The semaphore is never closed, so waiting cannot fail.
        let permit = self.transfers.acquire().await;
        let response = self.client.get(url.clone()).send().await;
        let response = response.map_err(|error| AttemptError::transport(url, error))?;
        let response = check_status(url, response)?;
        check_offered_size(url, &response, expected)?;
        let store = |source| FetchError::Store {
            url: url.clone(),
            source,
        };
        let writer = cache.writer(bucket).map_err(store)?;
        let writer = receive(url, response, expected, writer, transfer).await;
        // Syncing may take a while, and the connection is free for the next file.
        drop(permit);
        let writer = writer?;
        let path = blocking(|| writer.commit()).await.map_err(store)?;
        transfer.finished_file();
        Ok(path)
    }
}

fn copy_local(
    url: &Url,
    path: &Path,
    download: &Download,
    cache: &Cache,
) -> Result<PathBuf, FetchError> {
    let expected = download.expected;
    let unreadable = |source| FetchError::LocalFile {
        path: path.to_owned(),
        source,
    };
    let store = |source| FetchError::Store {
        url: url.clone(),
        source,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut writer = cache.writer(download.bucket).map_err(store)?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        if writer.size() + read as u64 > expected.size {
            return Err(FetchError::TooLong {
                url: url.clone(),
                expected: expected.size,
            });
        }
        writer.append(&buffer[..read]).map_err(store)?;
    }
    let actual = writer.digest();
    if actual != expected.digest {
        return Err(FetchError::Tampered {
            url: url.clone(),
            expected: expected.digest,
            actual,
        });
    }
    writer.commit().map_err(store)
}

/// A server that announces another size has another file: no need to fetch it first.
fn check_offered_size(
    url: &Url,
    response: &Response,
    expected: Expected,
) -> Result<(), FetchError> {
    match response.content_length() {
        Some(offered) if offered != expected.size => Err(FetchError::WrongSize {
            url: url.clone(),
            expected: expected.size,
            offered,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Streams the body into `writer` and compares it with what was signed.
///
/// Writing to the page cache and hashing take microseconds per chunk, so they happen here on the
/// runtime's thread; only the sync at the end is handed to another.
async fn receive(
    url: &Url,
    mut response: Response,
    expected: Expected,
    mut writer: CacheWriter,
    transfer: &Transfer,
) -> Result<CacheWriter, AttemptError> {
    let result = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if writer.size() + chunk.len() as u64 > expected.size => {
                let error = FetchError::TooLong {
                    url: url.clone(),
                    expected: expected.size,
                };
                break Err(error.into());
            }
            Ok(Some(chunk)) => {
                if let Err(source) = writer.append(&chunk) {
                    break Err(FetchError::Store {
                        url: url.clone(),
                        source,
                    }
                    .into());
                }
                transfer.received(chunk.len() as u64);
            }
            Ok(None) => break compare(url, expected, &writer),
            Err(error) => {
                break Err(broken_body(url, writer.size(), Some(expected.size), error));
            }
        }
    };
    if result.is_err() {
        transfer.discarded(writer.size());
    }
    result.map(|()| writer)
}

fn compare(url: &Url, expected: Expected, writer: &CacheWriter) -> Result<(), AttemptError> {
    let received = writer.size();
    if received < expected.size {
        let cause = Attempt::Truncated {
            received,
            expected: expected.size,
        };
        return Err(AttemptError::temporary(cause));
    }
    let actual = writer.digest();
    if actual != expected.digest {
        let expected = expected.digest;
        return Err(FetchError::Tampered {
            url: url.clone(),
            expected,
            actual,
        }
        .into());
    }
    Ok(())
}
