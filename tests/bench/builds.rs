//! The builds of one site by all builders, from nothing cached to nothing to do.
//!
//! All of them take turns, so that a slow mirror or a busy machine meets each. Every build's result is named by its
//! builder, and a build that should have made another image, or the same one, and did not, ends the benchmark.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::apt::Plan;
use crate::bound::{Bound, Bytes};
use crate::buildah::Buildah;
use crate::docker_build::{Cached, DockerBuild};
use crate::measure::{Built, Spread, note, run, timed};
use crate::mmdebstrap::Mmdebstrap;
use crate::ours::Ours;
use crate::site::Site;
use crate::table::{Table, Target};

/// Builds with nothing to do take so little that more of them are made.
const NO_OP_FACTOR: usize = 3;
const COLD_RATIO: f64 = 6.0;
const BOUND_RATIO: f64 = 1.5;
const NO_OP_SECONDS: f64 = 0.1;
const EDIT_SECONDS: f64 = 0.3;

/// The builders, and the site that they build.
pub(crate) struct Field<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) ours: &'a Ours,
    pub(crate) docker: &'a DockerBuild<'a>,
    pub(crate) buildah: Buildah,
    pub(crate) mmdebstrap: Mmdebstrap,
}

/// Seconds of one kind of build, by builder; mmdebstrap knows only two kinds.
#[derive(Default)]
struct Kind {
    ours: Vec<f64>,
    docker: Vec<f64>,
    buildah: Vec<f64>,
    mmdebstrap: Vec<f64>,
}

/// What the results of one build are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    SameImage,
    OtherImage,
}

/// How each builder called its last result.
#[derive(Default)]
struct Last {
    ours: String,
    docker: String,
    buildah: String,
}

pub(crate) fn measure(
    runs: usize,
    site: &mut Site,
    field: &Field<'_>,
    scratch: &Path,
) -> Result<[Table; 2]> {
    let mut bounds = Vec::new();
    let mut cold = Kind::default();
    let bytes = Bytes::of(&site.lock(), field.plan, &field.ours.layout(), scratch)?;
    for run_number in 1..=runs {
        note(&format!("cold build {run_number} of {runs}"));
        let directory = tempfile::tempdir_in(scratch)?;
        let ours = Ours::fresh(directory.path())?;
        cold.ours
            .push(timed(&mut ours.build(site, &["--unlocked"])?)?.seconds);
        bounds.push(bytes.measure()?);
        field.others(site, Cached::Nothing, &mut cold)?;
    }

    // The first such build of mmdebstrap fills its package directory.
    field.mmdebstrap.build_with_packages(site, field.plan)?;
    let mut warm = Kind::default();
    for run_number in 1..=runs {
        note(&format!(
            "build with cached packages {run_number} of {runs}"
        ));
        field.ours.forget_all_but_downloads()?;
        warm.ours
            .push(timed(&mut field.ours.build(site, &["--unlocked"])?)?.seconds);
        field.others(site, Cached::Packages, &mut warm)?;
    }

    note("builds with nothing changed");
    let mut last = field.settle(site)?;
    let (mut unlocked, mut no_op) = (Vec::new(), Kind::default());
    for _ in 0..runs * NO_OP_FACTOR {
        unlocked.push(timed(&mut field.ours.build(site, &["--unlocked"])?)?.seconds);
        field.change(site, Expected::SameImage, &mut last, &mut no_op)?;
    }
    let mut theme = Kind::default();
    for run_number in 1..=runs {
        note(&format!("one line of the theme {run_number} of {runs}"));
        site.edit_theme()?;
        field.change(site, Expected::OtherImage, &mut last, &mut theme)?;
    }
    let mut plugin = Kind::default();
    for run_number in 1..=runs {
        note(&format!("one plugin {run_number} of {runs}"));
        site.release_plugin()?;
        // The recipe names another archive, so that the lock is made to fit first.
        let locked = timed(&mut field.ours.lock(site)?)?.seconds;
        field.change(site, Expected::OtherImage, &mut last, &mut plugin)?;
        if let Some(build) = plugin.ours.last_mut() {
            *build += locked;
        }
    }

    let bound_table = bound_table(&bounds, &cold);
    let mut table = Table::new(
        "Builds of a site with three plugins and a theme",
        &[
            "",
            "wpimg",
            "docker build",
            "buildah bud",
            "mmdebstrap, umoci",
            "wpimg is faster by",
            "target",
        ],
    );
    cold.row(
        "nothing cached",
        Some(Target::AtLeast(COLD_RATIO)),
        &mut table,
    );
    let warm_mmdebstrap = warm.mmdebstrap.clone();
    warm.row("packages cached, nothing else", None, &mut table);
    table.row(&[
        &"nothing changed, versions looked up again",
        &format!("{} s", Spread::of(unlocked)),
        &"",
        &"",
        &"",
        &"",
        &"",
    ]);
    for (what, mut kind, target) in [
        ("nothing changed", no_op, Some(NO_OP_SECONDS)),
        ("one line of the theme", theme, Some(EDIT_SECONDS)),
        ("one plugin, its lock included", plugin, None),
    ] {
        kind.mmdebstrap.clone_from(&warm_mmdebstrap);
        kind.row(what, target.map(Target::AtMost), &mut table);
    }
    Ok([table, bound_table])
}

