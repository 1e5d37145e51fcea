//! Two platforms together beside one alone, with nothing cached.

use std::path::Path;

use anyhow::Result;

use crate::measure::{Spread, note, timed};
use crate::ours::Ours;
use crate::site::Site;
use crate::table::{Table, Target};

const ONE: &str = "linux/amd64";
const BOTH: &str = "linux/amd64,linux/arm64";
const TARGET: f64 = 1.9;

pub(crate) fn measure(runs: usize, site: &Site, scratch: &Path) -> Result<Table> {
    let (mut one, mut both) = (Vec::new(), Vec::new());
    for run_number in 1..=runs {
        note(&format!("platforms {run_number} of {runs}"));
        for (seconds, platforms) in [(&mut one, ONE), (&mut both, BOTH)] {
            let directory = tempfile::tempdir_in(scratch)?;
            let ours = Ours::fresh(directory.path())?;
            let mut build = ours.build(site, &["--unlocked", "--platform", platforms])?;
            seconds.push(timed(&mut build)?.seconds);
        }
    }
    let (one, both) = (Spread::of(one), Spread::of(both));
    let ratio = both.median / one.median;
    let mut table = Table::new(
        "Two platforms, nothing cached",
        &["amd64", "amd64 and arm64", "ratio", "target"],
    );
    table.row(&[
        &format!("{one} s"),
        &format!("{both} s"),
        &format!("{ratio:.2}x"),
        &Target::AtMost(TARGET).verdict(ratio, "x"),
    ]);
    Ok(table)
}
