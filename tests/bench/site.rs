//! The site that every side builds: three plugins and a theme, as a recipe and as a Dockerfile's context.
//!
//! ```text
//! recipe/                       for wpimg
//! ├── wpimg.toml                plugin `seo` by URL, the others and the theme from beside it
//! ├── plugins/shop.zip
//! ├── plugins/forms/
//! └── theme/
//! context/                      for Dockerfiles: tests/bench/docker, and
//! ├── seo.tar.gz, shop.tar.gz   which `ADD` unpacks as wpimg does the zip archives
//! ├── forms/
//! └── theme/
//! ```
//!
//! The text is made up, the same in every run, and about as large and as compressible as real plugins.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use wpimg_e2e::{archive_server::ArchiveServer, wpimg::workspace};

use crate::measure::run;

const WORDS: [&str; 16] = [
    "get", "render", "option", "value", "query", "cache", "filter", "hook", "escape", "meta",
    "field", "block", "locale", "order", "admin", "widget",
];
const PLUGIN_FILES: usize = 150;
const THEME_FILES: usize = 80;
const LINES: usize = 120;

/// The site's sources, and the server of the plugin that has an address.
pub(crate) struct Site {
    scratch: PathBuf,
    server: ArchiveServer,
    release: usize,
    edits: usize,
}

impl Site {
    /// Writes the site with the first of so many releases of its plugin.
    pub(crate) fn create(scratch: &Path, releases: usize) -> Result<Self> {
        let (recipe, context) = (scratch.join("recipe"), scratch.join("context"));
        fs::create_dir_all(recipe.join("plugins"))?;
        copy(&workspace().join("tests/bench/docker"), &context)?;
        let work = scratch.join("work");

        let shop = write_plugin(&work, "shop", 1)?;
        zip(&shop, &recipe.join("plugins/shop.zip"))?;
        tar(&shop, &context.join("shop.tar.gz"))?;
        let forms = write_plugin(&work, "forms", 1)?;
        copy(&forms, &recipe.join("plugins/forms"))?;
        copy(&forms, &context.join("forms"))?;
        let theme = write_theme(&work)?;
        copy(&theme, &recipe.join("theme"))?;
        copy(&theme, &context.join("theme"))?;

        let mut served = std::collections::BTreeMap::new();
        for release in 1..=releases {
            let seo = write_plugin(&work, "seo", release)?;
            let archive = work.join("seo.zip");
            zip(&seo, &archive)?;
            served.insert(format!("plugins/seo-{release}.zip"), fs::read(&archive)?);
            tar(&seo, &scratch.join(format!("seo-{release}.tar.gz")))?;
        }
        let mut site = Self {
            scratch: scratch.to_path_buf(),
            server: ArchiveServer::serve(served)?,
            release: 0,
            edits: 0,
        };
        site.release_plugin()?;
        Ok(site)
    }

    pub(crate) fn recipe(&self) -> PathBuf {
        self.scratch.join("recipe/wpimg.toml")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.scratch.join("recipe/wpimg.lock")
    }

    pub(crate) fn context(&self) -> PathBuf {
        self.scratch.join("context")
    }

    /// Adds one line to one file of the theme.
    pub(crate) fn edit_theme(&mut self) -> Result<()> {
        self.edits += 1;
        for theme in ["recipe/theme", "context/theme"] {
            let path = self.scratch.join(theme).join("functions.php");
            let mut text = fs::read_to_string(&path)?;
            writeln!(text, "// edit {}", self.edits)?;
            fs::write(path, text)?;
        }
        Ok(())
    }

    /// Moves the plugin that has an address to its next release.
    pub(crate) fn release_plugin(&mut self) -> Result<()> {
        self.release += 1;
        let release = self.release;
        fs::copy(
            self.scratch.join(format!("seo-{release}.tar.gz")),
            self.context().join("seo.tar.gz"),
        )
        .with_context(|| format!("the site has no release {release} of its plugin"))?;
        let recipe = format!(
            "[image]\nname = \"bench\"\n\n\
             [[plugin]]\nname = \"seo\"\nurl = \"{}/plugins/seo-{release}.zip\"\n\n\
             [[plugin]]\npath = \"plugins/shop.zip\"\n\n\
             [[plugin]]\npath = \"plugins/forms\"\n\n\
             [[theme]]\nname = \"bench\"\npath = \"theme\"\n",
            self.server.url()
        );
        fs::write(self.recipe(), recipe)?;
        Ok(())
    }

