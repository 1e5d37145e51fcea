//! A site so small that it is built a hundred times in a test, with everything that a large one has: packages that a
//! private archive signs, a plugin from elsewhere, files beside the recipe, and a lock.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use wpimg_debian::testing::{FakeArchive, FakePackage};

use crate::archive_server::{ArchiveServer, Files};
use crate::layout::output;
use crate::private_archive::{PACKAGE, PrivateArchive, incompressible, now};
use crate::wpimg::Wpimg;

const HOUR: i64 = 3600;
const PLUGIN: &str = "plugins/small-shop.tar.gz";
/// Enough for packages to be fetched and unpacked at once.
const SMALL_PACKAGES: usize = 6;

/// What the archive offers: the same packages, some of them in another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Old,
    New,
}

/// The site, its mirrors, and a place for what the test makes of it.
pub struct SmallSite {
    archive: PrivateArchive,
    place: TempDir,
    old: ArchiveServer,
    new: ArchiveServer,
    _elsewhere: ArchiveServer,
}

impl SmallSite {
    pub fn new() -> Result<Self> {
        Self::with(SMALL_PACKAGES, |suite| suite)
    }

    /// A site with so many small packages beside the large one.
    pub fn with_packages(count: usize) -> Result<Self> {
        Self::with(count, |suite| suite)
    }

    /// A site whose archive is valid for another hour.
    pub fn valid_for_an_hour() -> Result<Self> {
        let end = now() + HOUR;
        Self::with(SMALL_PACKAGES, |suite| suite.valid_until(end))
    }

    fn with(count: usize, change: impl Fn(FakeArchive) -> FakeArchive) -> Result<Self> {
        let archive = PrivateArchive::new()?;
        let place = tempfile::tempdir()?;
        let elsewhere =
            ArchiveServer::serve(Files::from([(PLUGIN.to_owned(), plugin(place.path())?)]))?;
        let project = archive.path();
        fs::create_dir(project.join("mu"))?;
        fs::write(
            project.join("mu/greet.php"),
            "<?php\n/* Plugin Name: Greet */\n",
        )?;
        fs::write(project.join("data.bin"), incompressible(9_000))?;
        let mut packages: Vec<_> = (0..count).map(|n| format!("\"small-{n}\"")).collect();
        packages.push(format!("\"{PACKAGE}\""));
        archive.write_recipe(&format!(
            "packages = [{}]\n\
             [[plugin]]\nurl = \"{}/{PLUGIN}\"\n\
             [[mu-plugin]]\npath = \"mu\"\n\
             [[files]]\nsource = \"data.bin\"\ntarget = \"/srv/data.bin\"",
            packages.join(", "),
            elsewhere.url(),
        ))?;
        let serve = |edition| {
            let suite = change(suite(&archive, edition, count));
            ArchiveServer::serve(suite.build())
        };
        Ok(Self {
            old: serve(Edition::Old)?,
            new: serve(Edition::New)?,
            archive,
            place,
            _elsewhere: elsewhere,
        })
    }

    /// A place of the test's own, on the same file system as everything else.
    pub fn place(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// The directory of the recipe and its lock.
    pub fn project(&self) -> &Path {
        self.archive.path()
    }

    pub fn lock_path(&self) -> PathBuf {
        self.project().join("wpimg.lock")
    }

    /// A subcommand run beside the recipe, with this cache and this edition of the archive.
    pub fn wpimg(&self, subcommand: &str, edition: Edition, cache: &Path) -> Result<Wpimg> {
        let mirror = match edition {
            Edition::Old => &self.old,
            Edition::New => &self.new,
        };
        Ok(Wpimg::command_called(subcommand)?
            .current_dir(self.project())
            .env("WPIMG_KEYRING", self.project().join("keyring.asc"))
            .env("WPIMG_MIRROR", mirror.url())
            .option("--cache-dir", cache))
    }

    /// A build that goes by the archive and not by the lock.
    pub fn build(&self, edition: Edition, cache: &Path, output: &Path) -> Result<Wpimg> {
        Ok(self
            .wpimg("build", edition, cache)?
            .arg("--unlocked")
            .option("--output", output))
    }

    /// What a build with a cache and an output of its own gives.
    pub fn reference(&self, edition: Edition) -> Result<String> {
        let fresh = tempfile::tempdir()?;
        let (cache, output) = (fresh.path().join("cache"), fresh.path().join("image"));
        let run = self.build(edition, &cache, &output)?.run()?;
        Ok(run.digest()?.to_owned())
    }

    /// Locks the site, and gives the text of the lock.
    pub fn lock(&self, edition: Edition, cache: &Path) -> Result<Vec<u8>> {
        let run = self.wpimg("lock", edition, cache)?.run()?;
        ensure!(run.status.success(), "{run}");
        fs::read(self.lock_path()).context("there is no lock")
    }
}

fn suite(archive: &PrivateArchive, edition: Edition, count: usize) -> FakeArchive {
    let (version, size) = match edition {
        Edition::Old => ("1.0-1", 20_000),
        Edition::New => ("1.1-1", 14_000),
    };
    let greeting = FakePackage::new(PACKAGE, version)
        .file("usr/share/greeting", 0o644, incompressible(size))
        // As small as a page when packed, and much larger when unpacked.
        .file("usr/share/blank", 0o644, vec![b' '; 16_000]);
    (0..count)
        .map(|n| {
            let path = format!("usr/share/small/{n}");
            FakePackage::new(&format!("small-{n}"), version).file(&path, 0o644, path.as_bytes())
        })
        .fold(archive.suite().package(greeting), FakeArchive::package)
}

/// An archive as WordPress.org makes them.
fn plugin(place: &Path) -> Result<Vec<u8>> {
    let folder = place.join("small-shop");
    fs::create_dir(&folder)?;
    fs::write(
        folder.join("small-shop.php"),
        "<?php\n/*\nPlugin Name: Small Shop\nVersion: 1.0\n*/\n",
    )?;
    fs::write(folder.join("goods.bin"), incompressible(9_000))?;
    let packed = place.join("small-shop.tar.gz");
    output(
        Command::new("tar")
            .arg("--create")
            .arg("--gzip")
            .arg("--file")
            .arg(&packed)
            .arg("--directory")
            .arg(place)
            .arg("small-shop"),
    )?;
    Ok(fs::read(&packed)?)
}
