//! Locked versions that the archive no longer lists, made known to the resolver.
//!
//! An index names only the newest version of each suite. To leave a package alone while another is
//! updated, the resolver needs the dependencies of the version that is locked, and those are in the
//! package itself: in the cache, on the mirror for a while, in the snapshot archive for ever.

use std::collections::BTreeMap;
use std::fs::File;

use futures_util::future::try_join_all;
use thiserror::Error;
use wpimg_debian::deb::{Deb, DebError};
use wpimg_debian::index::{IndexError, PackageIndex};
use wpimg_debian::name::NameError;

use super::packages;
use super::request::Request;
use super::selection::{Kept, Selected};
use super::tools::Tools;
use crate::blocking::blocking;
use crate::error_report::{Failure, Hint};

/// A locked package cannot be read.
#[derive(Debug, Error)]
pub(crate) enum DepartedError {
    #[error("could not open locked package `{package}`")]
    Open {
        package: String,
        #[source]
        source: std::io::Error,
    },
    #[error("could not read locked package `{package}`")]
    Deb {
        package: String,
        #[source]
        source: DebError,
    },
    #[error("locked package `{package}` does not describe itself as packages do")]
    Control {
        package: String,
        #[source]
        source: IndexError,
    },
    #[error("locked package `{package}` is of suite `{suite}`, which is no suite's name")]
    Suite {
        package: String,
        suite: String,
        #[source]
        source: NameError,
    },
}

impl Hint for DepartedError {
    fn hint(&self) -> Option<String> {
        Some("run `wpimg update` to take newer versions of everything".to_owned())
    }
}

/// An index of one package each, by name, for what is kept and not in `indexes`.
pub(super) async fn indexes(
    kept: &Kept,
    indexes: &[PackageIndex],
    request: &Request,
    tools: &Tools,
) -> Result<BTreeMap<String, PackageIndex>, Failure> {
    let mut departed = Vec::new();
    for package in kept.values() {
        if !is_listed(package, indexes)? {
            departed.push(package.clone());
        }
    }
    let downloads = packages::downloads(&departed, &request.locations)?;
    let transfer = tools.report.transfer(packages::plan(&downloads, tools));
    let paths = downloads
        .iter()
        .map(|download| tools.fetcher.download(download, &tools.cache, &transfer));
    let paths = try_join_all(paths).await?;
    transfer.finish();
    let mut found = BTreeMap::new();
    for (package, path) in departed.into_iter().zip(paths) {
        let name = package.name.clone();
        found.insert(name, blocking(move || read(&package, &path)).await?);
    }
    Ok(found)
}

fn is_listed(package: &Selected, indexes: &[PackageIndex]) -> Result<bool, IndexError> {
    for index in indexes {
        let listed = index.packages(&package.name)?;
        if listed
            .iter()
            .any(|listed| listed.version.to_string() == package.version)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The package's own control file, with what an index would add.
fn read(package: &Selected, path: &std::path::Path) -> Result<PackageIndex, DepartedError> {
    let name = || package.name.clone();
    let file = File::open(path).map_err(|source| DepartedError::Open {
        package: name(),
        source,
    })?;
    let deb = Deb::open(file).map_err(|source| DepartedError::Deb {
        package: name(),
        source,
    })?;
    let text = format!(
        "{}\nFilename: {}\nSize: {}\nSHA256: {}\n",
        deb.control().control.trim_end(),
        package.path,
        package.size,
        package.sha256.hex(),
    );
    let suite = package
        .suite
        .parse()
        .map_err(|source| DepartedError::Suite {
            package: name(),
            suite: package.suite.clone(),
            source,
        })?;
    PackageIndex::parse(text.as_bytes(), suite).map_err(|source| DepartedError::Control {
        package: name(),
        source,
    })
}