    /// The plugins and the theme as one tar archive of a root directory.
    pub(crate) fn archive(&self, content: &str) -> Result<PathBuf> {
        let tree = self.scratch.join("tree");
        let plugins = tree.join(content).join("plugins");
        fs::create_dir_all(&plugins)?;
        for name in ["seo", "shop"] {
            let archive = self.context().join(format!("{name}.tar.gz"));
            let mut unpack = Command::new("tar");
            unpack.arg("--extract").arg("--file").arg(archive);
            run(unpack.arg("--directory").arg(&plugins))?;
        }
        copy(&self.context().join("forms"), &plugins.join("forms"))?;
        copy(
            &self.context().join("theme"),
            &tree.join(content).join("themes/bench"),
        )?;
        let archive = self.scratch.join("site.tar");
        let mut pack = Command::new("tar");
        pack.args(["--create", "--owner=0", "--group=0", "--file"]);
        pack.arg(&archive).arg("--directory").arg(&tree);
        // By its path, so that no directory above it gets the owner and mode that it has here.
        run(pack.arg(content))?;
        Ok(archive)
    }
}

fn write_plugin(work: &Path, name: &str, release: usize) -> Result<PathBuf> {
    let directory = work.join(name);
    fs::create_dir_all(directory.join("includes"))?;
    fs::write(
        directory.join(format!("{name}.php")),
        format!("<?php\n/*\nPlugin Name: {name}\nVersion: {release}.0\n*/\n"),
    )?;
    for file in 0..PLUGIN_FILES {
        let text = php(name, release, file);
        fs::write(directory.join(format!("includes/class-{file}.php")), text)?;
    }
    Ok(directory)
}

fn write_theme(work: &Path) -> Result<PathBuf> {
    let directory = work.join("theme");
    fs::create_dir_all(directory.join("parts"))?;
    fs::write(
        directory.join("style.css"),
        "/*\nTheme Name: Bench\nVersion: 1.0\n*/\n",
    )?;
    fs::write(directory.join("index.php"), "<?php\n")?;
    fs::write(directory.join("functions.php"), php("functions", 0, 0))?;
    for file in 0..THEME_FILES {
        let text = php("part", 0, file);
        fs::write(directory.join(format!("parts/part-{file}.php")), text)?;
    }
    Ok(directory)
}

/// PHP that nobody runs.
fn php(name: &str, release: usize, file: usize) -> String {
    let mut state = (name.len() * 31 + release * 7919 + file * 104_729 + 1) as u64;
    let mut next = || {
        // xorshift: the same text everywhere, without a library.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut text = String::from("<?php\n");
    for line in 0..LINES {
        let [one, two, three] = [0; 3].map(|_| {
            let index = usize::try_from(next() % WORDS.len() as u64).unwrap_or(0);
            WORDS[index]
        });
        let number = next() % 1_000_000;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "function {name}_{one}_{two}_{line}( $value ) {{ return {three}( $value, {number} ); }}"
        );
    }
    text
}

fn zip(directory: &Path, archive: &Path) -> Result<()> {
    if archive.exists() {
        fs::remove_file(archive)?;
    }
    let (parent, name) = halves(directory)?;
    let mut zip = Command::new("zip");
    zip.args(["--quiet", "--recurse-paths"]);
    run(zip.arg(archive).arg(name).current_dir(parent))?;
    Ok(())
}

fn tar(directory: &Path, archive: &Path) -> Result<()> {
    let (parent, name) = halves(directory)?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--gzip", "--owner=0", "--group=0", "--file"]);
    run(tar.arg(archive).arg(name).current_dir(parent))?;
    Ok(())
}

fn halves(directory: &Path) -> Result<(&Path, &std::ffi::OsStr)> {
    directory
        .parent()
        .zip(directory.file_name())
        .context("a directory of the site has no name")
}

fn copy(source: &Path, target: &Path) -> Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut copy = Command::new("cp");
    copy.args(["--recursive", "--no-target-directory"]);
    run(copy.arg(source).arg(target))?;
    Ok(())
}
