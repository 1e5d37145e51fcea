//! What the other builders install: the stack of `docker/recipe.toml` through apt-get, from this machine's mirror.
//!
//! The package list is read from the recipe, so the sides cannot drift apart.

use std::{env, fs, process::Command};

use anyhow::{Context, Result};
use toml::Table;
use wpimg_e2e::wpimg::workspace;

pub(crate) const SUITE: &str = "trixie";

/// dpkg does not wait for the disk after each file, for whoever runs it.
pub(crate) const UNSAFE_IO: &str = "--dpkgopt=force-unsafe-io";

/// Extensions that Debian's php-common brings along.
const BUILT_IN_EXTENSIONS: &[&str] = &["exif"];

/// What apt-get is to install, and from where.
pub(crate) struct Plan {
    pub(crate) mirror: String,
    pub(crate) security_mirror: String,
    pub(crate) packages: Vec<String>,
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

    /// The archive that a suite is fetched from.
    pub(crate) fn archive(&self, suite: &str) -> &str {
        if suite.ends_with("-security") {
            &self.security_mirror
        } else {
            &self.mirror
        }
    }

    /// The three suites as lines of sources.list.
    pub(crate) fn sources(&self) -> [String; 3] {
        ["", "-updates", "-security"].map(|pocket| {
            let suite = format!("{SUITE}{pocket}");
            format!("deb {} {suite} main", self.archive(&suite))
        })
    }

    /// The arguments of the Dockerfiles.
    pub(crate) fn build_arguments(&self, base: &str) -> [String; 4] {
        [
            format!("--build-arg=BASE={base}"),
            format!("--build-arg=MIRROR={}", self.mirror),
            format!("--build-arg=SECURITY_MIRROR={}", self.security_mirror),
            format!("--build-arg=PACKAGES={}", self.packages.join(" ")),
        ]
    }
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
fn packages() -> Result<Vec<String>> {
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
    Ok(packages)
}