fn bound_table(bounds: &[Bound], cold: &Kind) -> Table {
    let spread = |part: fn(&Bound) -> f64| Spread::of(bounds.iter().map(part).collect());
    let bound = spread(Bound::seconds);
    let ours = Spread::of(cold.ours.clone());
    let ratio = ours.median / bound.median;
    let mut table = Table::new(
        "The cold build and its bound: the larger of the download, and of xz and zstd together",
        &[
            "download (curl)",
            "xz -d",
            "zstd -7",
            "bound",
            "wpimg",
            "ratio",
            "target",
        ],
    );
    table.row(&[
        &format!("{} s", spread(|bound| bound.download)),
        &format!("{} s", spread(|bound| bound.decompress)),
        &format!("{} s", spread(|bound| bound.compress)),
        &format!("{bound} s"),
        &format!("{ours} s"),
        &format!("{ratio:.2}x"),
        &Target::AtMost(BOUND_RATIO).verdict(ratio, "x"),
    ]);
    table
}

impl Field<'_> {
    /// One build of each other builder from the start.
    fn others(&self, site: &Site, cached: Cached, kind: &mut Kind) -> Result<()> {
        let docker = self.docker.build("site", site, cached)?;
        kind.docker.push(docker.seconds);
        kind.buildah
            .push(self.buildah.build(site, self.plan, cached)?.seconds);
        kind.mmdebstrap.push(if cached == Cached::Packages {
            self.mmdebstrap.build_with_packages(site, self.plan)?
        } else {
            self.mmdebstrap.build_cold(site, self.plan)?
        });
        Ok(())
    }

    /// Builds once everywhere, so that only changes are left to do.
    fn settle(&self, site: &Site) -> Result<Last> {
        let cached = Cached::Everything;
        run(&mut self.ours.lock(site)?)?;
        Ok(Last {
            ours: timed(&mut self.ours.build(site, &["--locked"])?)?.id,
            docker: self.docker.build("site", site, cached)?.id,
            buildah: self.buildah.build(site, self.plan, cached)?.id,
        })
    }

    /// One build of each builder that keeps what it did.
    fn change(
        &self,
        site: &Site,
        expected: Expected,
        last: &mut Last,
        kind: &mut Kind,
    ) -> Result<()> {
        let cached = Cached::Everything;
        let ours = timed(&mut self.ours.build(site, &["--locked"])?)?;
        let docker = self.docker.build("site", site, cached)?;
        let buildah = self.buildah.build(site, self.plan, cached)?;
        for (builder, built, last, seconds) in [
            ("wpimg", ours, &mut last.ours, &mut kind.ours),
            ("docker", docker, &mut last.docker, &mut kind.docker),
            ("buildah", buildah, &mut last.buildah, &mut kind.buildah),
        ] {
            let Built { seconds: time, id } = built;
            ensure!(
                (id == *last) == (expected == Expected::SameImage),
                "{builder} made `{id}` after `{last}`, where {expected:?} was expected"
            );
            *last = id;
            seconds.push(time);
        }
        Ok(())
    }
}

impl Kind {
    /// A target at most is of our seconds, one at least of how much faster than Docker they are.
    fn row(self, what: &str, target: Option<Target>, table: &mut Table) {
        let ours = Spread::of(self.ours);
        let others = [self.docker, self.buildah, self.mmdebstrap].map(Spread::of);
        let ratios = others.map(|other| other.median / ours.median);
        let verdict = match target {
            None => String::new(),
            Some(target @ Target::AtMost(_)) => target.verdict(ours.median, " s"),
            Some(target @ Target::AtLeast(_)) => target.verdict(ratios[0], "x docker build"),
        };
        let [docker, buildah, mmdebstrap] = others.map(|other| format!("{other} s"));
        table.row(&[
            &what,
            &format!("{ours} s"),
            &docker,
            &buildah,
            &mmdebstrap,
            &ratios.map(|ratio| format!("{ratio:.1}x")).join(", "),
            &verdict,
        ]);
    }
}
