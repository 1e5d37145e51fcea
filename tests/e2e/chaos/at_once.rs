//! Commands that run at once on one cache and one output.

use std::thread::{self, ScopedJoinHandle};

use anyhow::{Result, anyhow, ensure};
use wpimg_e2e::small_site::{Edition, SmallSite};
use wpimg_e2e::whole::{expect_whole_cache, files_below, whole_layout};
use wpimg_e2e::wpimg::{Run, Wpimg};

/// Enough for the commands to meet in many places.
const ROUNDS: usize = 5;

fn run_both(commands: &[Wpimg; 2]) -> Result<[Run; 2]> {
    let runs = thread::scope(|scope| {
        let started = commands
            .each_ref()
            .map(|command| scope.spawn(|| command.run()));
        started.map(ScopedJoinHandle::join)
    });
    let [one, other] = runs.map(|run| run.map_err(|_| anyhow!("a thread panicked")).flatten());
    Ok([one?, other?])
}

#[test]
fn two_builds_at_once_on_one_cache_and_one_output_both_give_the_image() -> Result<()> {
    let site = SmallSite::new()?;
    let known = [site.reference(Edition::Old)?, site.reference(Edition::New)?];
    for round in 0..ROUNDS {
        // A cache that neither has seen; the output is that of the round before.
        let cache = site.place(&format!("cache-{round}"));
        let output = site.place("outputs/image");
        for other in [Edition::Old, Edition::New] {
            let builds = [
                site.build(Edition::Old, &cache, &output)?,
                site.build(other, &cache, &output)?,
            ];
            let [one, two] = run_both(&builds)?;
            let of_other = &known[usize::from(other == Edition::New)];
            ensure!(one.digest()? == known[0], "{one}");
            ensure!(two.digest()? == of_other, "{two}");
            let written = whole_layout(&output)?;
            ensure!(
                written.as_ref() == Some(&known[0]) || written.as_ref() == Some(of_other),
                "the output is {written:?}\n{one}\n{two}"
            );
            expect_whole_cache(&cache)?;
            ensure!(
                files_below(&cache.join("tmp"))?.is_empty(),
                "leftovers in the cache"
            );
            let beside = site.place("outputs").read_dir()?.count();
            ensure!(beside == 1, "leftovers beside the output");
        }
    }
    Ok(())
}

#[test]
fn two_locks_at_once_leave_one_lock() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    let known = site.lock(Edition::Old, &cache)?;
    for _ in 0..ROUNDS {
        std::fs::remove_file(site.lock_path())?;
        let before = files_below(site.project())?.len();
        let locks = [
            site.wpimg("lock", Edition::Old, &cache)?,
            site.wpimg("lock", Edition::Old, &cache)?,
        ];
        for run in run_both(&locks)? {
            ensure!(run.status.success(), "{run}");
        }
        ensure!(std::fs::read(site.lock_path())? == known, "another lock");
        ensure!(
            files_below(site.project())?.len() == before + 1,
            "leftovers"
        );
    }
    Ok(())
}
