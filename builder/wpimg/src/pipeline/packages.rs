//! Fetches packages and takes each apart as soon as it is there, while the others still download.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wpimg_assemble::filter::Filter;
use wpimg_assemble::scripts;
use wpimg_assemble::spool::Spool;
use wpimg_assemble::unpack::{self, Origin, Unpacked};

use super::locations::Locations;
use super::request::Request;
use super::selection::Selected;
use super::tools::Tools;
use crate::blocking::{blocking, never_finished};
use crate::cache::Bucket;
use crate::error_report::{Failure, Hint};
use crate::fetch::{Download, Expected};
use crate::report::TransferPlan;

/// A package in the cache cannot be opened.
#[derive(Debug, Error)]
#[error("could not read package `{package}` at `{}`", path.display())]
struct OpenError {
    package: String,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl Hint for OpenError {
    fn hint(&self) -> Option<String> {
        Some("run `wpimg cache clean` and build again".to_owned())
    }
}

/// Brings every package into the cache and apart; the result is sorted by name.
pub(crate) async fn fetch_and_unpack(
    selected: &[Selected],
    request: &Request,
    tools: &Tools,
) -> Result<Vec<Unpacked>, Failure> {
    let downloads = downloads(selected, &request.locations)?;
    let transfer = tools.report.transfer(plan(&downloads, tools));
    let workers = Workers::new(request, tools)?;
    let mut arriving = tools
        .fetcher
        .download_many(downloads, &tools.cache, &transfer);
    let mut unpacking: JoinSet<Result<Unpacked, Failure>> = JoinSet::new();
    let mut unpacked = Vec::with_capacity(selected.len());
    let mut all_arrived = false;
    while !all_arrived || !unpacking.is_empty() {
        tokio::select! {
            fetched = arriving.recv(), if !all_arrived => match fetched {
                Some(fetched) => {
                    let fetched = fetched?;
                    workers.start(&mut unpacking, selected[fetched.index].clone(), fetched.path);
                }
                None => {
                    all_arrived = true;
                    transfer.finish();
                }
            },
            Some(finished) = unpacking.join_next() => match finished {
                Ok(result) => unpacked.push(result?),
                Err(error) => never_finished(error).await,
            },
        }
    }
    workers.finish()?;
    unpacked.sort_by(|a, b| a.name.cmp(&b.name));
    let allowed = request.recipe.debian.allow_scripts.iter();
    scripts::review_all(&unpacked, &allowed.map(ToString::to_string).collect())?;
    Ok(unpacked)
}

/// What has to be in the cache before the packages can be taken apart.
pub(crate) fn downloads(
    selected: &[Selected],
    locations: &Locations,
) -> Result<Vec<Download>, Failure> {
    let download = |package: &Selected| {
        Ok(Download {
            candidates: locations.of(package)?,
            expected: Expected {
                digest: package.sha256,
                size: package.size,
            },
            bucket: Bucket::Packages,
        })
    };
    selected.iter().map(download).collect()
}

/// What is not in the cache yet.
pub(crate) fn plan(downloads: &[Download], tools: &Tools) -> TransferPlan {
    let missing = downloads.iter().filter(|download| {
        let Expected { digest, size } = download.expected;
        tools.cache.get(download.bucket, &digest, size).is_none()
    });
    let (files, bytes) = missing.fold((0, 0), |(files, bytes), download| {
        (files + 1, bytes + download.expected.size)
    });
    TransferPlan {
        noun: "package",
        files,
        bytes,
    }
}

/// As many unpackers as there are jobs, each with a spool of its own.
struct Workers {
    permits: Arc<Semaphore>,
    spools: Arc<Mutex<Vec<Spool>>>,
    filter: Arc<Filter>,
}

impl Workers {
    fn new(request: &Request, tools: &Tools) -> Result<Self, Failure> {
        let directory = tools.cache.temporary_directory();
        let spools = (0..tools.jobs).map(|_| Spool::create(&directory));
        Ok(Self {
            permits: Arc::new(Semaphore::new(tools.jobs)),
            spools: Arc::new(Mutex::new(spools.collect::<Result<_, _>>()?)),
            filter: Arc::new(request.filter.clone()),
        })
    }

    fn start(
        &self,
        unpacking: &mut JoinSet<Result<Unpacked, Failure>>,
        package: Selected,
        path: PathBuf,
    ) {
        let (permits, spools) = (Arc::clone(&self.permits), Arc::clone(&self.spools));
        let filter = Arc::clone(&self.filter);
        unpacking.spawn(async move {
            let _permit = permits.acquire_owned().await;
            blocking(move || {
                let taken = spools.lock().unwrap_or_else(PoisonError::into_inner).pop();
                // There are as many spools as permits.
                let Some(mut spool) = taken else {
                    unreachable!("a permit comes with a spool")
                };
                let unpacked = unpack_one(&package, path, &filter, &mut spool);
                spools
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(spool);
                unpacked
            })
            .await
        });
    }

    fn finish(&self) -> Result<(), Failure> {
        for spool in self
            .spools
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter_mut()
        {
            spool.finish()?;
        }
        Ok(())
    }
}

fn unpack_one(
    package: &Selected,
    path: PathBuf,
    filter: &Filter,
    spool: &mut Spool,
) -> Result<Unpacked, Failure> {
    let file = File::open(&path).map_err(|source| OpenError {
        package: package.name.clone(),
        path: path.clone(),
        source,
    })?;
    let origin = Origin {
        package: package.name.clone(),
        version: package.version.clone(),
        file: path,
    };
    Ok(unpack::unpack(&origin, file, filter, spool)?)
}
