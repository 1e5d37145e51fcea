//! The lock: what is built stays what it was, moves on only when told to, and needs no network once it is vendored.

mod building;
mod sources;
mod updating;

use anyhow::{Context, Result};
use wpimg_debian::testing::FakePackage;
use wpimg_e2e::archive_server::Files;
use wpimg_e2e::private_archive::{PrivateArchive, SUITE, now};

const FAILURE: i32 = 1;
const USAGE: i32 = 2;
const QUARTER: i64 = 15 * 60;

/// A package with one file that says its version.
fn versioned(name: &str, version: &str) -> FakePackage {
    FakePackage::new(name, version).file(&format!("usr/share/{name}"), 0o644, version)
}

/// The suite with these packages, released so many quarters of an hour ago.
fn release(archive: &PrivateArchive, quarters: i64, packages: &[(&str, &str)]) -> Files {
    let suite = archive.suite_called(SUITE, now() - quarters * QUARTER);
    let suite = packages.iter().fold(suite, |suite, (name, version)| {
        suite.package(versioned(name, version))
    });
    suite.build()
}

/// What the locked version of a package is.
fn locked_version(archive: &PrivateArchive, package: &str) -> Result<String> {
    let lock: toml::Value = toml::from_str(&archive.read("wpimg.lock")?)?;
    let packages = lock["package"].as_array().context("no packages")?;
    let found = packages
        .iter()
        .find(|locked| locked["name"].as_str() == Some(package));
    let version = found.and_then(|locked| locked["version"].as_str());
    Ok(version.context("the package is not locked")?.to_owned())
}
