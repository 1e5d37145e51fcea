//! Time, memory and size of one build, and what several of them say together.

use std::{fmt, fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::{wpimg::Wpimg, wrap::wrap};

/// What one run cost.
pub(crate) struct Build {
    pub(crate) seconds: f64,
    /// Megabytes of resident memory at the highest.
    pub(crate) peak_memory: f64,
}

/// Runs a build under time(1), which knows the peak memory of its child.
pub(crate) fn build(build: &Wpimg) -> Result<Build> {
    let report = tempfile::NamedTempFile::new()?;
    let mut time = Command::new("/usr/bin/time");
    time.args(["--format=%M", "--output"]).arg(report.path());
    let mut timed = wrap(time, &build.command()?);
    let begin = Instant::now();
    let output = timed
        .output()
        .context("cannot start /usr/bin/time; run `apt-get install time`")?;
    let seconds = begin.elapsed().as_secs_f64();
    ensure!(
        output.status.success(),
        "the build failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let kibibytes: f64 = fs::read_to_string(report.path())?.trim().parse()?;
    Ok(Build {
        seconds,
        peak_memory: kibibytes * 1024.0 / 1_000_000.0,
    })
}

/// The bytes of all layers of a layout with one image, as a registry would store them.
pub(crate) fn layer_bytes(layout: &Path) -> Result<f64> {
    let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json"))?)?;
    let mut document = index["manifests"][0].clone();
    // The top entry may be an image index with one image.
    while !document["layers"].is_array() {
        let digest = document["digest"]
            .as_str()
            .or_else(|| document["manifests"][0]["digest"].as_str())
            .context("the layout leads to no image")?;
        let blob = layout.join("blobs").join(digest.replace(':', "/"));
        document = serde_json::from_slice(&fs::read(blob)?)?;
    }
    let layers = document["layers"].as_array().into_iter().flatten();
    Ok(layers.filter_map(|layer| layer["size"].as_f64()).sum())
}

/// A median with its neighbours. Displays as `median (lowest-highest)`.
pub(crate) struct Spread {
    pub(crate) median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            median: at(values.len() / 2),
            lowest: at(0),
            highest: at(values.len().saturating_sub(1)),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            median,
            lowest,
            highest,
        } = self;
        write!(f, "{median:.2} ({lowest:.2}-{highest:.2})")
    }
}

/// Says what is being done, beside the result.
#[expect(
    clippy::print_stderr,
    reason = "the benchmark is its own user interface"
)]
pub(crate) fn note(what: &str) {
    eprintln!("bench: {what}");
}
