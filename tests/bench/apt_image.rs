//! The other side: the stack of `docker/recipe.toml` through apt-get in a Dockerfile, on a minimal Debian base.
//!
//! The package list is read from the recipe, so the two sides cannot drift apart. The base stands for the
//! `debian:trixie-slim` that people pull; it is made from the machine's own mirror.

use std::{
    env, fs,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use toml::Table;
use wpimg_e2e::{docker, requirement::Requirement, wpimg::workspace};

const BASE: &str = "wpimg-bench-base:trixie";
/// Extensions that Debian's php-common brings along.
const BUILT_IN_EXTENSIONS: &[&str] = &["exif"];

/// Whether stages of an earlier build may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DockerCache {
    Ignored,
    Used,
}

/// What apt-get is to install, and from where.
pub(crate) struct Plan {
    mirror: String,
    security_mirror: String,
    packages: String,
}

/// The name of the image that a target of the Dockerfile gives.
pub(crate) fn tag(target: &str) -> String {
    format!("wpimg-bench/apt-{target}:test")
}

impl Plan {
    pub(crate) fn of_this_machine() -> Result<Self> {
        let mirror = mirror()?;
        let security_mirror = match mirror.strip_suffix("/debian") {
            Some(site) => format!("{site}/debian-security"),
            None => mirror.clone(),
        };
        Ok(Self {
            mirror,
            security_mirror,
            packages: packages()?,
        })
    }

    /// Makes the base image unless it is there from an earlier run.
    pub(crate) fn prepare_base(&self) -> Result<()> {
        if docker::output(["image", "inspect", BASE])?.status.success() {
            return Ok(());
        }
        let mut bootstrap = Command::new("mmdebstrap")
            .args(["--quiet", "--variant=minbase", "trixie", "-", &self.mirror])
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
            .args(["import", "-", BASE])
            .stdin(tree)
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            bootstrap.wait()?.success() && import.success(),
            "the Debian base cannot be made"
        );
        Ok(())
    }

    /// Builds one target and gives the seconds it took.
    pub(crate) fn build(&self, target: &str, cache: DockerCache) -> Result<f64> {
        let mut build = Requirement::Docker.command();
        // Without its buildx plug-in the client has to be told to use the daemon's own builder.
        if !docker::output(["buildx", "version"])?.status.success() {
            build.env("DOCKER_BUILDKIT", "0");
        }
        build.args(["build", "--quiet"]);
        if cache == DockerCache::Ignored {
            build.arg("--no-cache");
        }
        build.args([
            "--network=host",
            &format!("--target={target}"),
            &format!("--tag={}", tag(target)),
            &format!("--build-arg=BASE={BASE}"),
            &format!("--build-arg=MIRROR={}", self.mirror),
            &format!("--build-arg=SECURITY_MIRROR={}", self.security_mirror),
            &format!("--build-arg=PACKAGES={}", self.packages),
            &workspace().join("tests/bench/docker").to_string_lossy(),
        ]);
        let begin = Instant::now();
        let output = build.output()?;
        ensure!(
            output.status.success(),
            "docker build failed: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(begin.elapsed().as_secs_f64())
    }
}

/// The bytes of the image as a registry would store it, gzip at its default level, base included.
pub(crate) fn compressed_size(target: &str) -> Result<f64> {
    let script = "docker save \"$1\" | gzip -6 | wc -c";
    let output = Command::new("sh")
        .args(["-c", script, "sh", &tag(target)])
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// `WPIMG_MIRROR`, else what this machine's apt uses for Debian.
fn mirror() -> Result<String> {
    if let Ok(mirror) = env::var("WPIMG_MIRROR") {
        return Ok(mirror.trim_end_matches('/').to_owned());
    }
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)"])
        .args(["Created-By: Packages", "Origin: Debian", "Label: Debian"])
        .output()
        .context("cannot ask apt-get for this machine's mirror")?;
    let text = String::from_utf8(output.stdout)?;
    let mirror = text.lines().next().context(
        "apt on this machine knows no Debian mirror; set WPIMG_MIRROR to the mirror to use",
    )?;
    Ok(mirror.trim_end_matches('/').to_owned())
}

/// The recipe's stack as a Dockerfile's author would write it.
fn packages() -> Result<String> {
    let recipe: Table = fs::read_to_string(workspace().join("docker/recipe.toml"))?.parse()?;
    let strings = |section: &str, key: &str| -> Result<Vec<String>> {
        let list = recipe[section][key]
            .as_array()
            .with_context(|| format!("{section}.{key}"))?;
        Ok(list
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect())
    };
    let string = |section: &str, key: &str| -> Result<&str> {
        recipe[section][key]
            .as_str()
            .with_context(|| format!("{section}.{key}"))
    };
    let php = string("php", "version")?;
    let mut packages = strings("debian", "packages")?;
    packages.push("wordpress".to_owned());
    packages.push(format!("wordpress-theme-{}", string("wordpress", "theme")?));
    packages.push(format!("php{php}-fpm"));
    // Debian's wordpress wants PHP; naming this alternative keeps Apache's module out.
    packages.push("php".to_owned());
    for extension in strings("php", "extensions")? {
        if BUILT_IN_EXTENSIONS.contains(&extension.as_str()) {
            continue;
        }
        let extension = if extension == "mysqli" {
            "mysql"
        } else {
            &extension
        };
        packages.push(format!("php{php}-{extension}"));
    }
    Ok(packages.join(" "))
}
