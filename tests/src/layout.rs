//! An OCI layout that wpimg wrote, in the hands of tools that did not: skopeo, umoci.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::image::shared_cache;
use crate::requirement::Requirement;
use crate::wpimg::Wpimg;
use crate::wrap::is_root;

/// A layout, and what wpimg said about it.
pub struct Layout {
    directory: TempDir,
    pub digest: String,
    /// The JSON document when `--format json` was among the arguments, else null.
    pub result: Value,
}

/// Who gets unpacked files: only root can give them to others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owners {
    AsInTheImage,
    Mine,
}

impl Layout {
    /// Builds the default recipe from the shared cache.
    pub fn build(arguments: &[&str]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let mut build = Wpimg::build()?
            .option("--cache-dir", shared_cache()?)
            .option("--output", directory.path().join("layout"));
        for argument in arguments {
            build = build.arg(argument);
        }
        let run = build.run()?;
        ensure!(run.status.success(), "the build failed\n{run}");
        let (digest, result) = if arguments.contains(&"json") {
            let result: Value = serde_json::from_str(&run.stdout)
                .with_context(|| format!("stdout is not one JSON document\n{run}"))?;
            (
                result["digest"].as_str().unwrap_or_default().to_owned(),
                result,
            )
        } else {
            (run.digest()?.to_owned(), Value::Null)
        };
        Ok(Self {
            directory,
            digest,
            result,
        })
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("layout")
    }

    /// The content of a blob, by its digest.
    pub fn blob(&self, digest: &str) -> Result<Vec<u8>> {
        let path = self.path().join("blobs").join(digest.replace(':', "/"));
        fs::read(&path).with_context(|| format!("reading `{}`", path.display()))
    }

    /// What skopeo says about the layout.
    pub fn inspect(&self, arguments: &[&str]) -> Result<Value> {
        inspect(arguments, &format!("oci:{}", self.path().display()))
    }

    /// Takes the image of one architecture out of the layout and unpacks it as an ordinary user would; gives the root
    /// of the tree.
    pub fn unpack(&self, architecture: &str) -> Result<PathBuf> {
        Requirement::Skopeo.check()?;
        Requirement::Umoci.check()?;
        let single = self.directory.path().join(architecture);
        output(
            Requirement::Skopeo
                .command()
                .args(["copy", "--quiet", "--override-arch", architecture])
                .arg(format!("oci:{}", self.path().display()))
                .arg(format!("oci:{}:image", single.display())),
        )?;
        self.unpack_layout(&single, "image", Owners::Mine)
    }

    /// Unpacks the layout as it is with umoci, which looks for this tag. Root gets every file with its owner.
    pub fn unpack_tagged(&self, tag: &str) -> Result<PathBuf> {
        Requirement::Umoci.check()?;
        let owners = if is_root()? {
            Owners::AsInTheImage
        } else {
            Owners::Mine
        };
        self.unpack_layout(&self.path(), tag, owners)
    }

    fn unpack_layout(&self, layout: &Path, tag: &str, owners: Owners) -> Result<PathBuf> {
        let bundle = self.directory.path().join(format!("bundle-{tag}"));
        let mut umoci = Requirement::Umoci.command();
        umoci.arg("unpack");
        if owners == Owners::Mine {
            umoci.arg("--rootless");
        }
        umoci
            .arg("--image")
            .arg(format!("{}:{tag}", layout.display()))
            .arg(&bundle);
        output(&mut umoci)?;
        Ok(bundle.join("rootfs"))
    }
}

/// Takes the image for this platform out of a layout and unpacks it below a directory as an ordinary user would; gives
/// the root of the tree.
pub fn unpack(layout: &Path, architecture: &str, below: &Path) -> Result<PathBuf> {
    Requirement::Skopeo.check()?;
    Requirement::Umoci.check()?;
    fs::create_dir_all(below)?;
    let single = below.join("single");
    output(
        Requirement::Skopeo
            .command()
            .args(["copy", "--quiet", "--override-arch", architecture])
            .arg(format!("oci:{}", layout.display()))
            .arg(format!("oci:{}:image", single.display())),
    )?;
    let bundle = below.join("bundle");
    output(
        Requirement::Umoci
            .command()
            .args(["unpack", "--rootless", "--image"])
            .arg(format!("{}:image", single.display()))
            .arg(&bundle),
    )?;
    Ok(bundle.join("rootfs"))
}

/// What skopeo says about an image.
pub fn inspect(arguments: &[&str], source: &str) -> Result<Value> {
    Requirement::Skopeo.check()?;
    let text = output(
        Requirement::Skopeo
            .command()
            .arg("inspect")
            .args(arguments)
            .arg(source),
    )?;
    Ok(serde_json::from_str(&text)?)
}

/// The standard output of a command that must succeed.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    ensure!(
        output.status.success(),
        "{shown} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
