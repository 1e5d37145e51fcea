//! Commands that are killed at random moments, with SIGKILL as the kernel does when memory is short.
//!
//! The moments are spread evenly over the time that a whole run takes, which is measured again whenever a run was
//! quicker than its killer. How far a killed run came differs from day to day; what must hold afterwards does not.

use std::{
    fs::{self, File},
    os::unix::process::ExitStatusExt,
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, ensure};
use wpimg_e2e::dice::Dice;
use wpimg_e2e::small_site::{Edition, SmallSite};
use wpimg_e2e::whole::{contents, expect_whole_cache, files_below, whole_layout};
use wpimg_e2e::wpimg::Wpimg;

const KILLED_BUILDS: u64 = 100;
const KILLED_COMMANDS: u64 = 25;
/// SIGKILL's number.
const KILL: i32 = 9;
const MINUTE: Duration = Duration::from_mins(1);

/// Kills runs of one command, each later in its course than the one before.
struct Killer {
    dice: Dice,
    kills: u64,
    killed: u64,
    whole_run: Duration,
}

impl Killer {
    /// Takes so many lives of a command that takes so long.
    fn new(kills: u64, whole_run: Duration) -> Result<Self> {
        Ok(Self {
            dice: Dice::new()?,
            kills,
            killed: 0,
            whole_run,
        })
    }

    fn is_done(&self) -> bool {
        self.killed >= self.kills
    }

    /// Runs the command and kills it at the next moment, unless it ends before that.
    fn strike(&mut self, command: &Wpimg) -> Result<String> {
        // Each moment lies in a slice of its own, so that all of the run is struck.
        let moment = self.killed * 1000 + self.dice.below(1000);
        let share = Duration::from_nanos(
            u64::try_from(self.whole_run.as_nanos())? / (self.kills * 1000) * moment,
        );
        let started = Instant::now();
        let mut child = command.spawn()?;
        while started.elapsed() < share && child.try_wait()?.is_none() {
            thread::sleep(Duration::from_micros(200).min(share.saturating_sub(started.elapsed())));
        }
        child.kill()?;
        let status = child.wait()?;
        if status.signal() == Some(KILL) {
            self.killed += 1;
        } else {
            ensure!(
                status.success(),
                "the command ended with {status} by itself"
            );
            // It was quicker this time: the next moments come sooner.
            self.whole_run = self.whole_run.min(started.elapsed()) * 9 / 10;
        }
        Ok(format!(
            "seed {}, kill {} after {share:?} of {:?}",
            self.dice.seed, self.killed, self.whole_run
        ))
    }
}

fn time_of(command: &Wpimg) -> Result<Duration> {
    let started = Instant::now();
    let run = command.run()?;
    ensure!(run.status.success(), "{run}");
    Ok(started.elapsed())
}

#[test]
fn a_build_killed_at_a_hundred_moments_never_costs_a_digest_an_output_or_a_file() -> Result<()> {
    let site = SmallSite::new()?;
    let known = [site.reference(Edition::Old)?, site.reference(Edition::New)?];
    let (cache, output) = (site.place("cache"), site.place("outputs/image"));
    let build = |edition| site.build(edition, &cache, &output);
    let mut killer = Killer::new(KILLED_BUILDS, time_of(&build(Edition::Old)?)?)?;
    let mut choice = killer.dice.clone();
    while !killer.is_done() {
        // What the killed build finds: all that the last one left, or only a part of it.
        let forgotten: &[&str] = choice.pick(&[
            &[
                "indexes",
                "packages",
                "sources",
                "blobs",
                "selections",
                "layers",
                "bases",
                "sites",
            ],
            &["selections", "blobs", "layers", "bases", "sites"],
            &["layers", "bases", "sites"],
            &[],
        ]);
        for part in forgotten {
            remove(&cache.join(part))?;
        }
        if choice.below(4) == 0 {
            remove(&output)?;
        }
        let before = whole_layout(&output)?;
        let (edition, digest) = choice.pick(&[(Edition::Old, 0), (Edition::New, 1)]);
        let moment = killer.strike(&build(edition)?)?;
        let check = || -> Result<()> {
            expect_whole_cache(&cache)?;
            let after = whole_layout(&output)?;
            ensure!(
                after == before || after.as_ref() == Some(&known[digest]),
                "the output is {after:?}, it was {before:?}"
            );
            let run = build(edition)?.run()?;
            ensure!(
                run.digest()? == known[digest],
                "not {}\n{run}",
                known[digest]
            );
            ensure!(
                whole_layout(&output)?.as_ref() == Some(&known[digest]),
                "{run}"
            );
            let beside = fs::read_dir(site.place("outputs"))?.count();
            ensure!(beside == 1, "something is left beside the output");
            expect_whole_cache(&cache)
        };
        check().with_context(|| moment)?;
    }
    expect_leftovers_to_go(&cache, || build(Edition::Old)?.run()?.digest().map(drop))
}

