//! Prints Markdown tables: `wpimg` beside what else builds and pushes images, with the targets and whether they are met.
//!
//! `bash tests/bench/run` brings what it needs and runs it. Every figure is the median of several runs, and the sides
//! take turns, so that a slow mirror or a busy machine meets all of them. Nothing here fails when a figure is bad: this
//! is a measurement, not a test.
//!
//! The sides do equal work: the same packages of the same mirror, the same plugins and theme. Docker and buildah start on
//! a Debian base that is already there; wpimg and mmdebstrap make theirs. Docker and buildah leave layers uncompressed
//! until they push; wpimg compresses with zstd and umoci with gzip.

mod apt;
mod arguments;
mod aws;
mod bound;
mod buildah;
mod builds;
mod counting_proxy;
mod docker_build;
mod image;
mod inits;
mod layers;
mod logs;
mod measure;
mod mmdebstrap;
mod ours;
mod ownership;
mod platforms;
mod push;
mod registry;
mod site;
mod start;
mod table;

use anyhow::Result;
use wpimg_e2e::requirement::Requirement;

use self::{
    apt::Plan,
    arguments::{Arguments, Part},
    buildah::Buildah,
    builds::Field,
    docker_build::{DockerBuild, compressed_size},
    measure::{MEGABYTE, note},
    mmdebstrap::Mmdebstrap,
    ours::Ours,
    site::Site,
    table::Table,
};

fn main() -> Result<()> {
    if let Some(done) = logs::play_a_part() {
        return done;
    }
    let arguments = Arguments::of_this_process()?;
    let runs = arguments.runs;
    Requirement::Docker.check()?;
    if arguments.wants(Part::Logs) {
        print(&[logs::measure(runs)?]);
    }
    if arguments.wants(Part::Aws) {
        print(&[aws::measure(runs)?]);
    }
    let scratch = tempfile::Builder::new().prefix("wpimg-bench-").tempdir()?;
    let scratch = scratch.path();
    if arguments.wants(Part::Inits) {
        print(&inits::measure(runs, scratch)?);
        print(&[inits::serving::measure(runs)?]);
    }
    if !arguments.wants_the_site() {
        return Ok(());
    }
    let plan = Plan::of_this_machine()?;
    note("preparing the site");
    // One release to begin with, and one for each run of the plugin's row.
    let mut site = Site::create(scratch, runs + 1)?;
    let ours = Ours::fresh(&scratch.join("ours"))?;
    ours.settle(&site)?;
    if arguments.wants(Part::Image) {
        print(&image::sizes(scratch)?);
        print(&[image::memory(runs, scratch)?]);
    }
    if arguments.wants(Part::Platforms) {
        print(&[platforms::measure(runs, &site, scratch)?]);
    }
    if arguments.wants(Part::Ownership) {
        print(&ownership::measure(runs, &ours, scratch)?);
    }
    if [Part::Builds, Part::Push, Part::Starts]
        .iter()
        .any(|part| arguments.wants(*part))
    {
        note("preparing the Debian base of the others");
        let docker = DockerBuild::prepare(&plan)?;
        if arguments.wants(Part::Builds) {
            docker.prepare_packages(&site)?;
            let field = Field {
                plan: &plan,
                ours: &ours,
                docker: &docker,
                buildah: Buildah::prepare(scratch)?,
                mmdebstrap: Mmdebstrap::new(scratch)?,
            };
            note(&format!("buildah stores with {}", field.buildah.driver()));
            print(&builds::measure(runs, &mut site, &field, scratch)?);
            print(&[docker_size(&ours)?]);
        }
        if arguments.wants(Part::Push) {
            print(&[push::measure(runs, &mut site, &ours, &docker, scratch)?]);
        }
        if arguments.wants(Part::Starts) {
            print(&[start::measure(runs, &site, &ours, &docker)?]);
        }
    }
    Ok(())
}

/// As soon as they are there: a later part may fail.
fn print(tables: &[Table]) {
    for table in tables {
        table.print();
    }
}

/// The site's image of both builders, as a registry would store it.
fn docker_size(ours: &Ours) -> Result<Table> {
    note("size of the docker-built image (save | gzip)");
    let bytes: f64 = layers::of(&ours.layout())?
        .iter()
        .map(|layer| layer.bytes)
        .sum();
    let others = compressed_size("site")?;
    let mut table = Table::new(
        "The site's image, compressed",
        &[
            "wpimg (zstd)",
            "docker build (gzip, with its base)",
            "of the size",
        ],
    );
    table.row(&[
        &format!("{:.1} MB", bytes / MEGABYTE),
        &format!("{:.1} MB", others / MEGABYTE),
        &format!("{:.2}", bytes / others),
    ]);
    Ok(table)
}
