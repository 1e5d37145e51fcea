//! The Debian archive as one build sees it: every suite's signed release, then its indexes.
//!
//! InRelease is fetched on every build, since it says whether anything changed; everything below it
//! is named by hash and comes from the cache when it is there.

use std::fs::File;
use std::io::Read as _;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::try_join_all;
use thiserror::Error;
use wpimg_debian::architecture::Architecture;
use wpimg_debian::index::{self, PackageIndex};
use wpimg_debian::keyring::Keyring;
use wpimg_debian::name::SuiteName;
use wpimg_debian::release::{IndexFile, Release, ReleaseError, ValidUntil};
use wpimg_oci::digest::Digest;

use super::locations::{LocationError, join};
use super::request::Request;
use super::tools::Tools;
use crate::cache::Bucket;
use crate::error_report::{Failure, Hint};
use crate::exit_status::ExitStatus;
use crate::fetch::{Download, Expected, Redacted, Url};
use crate::lock::LockedSuite;
use crate::report::TransferPlan;

/// Debian's InRelease files have 140 KB; nothing near this is one.
const LARGEST_RELEASE: u64 = 16 << 20;
/// The only component with software that Debian's security team supports.
const COMPONENT: &str = "main";

/// A suite and what its release says.
pub(crate) struct Suite {
    name: SuiteName,
    /// The archive's base, ending in `/`.
    base: Url,
    release: Release,
    digest: Digest,
}

/// Every suite of the recipe, verified.
pub(crate) struct Archive {
    suites: Vec<Suite>,
}

/// The archive does not offer what a build needs.
#[derive(Debug, Error)]
pub(crate) enum ArchiveError {
    #[error(
        "`{}` is not accepted as the release of suite `{suite}`",
        Redacted(address)
    )]
    Release {
        address: Url,
        suite: SuiteName,
        #[source]
        source: ReleaseError,
    },
    #[error("suite `{suite}` has no packages for architecture {architecture}")]
    NoIndex {
        suite: SuiteName,
        architecture: Architecture,
    },
    #[error("the index of suite `{suite}` cannot be decompressed")]
    Decompress {
        suite: SuiteName,
        #[source]
        source: std::io::Error,
    },
}

impl Hint for ArchiveError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Release { source, .. } => source.hint(),
            Self::NoIndex { .. } => Some(
                "choose another `--platform`, or suites that have it under `[debian]`".to_owned(),
            ),
            Self::Decompress { .. } => Some(
                "the mirror serves a damaged index; name another with `--mirror URL`".to_owned(),
            ),
        }
    }
}

impl Archive {
    /// Fetches and verifies the release of every suite, all at once.
    pub(crate) async fn open(request: &Request, tools: &Tools) -> Result<Self, Failure> {
        let now = unix_time();
        let suites = request.recipe.debian.suites.iter();
        let suites = suites.map(|suite| open_suite(suite, request, tools, now));
        Ok(Self {
            suites: try_join_all(suites).await?,
        })
    }

    /// One digest over all releases: while it is the same, the archive offers the same.
    pub(crate) fn digest(&self) -> Digest {
        let text: String = self
            .suites
            .iter()
            .map(|suite| format!("{} {}\n", suite.name, suite.digest))
            .collect();
        Digest::of(text.as_bytes())
    }

    /// The releases, as a lock records them.
    pub(crate) fn suites(&self) -> Vec<LockedSuite> {
        let suites = self.suites.iter().map(|suite| LockedSuite {
            name: suite.name.to_string(),
            signed_by: {
                let mut keys: Vec<String> = suite
                    .release
                    .signed_by
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                keys.sort();
                keys
            },
        });
        suites.collect()
    }

    /// The date of a suite's release, seconds since 1970.
    pub(crate) fn date(&self, suite: &str) -> Option<i64> {
        let mut suites = self.suites.iter();
        let suite = suites.find(|known| known.name.as_str() == suite)?;
        Some(suite.release.date)
    }

