//! What no builder can beat: the larger of downloading the same bytes, and of unpacking and compressing them.
//!
//! Downloads are `curl`'s, eight at a time, of the packages that the lock names and of the indexes. The processor's share
//! is `xz -d` of every package, one per core and the largest first, then `zstd` of exactly the bytes that the image's
//! layers hold, with all cores.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context, Result, ensure};
use toml::Table;

use crate::apt::Plan;
use crate::layers::{self, Layer};
use crate::measure::{run, timed};

/// As many as wpimg has at once.
const CONNECTIONS: &str = "8";
/// The level of wpimg's layers; ARCHITECTURE.md says why.
const ZSTD_LEVEL: &str = "-7";

/// Where the same bytes come from and go to.
pub(crate) struct Bytes {
    /// Every address that a cold build fetches.
    urls: Vec<String>,
    layers: Vec<Layer>,
    directory: PathBuf,
}

/// Seconds of each part.
pub(crate) struct Bound {
    pub(crate) download: f64,
    pub(crate) decompress: f64,
    pub(crate) compress: f64,
}

impl Bound {
    pub(crate) fn seconds(&self) -> f64 {
        self.download.max(self.decompress + self.compress)
    }
}

impl Bytes {
    /// Reads what a lock names and what the layers of the layout it gave hold.
    pub(crate) fn of(lock: &Path, plan: &Plan, layout: &Path, scratch: &Path) -> Result<Self> {
        let directory = scratch.join("bound");
        fs::create_dir_all(directory.join("layers"))?;
        let layers = layers::of(layout)?;
        for (number, layer) in layers.iter().enumerate() {
            let tar = directory.join(format!("layers/{number}.tar"));
            let mut unpack = Command::new("zstd");
            unpack.args(["--decompress", "--quiet", "-o"]).arg(tar);
            run(unpack.arg(&layer.path))?;
        }
        Ok(Self {
            urls: urls(&fs::read_to_string(lock)?.parse()?, plan)?,
            layers,
            directory,
        })
    }

    pub(crate) fn measure(&self) -> Result<Bound> {
        ensure!(!self.layers.is_empty(), "the layout has no layers");
        let download = self.download()?;
        self.take_out_xz()?;
        let cores = thread::available_parallelism()?;
        let decompress = format!(
            "ls -S *.xz | xargs --max-procs={cores} --max-args=1 xz --decompress --stdout >/dev/null"
        );
        let compress =
            format!("cat layers/*.tar | zstd --quiet {ZSTD_LEVEL} --threads={cores} >/dev/null");
        Ok(Bound {
            download,
            decompress: self.shell(&decompress)?,
            compress: self.shell(&compress)?,
        })
    }

    fn shell(&self, script: &str) -> Result<f64> {
        let mut shell = Command::new("bash");
        shell.args(["-o", "pipefail", "-c", script]);
        Ok(timed(shell.current_dir(&self.directory))?.seconds)
    }

    fn download(&self) -> Result<f64> {
        let mut list = String::new();
        for (number, url) in self.urls.iter().enumerate() {
            writeln!(list, "url = \"{url}\"\noutput = \"{number}.fetched\"")?;
        }
        let path = self.directory.join("urls");
        fs::write(&path, list)?;
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--fail",
            "--globoff",
            "--location",
        ])
        .args([
            "--parallel",
            "--parallel-immediate",
            "--parallel-max",
            CONNECTIONS,
        ])
        .arg("--config")
        .arg(path)
        .current_dir(&self.directory);
        Ok(timed(&mut curl)?.seconds)
    }

    /// Writes the compressed part of each fetched file beside it, without the archive around it.
    fn take_out_xz(&self) -> Result<()> {
        for (number, url) in self.urls.iter().enumerate() {
            let bytes = fs::read(self.directory.join(format!("{number}.fetched")))?;
            let compressed = match url.rsplit_once('.').map(|(_, extension)| extension) {
                Some("deb") => data_member(&bytes).with_context(|| format!("`{url}`"))?,
                Some("xz") => &bytes,
                _ => continue,
            };
            fs::write(self.directory.join(format!("{number}.xz")), compressed)?;
        }
        Ok(())
    }
}

/// The indexes of the suites and the packages of a lock.
fn urls(lock: &Table, plan: &Plan) -> Result<Vec<String>> {
    let mut urls = Vec::new();
    for suite in list(lock, "suite")? {
        let suite = text(suite, "name")?;
        let archive = plan.archive(suite);
        urls.push(format!("{archive}/dists/{suite}/InRelease"));
        urls.push(format!(
            "{archive}/dists/{suite}/main/binary-amd64/Packages.xz"
        ));
    }
    for package in list(lock, "package")? {
        let archive = plan.archive(text(package, "suite")?);
        urls.push(format!("{archive}/{}", text(package, "path")?));
    }
    Ok(urls)
}

fn list<'a>(lock: &'a Table, key: &str) -> Result<&'a Vec<toml::Value>> {
    lock.get(key)
        .and_then(toml::Value::as_array)
        .with_context(|| format!("the lock has no list `{key}`"))
}

fn text<'a>(entry: &'a toml::Value, key: &str) -> Result<&'a str> {
    entry
        .get(key)
        .and_then(toml::Value::as_str)
        .with_context(|| format!("an entry of the lock has no `{key}`"))
}

/// `data.tar.xz` of a `.deb`, which is an ar archive: headers of 60 bytes, members at even offsets.
fn data_member(deb: &[u8]) -> Result<&[u8]> {
    let mut rest = deb
        .strip_prefix(b"!<arch>\n")
        .context("not an ar archive")?;
    loop {
        let (header, after) = rest.split_at_checked(60).context("no member `data.tar`")?;
        let name = String::from_utf8_lossy(&header[..16]);
        let size: usize = String::from_utf8_lossy(&header[48..58]).trim().parse()?;
        let member = after.get(..size).context("a member is cut off")?;
        let name = name.trim_end().trim_end_matches('/');
        if name == "data.tar.xz" {
            return Ok(member);
        }
        ensure!(
            !name.starts_with("data.tar"),
            "`{name}` is not compressed with xz, which the bound is made of"
        );
        rest = after
            .get(size + size % 2..)
            .context("no member `data.tar`")?;
    }
}
