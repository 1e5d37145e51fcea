//! Our side: `wpimg` with a cache and a home of its own.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use wpimg_e2e::wpimg::binary;

use crate::measure::run;
use crate::site::Site;

/// What of the cache is downloads; the rest is work that was done.
const DOWNLOADS: &[&str] = &["CACHEDIR.TAG", "indexes", "packages", "sources"];
/// Of the tester's settings, what both sides have in common.
const KEPT_SETTING: &str = "WPIMG_MIRROR";

/// An installation of `wpimg` whose cache lies below a scratch directory.
pub(crate) struct Ours {
    directory: PathBuf,
}

impl Ours {
    /// Starts with an empty cache.
    pub(crate) fn fresh(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory.join("home"))?;
        Ok(Self {
            directory: directory.to_path_buf(),
        })
    }

    /// `wpimg` with these arguments.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command
            .args(arguments)
            .current_dir(self.directory.join("home"))
            // A person at a terminal: in CI a recipe without its lock is refused.
            .env_remove("CI");
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("WPIMG_") && name != KEPT_SETTING {
                command.env_remove(name);
            }
        }
        command
            .env("HOME", self.directory.join("home"))
            .env("WPIMG_CACHE_DIR", self.directory.join("cache"))
            .env("WPIMG_NO_PROGRESS", "1");
        Ok(command)
    }

    /// A build of the site into the layout that this installation always writes.
    pub(crate) fn build(&self, site: &Site, arguments: &[&str]) -> Result<Command> {
        let mut command = self.command(&["build"])?;
        command
            .args(arguments)
            .arg("--recipe")
            .arg(site.recipe())
            .arg("--output")
            .arg(self.layout());
        Ok(command)
    }

    /// A build of the default image.
    pub(crate) fn default_image(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = self.command(&["build"])?;
        command.args(arguments).arg("--output").arg(self.layout());
        Ok(command)
    }

    /// `wpimg lock` of the site.
    pub(crate) fn lock(&self, site: &Site) -> Result<Command> {
        let mut command = self.command(&["lock"])?;
        command.arg("--recipe").arg(site.recipe());
        Ok(command)
    }

    pub(crate) fn layout(&self) -> PathBuf {
        self.directory.join("layout")
    }

    /// Throws everything away that was made from the downloads.
    pub(crate) fn forget_all_but_downloads(&self) -> Result<()> {
        let cache = self.directory.join("cache");
        for entry in fs::read_dir(&cache).context("there is no cache yet")? {
            let entry = entry?;
            if !DOWNLOADS.iter().any(|kept| entry.file_name() == *kept) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        if self.layout().exists() {
            fs::remove_dir_all(self.layout())?;
        }
        Ok(())
    }

    /// Locks and builds the site, so that nothing is left to do.
    pub(crate) fn settle(&self, site: &Site) -> Result<()> {
        run(&mut self.lock(site)?)?;
        run(&mut self.build(site, &["--locked"])?)?;
        Ok(())
    }
}
