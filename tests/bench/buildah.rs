//! `buildah bud` of the same Dockerfile, in a storage of its own, without a daemon.
//!
//! Isolation is `chroot`, which works wherever a build may run. Intermediate steps are kept only when a build is to find
//! them, as is buildah's default.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use wpimg_e2e::docker;

use crate::apt::Plan;
use crate::docker_build::Cached;
use crate::measure::{Built, run, timed};
use crate::site::Site;

/// From the fastest that a file system allows to the one that always works.
const DRIVERS: [&str; 2] = ["overlay", "vfs"];

pub(crate) struct Buildah {
    storage: PathBuf,
    driver: &'static str,
}

impl Buildah {
    /// Takes over the bases that Docker has.
    pub(crate) fn prepare(scratch: &Path) -> Result<Self> {
        let mut failure = None;
        for driver in DRIVERS {
            let buildah = Self {
                storage: scratch.join(format!("buildah-{driver}")),
                driver,
            };
            match run(buildah.command().arg("info")) {
                Ok(_) => {
                    buildah.import(scratch)?;
                    return Ok(buildah);
                }
                Err(reason) => failure = Some(reason),
            }
        }
        Err(failure.context("buildah knows no storage driver")?)
    }

    pub(crate) fn driver(&self) -> &'static str {
        self.driver
    }

    pub(crate) fn build(&self, site: &Site, plan: &Plan, cached: Cached) -> Result<Built> {
        let mut build = self.command();
        build.args(["bud", "--quiet", "--isolation=chroot", "--network=host"]);
        build.arg(match cached {
            Cached::Nothing | Cached::Packages => "--no-cache",
            Cached::Everything => "--layers",
        });
        build
            .args(["--target=site", "--tag=localhost/wpimg-bench-site:test"])
            .args(plan.build_arguments(&cached.base()))
            .arg(site.context());
        timed(&mut build)
    }

    fn import(&self, scratch: &Path) -> Result<()> {
        for base in [Cached::Nothing, Cached::Packages].map(Cached::base) {
            let archive = scratch.join("base.tar");
            docker::run(["save", "--output", &archive.to_string_lossy(), &base])?;
            let source = format!("docker-archive:{}", archive.display());
            run(self.command().args(["pull", "--quiet", &source]))?;
            std::fs::remove_file(archive)?;
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("buildah");
        command
            .arg("--root")
            .arg(self.storage.join("root"))
            .arg("--runroot")
            .arg(self.storage.join("run"))
            .args(["--storage-driver", self.driver]);
        command
    }
}

impl Drop for Buildah {
    fn drop(&mut self) {
        // Unmounts what a failed build left; the storage itself goes with the scratch directory.
        let _ = run(self.command().args(["rm", "--all"]));
        let _ = run(self.command().args(["rmi", "--all", "--force"]));
    }
}
