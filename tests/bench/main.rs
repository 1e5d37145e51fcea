//! Prints a Markdown table: `wpimg build` beside `docker build` of the same stack, and the start of the containers.
//!
//! `bash tests/bench/run` brings what it needs and runs it: Docker, mmdebstrap (for the
//! Debian base, made once and not timed) and the package `time` (for peak memory). Every figure is the median of
//! several runs, and the two sides take turns, so that a slow mirror or a busy machine meets both. Nothing here
//! fails when a figure is bad: this is a measurement, not a test.

mod apt_image;
mod measure;
mod start;
mod table;

use std::path::Path;

use anyhow::{Context, Result};
use wpimg_e2e::{requirement::Requirement, wpimg::Wpimg};

use self::{
    apt_image::DockerCache,
    measure::{Build, Spread},
    table::Table,
};

/// Builds that download and unpack everything.
const COLD_RUNS: usize = 3;
/// Builds that find everything done.
const WARM_RUNS: usize = 9;

const MEGABYTE: f64 = 1_000_000.0;
const TAG: &str = "wpimg-bench/wpimg:test";

fn main() -> Result<()> {
    Requirement::Docker.check()?;
    let apt = apt_image::Plan::of_this_machine()?;
    apt.prepare_base()?;

    let (mut cold, mut by_docker, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    let mut compressed = 0.0;
    for run in 0..COLD_RUNS {
        measure::note(&format!("cold build {} of {COLD_RUNS}", run + 1));
        let cache = tempfile::tempdir()?;
        let output = tempfile::tempdir()?;
        let build = measure::build(&wpimg(cache.path(), output.path())?)?;
        cold.push(build.seconds);
        memory.push(build.peak_memory);
        compressed = measure::layer_bytes(&output.path().join("layout"))?;
        by_docker.push(apt.build("stack", DockerCache::Ignored)?);
    }

    measure::note("builds with nothing changed");
    let (cache, output) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let build = || -> Result<Build> { measure::build(&wpimg(cache.path(), output.path())?) };
    build()?;
    let warm = (0..WARM_RUNS)
        .map(|_| Ok(build()?.seconds))
        .collect::<Result<Vec<_>>>()?;

    measure::note("size of the docker-built image (save | gzip)");
    let apt_compressed = apt_image::compressed_size("stack")?;

    measure::note("starts");
    let output = tempfile::tempdir()?;
    let load = wpimg(cache.path(), output.path())?
        .arg("--load")
        .option("--tag", TAG);
    load.run()?.digest().context("cannot load the image")?;
    apt.build("s6", DockerCache::Used)?;
    apt.build("supervisor", DockerCache::Used)?;
    let [ours, s6, supervisor] =
        start::first_answers([TAG, &apt_image::tag("s6"), &apt_image::tag("supervisor")])?;

    let mut table = Table::new();
    let (cold, by_docker) = (Spread::of(cold), Spread::of(by_docker));
    table.row(
        "build, nothing cached, downloads included",
        &format!("{cold} s"),
        &format!("{by_docker} s (`docker build`)"),
        &format!("{:.1}x faster", by_docker.median / cold.median),
    );
    table.row(
        "compressed image",
        &format!("{:.1} MB", compressed / MEGABYTE),
        &format!("{:.1} MB (gzip, with its base)", apt_compressed / MEGABYTE),
        &format!("{:.2} of the size", compressed / apt_compressed),
    );
    table.row(
        "rebuild, nothing changed",
        &format!("{} s", Spread::of(warm)),
        "",
        "target 0.3 s",
    );
    table.row(
        "peak memory of a build",
        &format!("{} MB", Spread::of(memory)),
        "",
        "target 300 MB",
    );
    table.row(
        "`docker start` to first `/healthz`",
        &format!("{ours} s"),
        &format!("{s6} s (s6)"),
        &format!("{:.2}x", s6.median / ours.median),
    );
    table.row(
        "`docker start` to first `/healthz`",
        &format!("{ours} s"),
        &format!("{supervisor} s (supervisord)"),
        &format!("{:.2}x", supervisor.median / ours.median),
    );
    table.print();
    Ok(())
}

fn wpimg(cache: &Path, output: &Path) -> Result<Wpimg> {
    Ok(Wpimg::build()?
        .option("--cache-dir", cache)
        .option("--output", output.join("layout")))
}
