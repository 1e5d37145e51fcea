//! A small Debian archive of one's own with everything to build an image from it: recipe, keyring and cache.
//!
//! Packages and signatures are real but made up for the test (`wpimg_debian::testing`), so a test can break any of
//! them. What it serves is decided by the test; see `archive_server`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use wpimg_debian::testing::{FakeArchive, FakeKey, FakePackage};

use crate::archive_server::ArchiveServer;
use crate::wpimg::Wpimg;

/// The one suite of the archive.
pub const SUITE: &str = "private";
/// The one package that images are built from, unless a test says otherwise.
pub const PACKAGE: &str = "greeting";
/// The place of [`PACKAGE`]'s file in the image.
const FILE: &str = "/usr/share/greeting";

const HOUR: i64 = 3600;

/// A directory with a recipe and a keyring for an archive that `key` signs.
pub struct PrivateArchive {
    directory: TempDir,
    key: FakeKey,
}

impl PrivateArchive {
    pub fn new() -> Result<Self> {
        let key = FakeKey::generate(now() - 2 * HOUR);
        let directory = tempfile::tempdir()?;
        fs::write(directory.path().join("keyring.asc"), key.public_key())?;
        let archive = Self { directory, key };
        archive.write_recipe(&format!("packages = [\"{PACKAGE}\"]"))?;
        Ok(archive)
    }

    /// Replaces what the recipe says under `[debian]`.
    pub fn write_recipe(&self, debian: &str) -> Result<()> {
        let recipe = format!(
            "extends = \"nothing\"\n[image]\nname = \"{PACKAGE}\"\n[debian]\nsuites = [\"{SUITE}\"]\n{debian}\n"
        );
        self.write("wpimg.toml", recipe)
    }

    /// Writes a file beside the recipe, or the recipe itself.
    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) -> Result<()> {
        let path = self.path().join(path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        Ok(fs::write(path, contents)?)
    }

    /// A file beside the recipe.
    pub fn read(&self, path: &str) -> Result<String> {
        let path = self.path().join(path);
        fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn cache(&self) -> PathBuf {
        self.path().join("cache")
    }

    /// The suite without packages, dated an hour ago and signed by the right key.
    pub fn suite(&self) -> FakeArchive {
        self.suite_called(SUITE, now() - HOUR)
    }

    /// Another suite of the archive, of this date, signed by the right key.
    pub fn suite_called(&self, name: &str, date: i64) -> FakeArchive {
        FakeArchive::with_key(name, date, self.key.clone())
    }

    /// The suite with the package that the recipe asks for, which holds these bytes.
    pub fn suite_with(&self, contents: &[u8]) -> FakeArchive {
        self.suite().package(package(contents))
    }

    /// A build of the recipe from this mirror that trusts the archive's key.
    pub fn build_from(&self, mirror: &ArchiveServer) -> Result<Wpimg> {
        Ok(self.command("build")?.option("--mirror", mirror.url()))
    }

    /// A command in the recipe's directory that trusts the archive's key and knows no mirror.
    pub fn command(&self, name: &str) -> Result<Wpimg> {
        Ok(Wpimg::command_called(name)?
            .current_dir(self.path())
            .env("WPIMG_KEYRING", self.path().join("keyring.asc"))
            .env("WPIMG_CACHE_DIR", self.cache()))
    }

    /// The same with everything that the network has coming from one server: Debian, its old versions, WordPress.org.
    pub fn command_with(&self, name: &str, server: &ArchiveServer) -> Result<Wpimg> {
        Ok(self
            .command(name)?
            .env("WPIMG_MIRROR", server.url())
            .env("WPIMG_SNAPSHOT", server.snapshot_url())
            .env("WPIMG_WORDPRESS_ORG", format!("{}/", server.url())))
    }
}

/// The package that the recipe asks for.
pub fn package(contents: &[u8]) -> FakePackage {
    FakePackage::new(PACKAGE, "1.0-1").file(&FILE[1..], 0o644, contents)
}

/// The current time in seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Bytes that no compression makes smaller, the same every time.
pub fn incompressible(size: usize) -> Vec<u8> {
    // Marsaglia's xorshift64: enough to leave a compressor nothing to find.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..size)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        })
        .collect()
}
