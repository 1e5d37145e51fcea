//! Disks and directories that cannot be written: refused before anything is fetched, by path and remedy.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::small_site::{Edition, SmallSite};
use wpimg_e2e::tiny_disk::read_only;
use wpimg_e2e::whole::contents;

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;

#[test]
fn a_read_only_cache_is_named_with_the_remedy_and_nothing_is_written() -> Result<()> {
    let site = SmallSite::new()?;
    let (cache, output) = (site.place("cache"), site.place("image"));
    let build = site.build(Edition::Old, &cache, &output)?;
    fs::create_dir(&cache)?;
    let words = [
        &*cache.to_string_lossy(),
        "not writable",
        "Read-only file system",
        "--cache-dir",
        "WPIMG_CACHE_DIR",
    ];
    // Empty, and then full: a build that has everything must not fail half way either.
    for _ in 0..2 {
        let before = contents(&cache)?;
        build
            .run_as(read_only(&build.command()?, &cache)?)?
            .expect_refusal(FAILURE, &words)?;
        ensure!(contents(&cache)? == before, "the cache changed");
        ensure!(!output.exists(), "there is an output");
        build.run()?.digest()?;
        fs::remove_dir_all(&output)?;
    }
    Ok(())
}

#[test]
fn a_read_only_output_is_named_and_keeps_what_it_holds() -> Result<()> {
    let site = SmallSite::new()?;
    let (cache, place) = (site.place("cache"), site.place("outputs"));
    fs::create_dir(&place)?;
    for name in ["image", "image.tar"] {
        let output = place.join(name);
        site.build(Edition::Old, &cache, &output)?.run()?.digest()?;
        let before = contents(&place)?;
        let build = site.build(Edition::New, &cache, &output)?;
        build
            .run_as(read_only(&build.command()?, &place)?)?
            .expect_refusal(
                FAILURE,
                &[
                    &place.to_string_lossy(),
                    "Read-only file system",
                    "that you may write to",
                ],
            )?;
        ensure!(contents(&place)? == before, "the output changed");
    }
    Ok(())
}

#[test]
fn a_read_only_project_can_be_built_and_not_locked() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    let before = contents(site.project())?;
    let lock = site.wpimg("lock", Edition::Old, &cache)?;
    lock.run_as(read_only(&lock.command()?, site.project())?)?
        .expect_refusal(
            FAILURE,
            &["`wpimg.lock`", "Read-only file system", "permissions"],
        )?;
    ensure!(contents(site.project())? == before, "the project changed");
    let build = site.build(Edition::Old, &cache, &site.place("image"))?;
    let run = build.run_as(read_only(&build.command()?, site.project())?)?;
    ensure!(run.digest()? == site.reference(Edition::Old)?, "{run}");
    Ok(())
}