    /// Fetches and reads the indexes of an architecture.
    pub(crate) async fn indexes(
        &self,
        architecture: &Architecture,
        tools: &Tools,
    ) -> Result<Vec<PackageIndex>, Failure> {
        let mut wanted = Vec::new();
        for suite in &self.suites {
            let index = suite
                .release
                .index(COMPONENT, architecture)
                .ok_or_else(|| ArchiveError::NoIndex {
                    suite: suite.name.clone(),
                    architecture: architecture.clone(),
                })?;
            wanted.push((suite, suite.download(&index)?, index));
        }
        let missing = wanted.iter().filter(|(_, download, _)| {
            let Expected { digest, size } = download.expected;
            tools.cache.get(download.bucket, &digest, size).is_none()
        });
        let (files, bytes) = missing.fold((0, 0), |(files, bytes), (_, download, _)| {
            (files + 1, bytes + download.expected.size)
        });
        let transfer = tools.report.transfer(TransferPlan {
            noun: "index",
            files,
            bytes,
        });
        let indexes = try_join_all(wanted.into_iter().map(|(suite, download, index)| {
            let transfer = transfer.clone();
            async move {
                let path = tools
                    .fetcher
                    .download(&download, &tools.cache, &transfer)
                    .await?;
                let name = suite.name.clone();
                let read = move || read_index(&path, &index, name);
                crate::blocking::blocking(read).await
            }
        }))
        .await?;
        transfer.finish();
        Ok(indexes)
    }
}

impl Suite {
    fn download(&self, index: &IndexFile) -> Result<Download, LocationError> {
        let directory = format!("dists/{}", self.name);
        let paths = index.by_hash_path.iter().chain([&index.path]);
        let candidates = paths.map(|path| join(&self.base, &format!("{directory}/{path}")));
        Ok(Download {
            candidates: candidates.collect::<Result<_, _>>()?,
            expected: Expected::in_archive(&index.sha256, index.size),
            bucket: Bucket::Indexes,
        })
    }
}

async fn open_suite(
    name: &SuiteName,
    request: &Request,
    tools: &Tools,
    now: i64,
) -> Result<Suite, Failure> {
    let base = request.mirror.base(name.as_str())?;
    let address = join(&base, &format!("dists/{name}/InRelease"))?;
    let bytes = tools.fetcher.small(&address, LARGEST_RELEASE).await?;
    let verified = Release::verify(&bytes, &tools.keyring, now, ValidUntil::Enforce)
        .and_then(|release| release.expect_suite(name).map(|()| release));
    let release = verified.map_err(|source| ArchiveError::Release {
        address,
        suite: name.clone(),
        source,
    })?;
    Ok(Suite {
        name: name.clone(),
        base,
        release,
        digest: Digest::of(&bytes),
    })
}

fn read_index(
    path: &std::path::Path,
    file: &IndexFile,
    suite: SuiteName,
) -> Result<PackageIndex, Failure> {
    let damaged = |source| ArchiveError::Decompress {
        suite: suite.clone(),
        source,
    };
    let input = File::open(path).map_err(damaged)?;
    let mut text = Vec::new();
    index::decompress(file.compression, input, index::LARGEST_INDEX)
        .and_then(|mut decoder| decoder.read_to_end(&mut text))
        .map_err(damaged)?;
    PackageIndex::parse(&text, suite).map_err(Failure::from)
}

fn unix_time() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The keys a build trusts: Debian's own, or the ones of a private archive.
pub(crate) fn keyring(path: Option<&std::path::Path>) -> Result<Keyring, Failure> {
    let Some(path) = path else {
        return Ok(Keyring::debian());
    };
    let bytes = std::fs::read(path).map_err(|source| KeyringFileError {
        path: path.to_owned(),
        source,
    })?;
    Keyring::parse(&bytes).map_err(|error| {
        Failure::from(error).while_doing(format!("could not use the keyring `{}`", path.display()))
    })
}

/// The keyring named by the user cannot be read.
#[derive(Debug, Error)]
#[error("could not read the keyring `{}`", path.display())]
struct KeyringFileError {
    path: std::path::PathBuf,
    #[source]
    source: std::io::Error,
}

impl Hint for KeyringFileError {
    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("`WPIMG_KEYRING` names a file with OpenPGP public keys, armored or binary".to_owned())
    }
}
