//! `mmdebstrap` into a tar archive, and umoci to make an OCI layout of it: the whole stack in one layer.
//!
//! Debian 12 and 13 have no `tar2oci`; `umoci raw add-layer` does what it does. Nothing of a build is kept for the next
//! one but packages, so every change is a whole build.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::Result;

use crate::apt::{Plan, SUITE, UNSAFE_IO};
use crate::measure::run;
use crate::site::Site;

/// Where Debian's wordpress package looks for plugins and themes.
const CONTENT: &str = "usr/share/wordpress/wp-content";

pub(crate) struct Mmdebstrap {
    scratch: PathBuf,
}

impl Mmdebstrap {
    pub(crate) fn new(scratch: &Path) -> Result<Self> {
        let scratch = scratch.join("mmdebstrap");
        fs::create_dir_all(scratch.join("packages"))?;
        Ok(Self { scratch })
    }

    /// Downloads everything, and gives the seconds that it took.
    pub(crate) fn build_cold(&self, site: &Site, plan: &Plan) -> Result<f64> {
        self.build(site, plan, &[])
    }

    /// Takes packages from the directory that the first such build filled.
    pub(crate) fn build_with_packages(&self, site: &Site, plan: &Plan) -> Result<f64> {
        let archives = "/var/cache/apt/archives";
        let packages = self.scratch.join("packages");
        let packages = packages.display();
        self.build(
            site,
            plan,
            &[
                "--skip=download/empty".to_owned(),
                "--skip=essential/unlink".to_owned(),
                format!("--setup-hook=mkdir -p \"$1\"{archives}"),
                format!("--setup-hook=sync-in {packages} {archives}"),
                format!("--customize-hook=sync-out {archives} {packages}"),
            ],
        )
    }

    fn build(&self, site: &Site, plan: &Plan, options: &[String]) -> Result<f64> {
        let begin = Instant::now();
        let tree = self.scratch.join("tree.tar");
        let content = site.archive(CONTENT)?;
        let mut bootstrap = Command::new("mmdebstrap");
        bootstrap
            .args(["--quiet", "--variant=minbase", "--format=tar", UNSAFE_IO])
            .arg(format!("--include={}", plan.packages.join(",")))
            .args(options)
            .arg(format!("--customize-hook=tar-in {} /", content.display()))
            .arg(SUITE)
            .arg(&tree)
            .args(plan.sources());
        run(&mut bootstrap)?;

        let layout = self.scratch.join("layout");
        if layout.exists() {
            fs::remove_dir_all(&layout)?;
        }
        let image = format!("{}:bench", layout.display());
        let layout = layout.to_string_lossy();
        let tree = tree.to_string_lossy();
        for arguments in [
            &["init", "--layout", &layout][..],
            &["new", "--image", &image],
            &["raw", "add-layer", "--image", &image, &tree],
        ] {
            run(Command::new("umoci").args(arguments))?;
        }
        Ok(begin.elapsed().as_secs_f64())
    }
}
