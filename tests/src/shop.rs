//! A small site for pushing: a theme that people edit and a plugin that they do not, on an archive of one's own, for
//! both platforms.

use std::path::Path;

use anyhow::Result;
use wpimg_debian::testing::FakePackage;

use crate::archive_server::ArchiveServer;
use crate::content::{plugin, theme};
use crate::private_archive::{PACKAGE, PrivateArchive};
use crate::wpimg::Wpimg;

/// The recipe with its archive.
pub struct Shop {
    archive: PrivateArchive,
    mirror: ArchiveServer,
}

impl Shop {
    pub fn new() -> Result<Self> {
        let archive = PrivateArchive::new()?;
        let package = FakePackage::new(PACKAGE, "1").architecture("all");
        let package = package.file("usr/share/greeting", 0o644, "hello");
        let mirror = ArchiveServer::serve(archive.suite().package(package).build())?;
        theme("plain", "1").write_to(archive.path())?;
        archive.write("shop.zip", plugin("shop", "1").zip()?)?;
        // Docker Engines from before 2023 do not unpack zstd.
        archive.write(
            "wpimg.toml",
            format!(
                "extends = \"nothing\"\n[image]\nname = \"shop\"\ncompression = \"gzip\"\n\
                 [debian]\nsuites = [\"private\"]\npackages = [\"{PACKAGE}\"]\n\
                 [[theme]]\npath = \"plain\"\n[[plugin]]\npath = \"shop.zip\"\n"
            ),
        )?;
        Ok(Self { archive, mirror })
    }

    /// The directory with the recipe, in which builds leave their layout.
    pub fn path(&self) -> &Path {
        self.archive.path()
    }

    /// A command about this recipe.
    pub fn command(&self, name: &str) -> Result<Wpimg> {
        self.archive.command_with(name, &self.mirror)
    }

    pub fn build(&self) -> Result<Wpimg> {
        self.command("build")
    }

    /// A build that is pushed to this reference.
    pub fn push(&self, reference: &str) -> Result<Wpimg> {
        Ok(self.build()?.arg("--push").option("--tag", reference))
    }

    /// Changes one line of the theme.
    pub fn edit_the_theme(&self) -> Result<()> {
        self.archive.write("plain/index.php", "<?php // edited\n")
    }
}
