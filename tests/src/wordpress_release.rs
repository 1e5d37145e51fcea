//! A release of WordPress as WordPress.org packs it, made of the files that Debian's package brings.
//!
//! They are taken out of an image that wpimg built, so no test needs WordPress.org, and the release really runs.

use anyhow::{Result, ensure};
use tar::EntryType;

use crate::content::Tree;
use crate::contents::Contents;
use crate::image::shared_cache;
use crate::wpimg::Wpimg;

const ROOT: &str = "var/www/html/";

/// The tarball, and the version that is in it.
pub struct Release {
    pub version: String,
    pub tarball: Vec<u8>,
}

impl Release {
    pub fn pack() -> Result<Self> {
        let build = Wpimg::build()?.option("--cache-dir", shared_cache()?);
        let image = Contents::of(build)?;
        let mut tree = Tree::default();
        let mut version = None;
        for (path, entry) in &image.layer("wordpress")?.entries {
            let Some(inside) = path.strip_prefix(ROOT) else {
                continue;
            };
            // A release has no links; Debian's leads to certificates of the system.
            if entry.kind == EntryType::Regular {
                tree = tree.file(&format!("wordpress/{inside}"), entry.body.clone());
            }
            if inside == "wp-includes/version.php" {
                version = version_of(&String::from_utf8_lossy(&entry.body));
            }
        }
        ensure!(version.is_some(), "Debian's WordPress has no version");
        Ok(Self {
            version: version.unwrap_or_default(),
            tarball: tree.tar_gz()?,
        })
    }
}

fn version_of(php: &str) -> Option<String> {
    let line = php.lines().find(|line| line.starts_with("$wp_version ="))?;
    Some(line.split('\'').nth(1)?.to_owned())
}
