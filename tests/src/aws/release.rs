//! Versions of the site, small enough to be built in a moment: each says which it is.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};

use super::Account;

/// What a version answers at this path.
pub const VERSION_PATH: &str = "/version.txt";

impl Account {
    /// Pushes a version that answers with its own name.
    pub fn push_version(&self, tag: &str) -> Result<()> {
        self.push(&self.version(tag, "")?, tag)
    }

    /// Pushes a version whose container says something and ends.
    pub fn push_broken(&self, tag: &str, last_words: &str) -> Result<()> {
        let command =
            format!("command = [\"--\", \"/bin/sh\", \"-c\", \"echo '{last_words}'; exit 3\"]");
        self.push(&self.version(tag, &command)?, tag)
    }

    /// Checks which version visitors get at the load balancer.
    pub fn expect_version(&self, tag: &str) -> Result<()> {
        let answer = self.ask(VERSION_PATH)?;
        ensure!(
            answer.contains(&format!("version {tag}\n")),
            "not {tag} answers but: {answer}"
        );
        Ok(())
    }

    fn version(&self, tag: &str, more: &str) -> Result<PathBuf> {
        let directory = self.directory.path().join(format!("version-{tag}"));
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("version.txt"), format!("version {tag}\n"))?;
        let recipe = directory.join("wpimg.toml");
        let files = "[[files]]\nsource = \"version.txt\"\ntarget = \"/var/www/html/version.txt\"\n";
        // The Docker Engine under test may be older than zstd.
        let image = format!("[image]\ncompression = \"gzip\"\n{more}");
        fs::write(&recipe, format!("{image}\n{files}"))?;
        Ok(recipe)
    }
}
