//! The images under test, each built by wpimg and loaded into Docker once per test run.
//!
//! They share a download cache below the target directory. It only saves time: a test whose subject is the cache,
//! the mirror or reproducibility brings its own.

use std::{env, fs, path::PathBuf, sync::OnceLock};

use anyhow::{Context, Result, anyhow};

use crate::requirement::Requirement;
use crate::wpimg::{Wpimg, workspace};

/// An image of the tests, by its recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// What `wpimg build` makes with no recipe at all: the subject of most tests.
    Wordpress,
    Mariadb,
    LoadBalancer,
}

impl Image {
    /// The Docker tag of the built image; the first caller builds and loads it.
    pub fn tag(self) -> Result<&'static str> {
        static WORDPRESS: OnceLock<Result<(), String>> = OnceLock::new();
        static MARIADB: OnceLock<Result<(), String>> = OnceLock::new();
        static LOAD_BALANCER: OnceLock<Result<(), String>> = OnceLock::new();
        let (built, tag) = match self {
            Self::Wordpress => (&WORDPRESS, "wpimg-e2e/wordpress:test"),
            Self::Mariadb => (&MARIADB, "wpimg-e2e/mariadb:test"),
            Self::LoadBalancer => (&LOAD_BALANCER, "wpimg-e2e/load-balancer:test"),
        };
        built
            .get_or_init(|| self.load(tag).map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|message| anyhow!("{message}"))?;
        Ok(tag)
    }

    fn load(self, tag: &str) -> Result<()> {
        Requirement::Docker.check()?;
        let output = tempfile::tempdir()?;
        let mut build = Wpimg::build()?
            .option("--cache-dir", shared_cache()?)
            .option("--output", output.path().join("image"))
            .arg("--load")
            .option("--tag", tag);
        if let Some(recipe) = self.recipe() {
            build = build.option("--recipe", recipe);
        }
        let run = build.run()?;
        run.digest()
            .with_context(|| format!("cannot build `{tag}`"))?;
        Ok(())
    }

    /// The recipe file, or `None` for the default recipe that wpimg carries.
    pub fn recipe(self) -> Option<PathBuf> {
        let images = workspace().join("tests/images");
        match self {
            Self::Wordpress => None,
            Self::Mariadb => Some(images.join("mariadb/wpimg.toml")),
            Self::LoadBalancer => Some(images.join("load-balancer/wpimg.toml")),
        }
    }
}

/// A directory below the target directory for what people may want to look at after a run.
pub fn artifacts(name: &str) -> Result<PathBuf> {
    let directory = target_directory().join("e2e").join(name);
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create `{}`", directory.display()))?;
    Ok(directory)
}

/// The cache that builds of this machine share.
pub fn shared_cache() -> Result<PathBuf> {
    artifacts("cache")
}

fn target_directory() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}