/// Killed builds leave files in `tmp`. Until they are a minute old, another build might be about to lock them.
fn expect_leftovers_to_go(cache: &Path, build: impl Fn() -> Result<()>) -> Result<()> {
    let leftovers = files_below(&cache.join("tmp"))?;
    for leftover in leftovers {
        File::options()
            .write(true)
            .open(&leftover)?
            .set_modified(SystemTime::now() - MINUTE * 2)?;
    }
    build()?;
    let left = files_below(&cache.join("tmp"))?;
    ensure!(left.is_empty(), "{left:?} is left");
    Ok(())
}

#[test]
fn a_killed_update_leaves_the_old_lock_or_the_new_one() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    let new = site.lock(Edition::New, &cache)?;
    fs::remove_file(site.lock_path())?;
    let old = site.lock(Edition::Old, &cache)?;
    let update = || site.wpimg("update", Edition::New, &cache);
    let mut killer = Killer::new(KILLED_COMMANDS, time_of(&update()?)?)?;
    while !killer.is_done() {
        fs::write(site.lock_path(), &old)?;
        let moment = killer.strike(&update()?)?;
        let check = || -> Result<()> {
            let lock = fs::read(site.lock_path())?;
            ensure!(
                lock == old || lock == new,
                "the lock is neither old nor new"
            );
            let run = update()?.run()?;
            ensure!(run.status.success(), "{run}");
            ensure!(
                fs::read(site.lock_path())? == new,
                "not the new lock\n{run}"
            );
            expect_whole_cache(&cache)
        };
        check().with_context(|| moment)?;
    }
    Ok(())
}

#[test]
fn a_killed_vendor_leaves_whole_files_and_the_next_one_completes_the_directory() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    site.lock(Edition::Old, &cache)?;
    let place = site.place("vendored");
    let vendor =
        || -> Result<Wpimg> { Ok(site.wpimg("vendor", Edition::Old, &cache)?.arg(&place)) };
    let mut killer = Killer::new(KILLED_COMMANDS, time_of(&vendor()?)?)?;
    let complete = contents(&place)?;
    while !killer.is_done() {
        remove(&place)?;
        let moment = killer.strike(&vendor()?)?;
        let check = || -> Result<()> {
            for (path, bytes) in contents(&place)? {
                let hidden = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with('.'));
                let whole = complete.contains(&(path.clone(), bytes));
                ensure!(hidden || whole, "`{}` is half", path.display());
            }
            let run = vendor()?.run()?;
            ensure!(run.status.success(), "{run}");
            ensure!(
                contents(&place)? == complete,
                "the directory is another\n{run}"
            );
            expect_whole_cache(&cache)
        };
        check().with_context(|| moment)?;
    }
    Ok(())
}

#[test]
fn a_killed_lock_leaves_nothing_beside_the_recipe_for_the_next_one() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    site.lock(Edition::Old, &cache)?;
    let complete = contents(site.project())?;
    // As a killed command leaves it: half a lock under the name it is written to.
    fs::write(site.project().join(".wpimg.lock.aB3xYz"), "version = 1\n")?;
    fs::remove_file(site.lock_path())?;
    site.lock(Edition::Old, &cache)?;
    ensure!(
        contents(site.project())? == complete,
        "half a lock stays there"
    );
    Ok(())
}

#[test]
fn a_vendor_directory_that_a_killed_run_had_just_begun_is_taken_up_again() -> Result<()> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    site.lock(Edition::Old, &cache)?;
    let place = site.place("vendored");
    let vendor = site.wpimg("vendor", Edition::Old, &cache)?.arg(&place);
    vendor.run()?.expect_success()?;
    let complete = contents(&place)?;
    // What the first steps leave, in any order of theirs.
    for begun in ["packages", "sources"] {
        remove(&place)?;
        fs::create_dir_all(place.join(begun))?;
        vendor.run()?.expect_success()?;
    }
    remove(&place)?;
    fs::create_dir_all(&place)?;
    fs::write(place.join(".wpimg-vendor-aB3xYz"), "Written by")?;
    vendor.run()?.expect_success()?;
    ensure!(contents(&place)? == complete, "half a marker stays there");
    Ok(())
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    Ok(())
}
