//! Brings a source into the cache: exactly what is locked, or what there is now.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Remote, SourceError, Wanted, release_path, vendored_name};
use crate::cache::Bucket;
use crate::error_report::Failure;
use crate::fetch::{Download, Expected, FetchError, Url};
use crate::lock::{Lock, LockedSource, SourceKind};
use crate::pipeline::locations::{self, Locations};
use crate::pipeline::request::Request;
use crate::pipeline::tools::Tools;
use crate::report::TransferPlan;

/// Where WordPress.org has its releases.
const DOWNLOADS: &str = "https://downloads.wordpress.org/";
/// Where WordPress.org says which release is the newest.
const API: &str = "https://api.wordpress.org/";
/// The largest release of any plugin is far below.
const LARGEST_SOURCE: u64 = 512 << 20;
const LARGEST_ANSWER: u64 = 16 << 20;

/// A file in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FetchedSource {
    pub(crate) locked: LockedSource,
    pub(crate) path: PathBuf,
}

/// Fetches one source: as the lock has it, or as it is now.
pub(crate) async fn fetch(
    remote: &Remote,
    lock: Option<&Lock>,
    request: &Request,
    tools: &Tools,
) -> Result<FetchedSource, Failure> {
    if let Some(lock) = lock {
        let locked = remote.locked_in(lock);
        let locked = locked.ok_or_else(|| SourceError::NotLocked {
            kind: remote.kind,
            name: remote.name.clone(),
        })?;
        return fetch_locked(locked, request, tools).await;
    }
    fetch_now(remote, request, tools).await
}

/// Fetches exactly what is locked.
pub(crate) async fn fetch_locked(
    locked: &LockedSource,
    request: &Request,
    tools: &Tools,
) -> Result<FetchedSource, Failure> {
    let url = match &request.locations {
        Locations::Vendor(directory) => {
            locations::file_url(&directory.join(vendored_name(locked)))?
        }
        Locations::Network { .. } => address(&locked.url, request)?,
    };
    let expected = Expected {
        digest: locked.sha256,
        size: locked.size,
    };
    let download = Download {
        candidates: vec![url.clone()],
        expected,
        bucket: Bucket::Sources,
    };
    let known = tools
        .cache
        .get(Bucket::Sources, &expected.digest, expected.size);
    let transfer = tools.report.transfer(TransferPlan {
        noun: "source",
        files: usize::from(known.is_none()),
        bytes: if known.is_none() { expected.size } else { 0 },
    });
    let path = tools
        .fetcher
        .download(&download, &tools.cache, &transfer)
        .await;
    transfer.finish();
    let path = path.map_err(|error| moved(error, locked, &url))?;
    Ok(FetchedSource {
        locked: locked.clone(),
        path,
    })
}

/// Fetches what the recipe names, as it is now.
async fn fetch_now(
    remote: &Remote,
    request: &Request,
    tools: &Tools,
) -> Result<FetchedSource, Failure> {
    let (place, version) = match &remote.version {
        Wanted::Address(url) => (url.to_string(), None),
        Wanted::Release { version, locale } => (
            release_path(remote, version, locale.as_deref()),
            Some(version.clone()),
        ),
        Wanted::Newest => {
            let version = newest(remote, request, tools).await?;
            (release_path(remote, &version, None), Some(version))
        }
    };
    let url = address(&place, request)?;
    let transfer = tools.report.transfer(TransferPlan {
        noun: "source",
        files: 1,
        bytes: 0,
    });
    let unpinned = tools
        .fetcher
        .unpinned(
            &url,
            LARGEST_SOURCE,
            Bucket::Sources,
            &tools.cache,
            &transfer,
        )
        .await;
    transfer.finish();
    let (expected, path) = unpinned?;
    if let Some(pinned) = remote.sha256.filter(|pinned| *pinned != expected.digest) {
        return Err(SourceError::Moved {
            kind: remote.kind,
            name: remote.name.clone(),
            url,
            expected: pinned.to_string(),
            actual: format!("its digest is {}", expected.digest),
        }
        .into());
    }
    Ok(FetchedSource {
        locked: LockedSource {
            kind: remote.kind,
            name: remote.name.clone(),
            version,
            url: place,
            size: expected.size,
            sha256: expected.digest,
        },
        path,
    })
}

/// A path on WordPress.org, or an address of its own.
fn address(place: &str, request: &Request) -> Result<Url, Failure> {
    let wrong = || SourceError::Address {
        text: place.to_owned(),
    };
    if place.contains("://") {
        let url: Url = place.parse().map_err(|_| wrong())?;
        return match url.scheme() {
            "http" | "https" => Ok(url),
            _ => Err(wrong().into()),
        };
    }
    let base = request.wordpress_org.clone();
    let base = match base {
        Some(base) => base,
        None => DOWNLOADS.parse().map_err(|_| wrong())?,
    };
    Ok(locations::join(&base, place)?)
}

/// The newest version that WordPress.org has.
async fn newest(remote: &Remote, request: &Request, tools: &Tools) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        version: Option<String>,
    }
    let what = match remote.kind {
        SourceKind::Theme => "theme",
        SourceKind::Wordpress | SourceKind::Plugin | SourceKind::MuPlugin => "plugin",
    };
    let name = &remote.name;
    let path = format!("{what}s/info/1.2/?action={what}_information&slug={name}");
    let base = request.wordpress_org.clone();
    let no_version = || SourceError::NoVersion {
        kind: remote.kind,
        name: name.clone(),
    };
    let base = match base {
        Some(base) => base,
        None => API.parse().map_err(|_| no_version())?,
    };
    let url = locations::join(&base, &path)?;
    let answer = tools.fetcher.small(&url, LARGEST_ANSWER).await?;
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| no_version())?;
    let plain = |version: &String| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        !version.is_empty() && version.len() <= 64 && version.bytes().all(fits)
    };
    Ok(answer.version.filter(plain).ok_or_else(no_version)?)
}

/// A file that is complete and is another one has been replaced, whoever did it.
fn moved(error: FetchError, locked: &LockedSource, url: &Url) -> Failure {
    let (expected, actual) = match &error {
        FetchError::Tampered {
            expected, actual, ..
        } => (expected.to_string(), format!("its digest is {actual}")),
        FetchError::WrongSize {
            expected, offered, ..
        } => (
            format!("{expected} bytes"),
            format!("it has {offered} bytes"),
        ),
        FetchError::TooLong { expected, .. } => {
            (format!("{expected} bytes"), "it has more bytes".to_owned())
        }
        _ => return error.into(),
    };
    SourceError::Moved {
        kind: locked.kind,
        name: locked.name.clone(),
        url: url.clone(),
        expected,
        actual,
    }
    .into()
}
