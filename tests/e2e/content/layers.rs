//! The site on Debian's WordPress: which layer changes, and what hides what.

use std::fs;

use anyhow::{Result, ensure};
use tempfile::TempDir;
use wpimg_e2e::content::{plugin, theme};
use wpimg_e2e::contents::{Contents, files_on_disk};
use wpimg_e2e::image::shared_cache;
use wpimg_e2e::layout::unpack;
use wpimg_e2e::wpimg::Wpimg;

use super::PLUGINS;

/// A recipe over the built-in one, built from the cache that all tests share.
struct FullSite {
    directory: TempDir,
}

impl FullSite {
    fn new(recipe: &str) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        fs::write(directory.path().join("wpimg.toml"), recipe)?;
        Ok(Self { directory })
    }

    fn build(&self) -> Result<Wpimg> {
        Ok(Wpimg::build()?
            .current_dir(self.directory.path())
            .option("--cache-dir", shared_cache()?))
    }
}

#[test]
fn an_edited_theme_rewrites_one_layer_and_no_other() -> Result<()> {
    let site = FullSite::new("[[theme]]\npath = \"plain\"\n[[plugin]]\npath = \"shop.zip\"\n")?;
    let directory = site.directory.path();
    theme("plain", "1").write_to(directory)?;
    fs::write(directory.join("shop.zip"), plugin("shop", "1").zip()?)?;
    let before = Contents::of(site.build()?)?;
    fs::write(directory.join("plain/index.php"), "<?php // edited\n")?;
    let after = Contents::of(site.build()?)?;
    ensure!(
        after.layers_not_in(&before) == ["site"] && after.layers.len() == before.layers.len(),
        "{:?} became {:?}",
        before.digests(),
        after.digests()
    );
    // Touching a file is no edit.
    fs::write(directory.join("plain/index.php"), "<?php // edited\n")?;
    ensure!(Contents::of(site.build()?)?.digest == after.digest);
    Ok(())
}

#[test]
fn a_plugin_that_debians_wordpress_brings_is_replaced_whole() -> Result<()> {
    let site = FullSite::new("[[plugin]]\npath = \"akismet.zip\"\n")?;
    let directory = site.directory.path();
    let own = plugin("akismet", "99").file("akismet/views/own.php", "<?php\n");
    fs::write(directory.join("akismet.zip"), own.zip()?)?;
    let image = Contents::of(site.build()?)?;
    let brought = format!("{PLUGINS}/akismet/class.akismet.php");
    ensure!(
        image.layer("wordpress")?.entries.contains_key(&brought),
        "Debian's WordPress brings no Akismet any more: choose another plugin"
    );
    let whole = ["akismet.php", "views", "views/own.php"];
    let seen = image.below(&format!("{PLUGINS}/akismet"));
    ensure!(seen == whole, "a container sees {seen:?}");

    // A tool that knows nothing of wpimg sees the same.
    let gzip = site.build()?.option("--compression", "gzip");
    gzip.run()?.digest()?;
    let root = unpack(
        &directory.join("wpimg.oci"),
        "amd64",
        &directory.join("unpacked"),
    )?;
    let unpacked = files_on_disk(&root.join(PLUGINS).join("akismet"))?;
    ensure!(
        unpacked.keys().collect::<Vec<_>>() == ["akismet.php", "views/own.php"],
        "umoci sees {:?}",
        unpacked.keys()
    );
    ensure!(
        unpacked["akismet.php"]
            .windows(11)
            .any(|bytes| bytes == b"Version: 99")
    );
    Ok(())
}
