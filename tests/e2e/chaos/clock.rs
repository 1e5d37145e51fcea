//! A clock that is wrong: the message says so, and what is locked does not need a clock.

use anyhow::{Result, ensure};
use wpimg_e2e::small_site::{Edition, SmallSite};
use wpimg_e2e::wpimg::{Run, Wpimg};
use wpimg_e2e::wrong_clock::off_by;

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;
const YEARS_BACK: &str = "-3y";
const YEARS_AHEAD: &str = "+3y";

fn run_at(offset: &str, command: &Wpimg) -> Result<Run> {
    command.run_as(off_by(&command.command()?, offset)?)
}

#[test]
fn a_clock_that_is_years_back_is_told_from_a_bad_release() -> Result<()> {
    let site = SmallSite::new()?;
    let (cache, output) = (site.place("cache"), site.place("image"));
    let build = site.build(Edition::Old, &cache, &output)?;
    run_at(YEARS_BACK, &build)?.expect_refusal(FAILURE, &["private", "in the future", "clock"])?;
    ensure!(!output.exists(), "there is an output");
    // The right time makes all well.
    let known = site.reference(Edition::Old)?;
    ensure!(build.run()?.digest()? == known);
    Ok(())
}

#[test]
fn a_clock_that_is_years_ahead_is_among_the_reasons_for_an_expired_release() -> Result<()> {
    let site = SmallSite::valid_for_an_hour()?;
    let (cache, output) = (site.place("cache"), site.place("image"));
    let build = site.build(Edition::Old, &cache, &output)?;
    run_at(YEARS_AHEAD, &build)?.expect_refusal(FAILURE, &["private", "expired", "clock"])?;
    ensure!(!output.exists(), "there is an output");
    let known = site.reference(Edition::Old)?;
    ensure!(build.run()?.digest()? == known);
    Ok(())
}

#[test]
fn a_locked_build_needs_no_clock() -> Result<()> {
    let site = SmallSite::valid_for_an_hour()?;
    site.lock(Edition::Old, &site.place("cache"))?;
    let known = site.reference(Edition::Old)?;
    for offset in [YEARS_BACK, YEARS_AHEAD] {
        let build = site
            .wpimg(
                "build",
                Edition::Old,
                &site.place(&format!("cache{offset}")),
            )?
            .arg("--locked")
            .option("--output", site.place(&format!("image{offset}")));
        let run = run_at(offset, &build)?;
        ensure!(run.digest()? == known, "the digest was {known}\n{run}");
    }
    Ok(())
}

#[test]
fn a_cache_written_at_a_wrong_time_is_as_good_as_any() -> Result<()> {
    let site = SmallSite::new()?;
    let known = site.reference(Edition::Old)?;
    site.lock(Edition::Old, &site.place("cache"))?;
    for offset in [YEARS_BACK, YEARS_AHEAD] {
        let cache = site.place(&format!("cache{offset}"));
        let locked = site
            .wpimg("build", Edition::Old, &cache)?
            .arg("--locked")
            .option("--output", site.place("image"));
        run_at(offset, &locked)?.digest()?;
        let run = site
            .build(Edition::Old, &cache, &site.place("image"))?
            .run()?;
        ensure!(run.digest()? == known, "the digest was {known}\n{run}");
    }
    Ok(())
}
