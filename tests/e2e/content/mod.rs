//! What a site brings: plugins, themes and files get to their places, and nothing else does.

mod layers;
mod places;
mod refusals;

use anyhow::Result;
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::contents::Contents;
use wpimg_e2e::private_archive::{PACKAGE, PrivateArchive};
use wpimg_e2e::wpimg::{Run, Wpimg};

const PLUGINS: &str = "var/www/html/wp-content/plugins";

/// A site on an archive of one's own: its builds take milliseconds.
struct SmallSite {
    archive: PrivateArchive,
    server: ArchiveServer,
}

impl SmallSite {
    fn new() -> Result<Self> {
        let archive = PrivateArchive::new()?;
        let server = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
        Ok(Self { archive, server })
    }

    /// Writes a recipe with these sections.
    fn recipe(&self, sections: &str) -> Result<()> {
        let text = format!("packages = [\"{PACKAGE}\"]\n{sections}");
        self.archive.write_recipe(&text)
    }

    fn build(&self) -> Result<Wpimg> {
        self.archive.command_with("build", &self.server)
    }

    fn contents(&self, sections: &str) -> Result<Contents> {
        self.recipe(sections)?;
        Contents::of(self.build()?)
    }

    /// Builds with one file beside the recipe that is the archive of a plugin.
    fn build_with_plugin(&self, file: &str, packed: &[u8]) -> Result<Run> {
        self.archive.write(file, packed)?;
        self.recipe(&format!("[[plugin]]\npath = \"{file}\""))?;
        self.build()?.run()
    }
}
