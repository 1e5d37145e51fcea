//! `docker build` of the same site on a minimal Debian base that is already there.
//!
//! The base stands for the `debian:trixie-slim` that people pull; it is made from this machine's own mirror and is not
//! timed. Every image made here is removed at the end.

use std::process::{self, Command, Stdio};

use anyhow::{Context, Result, ensure};
use wpimg_e2e::{docker, requirement::Requirement};

use crate::apt::{Plan, SUITE, UNSAFE_IO};
use crate::measure::{Built, run, timed};
use crate::site::Site;

/// A minimal Debian.
const BASE: &str = "base";
/// The same with all packages of the stack downloaded, none of them installed.
const BASE_WITH_PACKAGES: &str = "base-with-packages";
const TARGETS: [&str; 3] = ["site", "s6", "supervisor"];

/// What a build of the other side finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cached {
    Nothing,
    Packages,
    /// Every step of an earlier build.
    Everything,
}

impl Cached {
    /// The image that such a build is made on.
    pub(crate) fn base(self) -> String {
        tag(match self {
            Self::Nothing | Self::Everything => BASE,
            Self::Packages => BASE_WITH_PACKAGES,
        })
    }
}

/// Docker's builder and the images that it made for this run.
pub(crate) struct DockerBuild<'a> {
    plan: &'a Plan,
}

/// The name of an image of this run, such as a target of the Dockerfile gives.
pub(crate) fn tag(target: &str) -> String {
    format!("localhost/wpimg-bench:{target}-{}", process::id())
}

/// What all images of this run carry.
fn label() -> String {
    format!("wpimg-bench={}", process::id())
}

impl<'a> DockerBuild<'a> {
    /// Makes the minimal base.
    pub(crate) fn prepare(plan: &'a Plan) -> Result<Self> {
        let docker = Self { plan };
        let mut bootstrap = Command::new("mmdebstrap")
            .args(["--quiet", "--variant=minbase", UNSAFE_IO])
            // As in Debian's own image, where a build that is cut short is thrown away as a whole.
            .arg("--customize-hook=echo force-unsafe-io >\"$1\"/etc/dpkg/dpkg.cfg.d/unsafe-io")
            .args([SUITE, "-", &plan.mirror])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start mmdebstrap; run `apt-get install mmdebstrap`")?;
        let tree = bootstrap
            .stdout
            .take()
            .context("mmdebstrap has no output")?;
        let import = Requirement::Docker
            .command()
            .args(["import", "-", &tag(BASE)])
            .stdin(tree)
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            bootstrap.wait()?.success() && import.success(),
            "the Debian base cannot be made"
        );
        Ok(docker)
    }

    /// Makes the base that has the packages.
    pub(crate) fn prepare_packages(&self, site: &Site) -> Result<()> {
        let mut build = command()?;
        build
            .arg(format!("--tag={}", tag(BASE_WITH_PACKAGES)))
            .arg("--file")
            .arg(site.context().join("packages.Dockerfile"))
            .args(self.plan.build_arguments(&tag(BASE)))
            .arg(site.context());
        run(&mut build)?;
        Ok(())
    }

    /// Builds one target.
    pub(crate) fn build(&self, target: &str, site: &Site, cached: Cached) -> Result<Built> {
        let mut build = command()?;
        if cached != Cached::Everything {
            build.arg("--no-cache");
        }
        build
            .arg(format!("--target={target}"))
            .arg(format!("--tag={}", tag(target)))
            .args(self.plan.build_arguments(&cached.base()))
            .arg(site.context());
        timed(&mut build)
    }
}

/// The bytes of an image as a registry would store it, gzip at its default level, base included.
pub(crate) fn compressed_size(target: &str) -> Result<f64> {
    let script = "docker save \"$1\" | gzip -6 | wc -c";
    let mut save = Command::new("sh");
    save.args(["-c", script, "sh", &tag(target)]);
    Ok(run(&mut save)?.parse()?)
}

fn command() -> Result<Command> {
    let mut build = Requirement::Docker.command();
    // Without its buildx plug-in the client has to be told to use the daemon's own builder.
    if !docker::output(["buildx", "version"])?.status.success() {
        build.env("DOCKER_BUILDKIT", "0");
    }
    build.args(["build", "--quiet", "--network=host"]);
    build.arg(format!("--label={}", label()));
    Ok(build)
}

impl Drop for DockerBuild<'_> {
    fn drop(&mut self) {
        for image in TARGETS.iter().chain(&[BASE_WITH_PACKAGES, BASE]) {
            // Not every part of the benchmark makes every image.
            let _ = docker::output(["rmi", "--force", &tag(image)]);
        }
        let _ = docker::output([
            "image",
            "prune",
            "--force",
            "--filter",
            &format!("label={}", label()),
        ]);
    }
}
