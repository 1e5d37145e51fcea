//! A disk that fills up at every write of a build, one after the other: the message names the place and the remedy,
//! nothing half written is visible, and with room the next build goes on from there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use wpimg_e2e::small_site::{Edition, SmallSite};
use wpimg_e2e::tiny_disk::{PAGE, TinyDisk};
use wpimg_e2e::whole::{contents, expect_whole_cache, files_below, filled_parts, whole_layout};
use wpimg_e2e::wpimg::{Run, Wpimg};

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;
/// More than any of these commands writes; a hang guard.
const ENOUGH: u64 = 1000;

/// What a disk has too little of.
#[derive(Debug, Clone, Copy)]
enum Scarce {
    Pages,
    Files,
}

impl Scarce {
    /// A disk over the directory with room for so many of them.
    fn disk(self, directory: &Path, room: u64) -> TinyDisk {
        let disk = TinyDisk::over(directory);
        match self {
            Self::Pages => disk.bytes(room * PAGE),
            Self::Files => disk.bytes(64 << 20).files(room),
        }
    }
}

/// Runs a command with ever more room below `directory` until it succeeds; looks at each failure and at what the disk
/// held in the end. Says how often it failed.
fn with_ever_more_room(
    scarce: Scarce,
    directory: &Path,
    least: u64,
    command: impl Fn() -> Result<Wpimg>,
    mut failed: impl FnMut(&Run, &Path) -> Result<()>,
) -> Result<u64> {
    for room in least..ENOUGH {
        let command = command()?;
        let kept = tempfile::tempdir()?;
        let disk = scarce.disk(directory, room).keep_in(kept.path());
        let run = command.run_as(disk.wrap(&command.command()?)?)?;
        if run.status.success() {
            return Ok(room - least);
        }
        expect_full_disk(&run, directory)
            .and_then(|()| failed(&run, kept.path()))
            .with_context(|| format!("with room for {room} {scarce:?}\n{run}"))?;
    }
    anyhow::bail!("the command needs more than {ENOUGH} {scarce:?}")
}

/// Says what happened, where, and what to do about it.
fn expect_full_disk(run: &Run, directory: &Path) -> Result<()> {
    run.expect_refusal(FAILURE, &["No space left on device", "hint:"])?;
    let place = directory.to_string_lossy();
    // The lock is named as it lies beside the recipe.
    ensure!(
        run.stderr.contains(&*place) || run.stderr.contains("`wpimg.lock`"),
        "the message does not name `{place}`"
    );
    let hint = run.stderr.split_once("hint:").context("a hint")?.1;
    let remedies = ["space", "--cache-dir"];
    ensure!(
        remedies.iter().any(|remedy| hint.contains(remedy)),
        "the hint is no remedy for a full disk"
    );
    Ok(())
}

fn a_full_cache(scarce: Scarce) -> Result<()> {
    let site = SmallSite::new()?;
    let known = site.reference(Edition::Old)?;
    let (cache, output) = (site.place("cache"), site.place("image"));
    fs::create_dir(&cache)?;
    let build = |cache: &Path| site.build(Edition::Old, cache, &output);
    let mut states = BTreeSet::new();
    let failures = with_ever_more_room(
        scarce,
        &cache,
        1,
        || build(&cache),
        |_, kept| {
            ensure!(!output.exists(), "there is an output");
            expect_whole_cache(kept)?;
            ensure!(files_below(&kept.join("tmp"))?.is_empty(), "leftovers");
            states.insert(filled_parts(kept)?);
            let next = build(kept)?.run()?;
            ensure!(next.digest()? == known, "the digest was {known}\n{next}");
            ensure!(whole_layout(&output)?.as_ref() == Some(&known), "{next}");
            Ok(fs::remove_dir_all(&output)?)
        },
    )?;
    // The disk was full before, between and after all that a build keeps.
    for (before, after) in [
        ("indexes", "selections"),
        ("selections", "packages"),
        ("packages", "blobs"),
        ("layers", "bases"),
    ] {
        ensure!(
            states
                .iter()
                .any(|filled| filled.contains(before) && !filled.contains(after)),
            "of {failures} failures none came between {before} and {after}: {states:?}"
        );
    }
    ensure!(states.contains(&BTreeSet::new()), "{states:?}");
    Ok(())
}

#[test]
fn a_cache_disk_without_another_page_is_named_and_the_next_build_goes_on() -> Result<()> {
    a_full_cache(Scarce::Pages)
}

#[test]
fn a_cache_disk_without_another_file_is_named_and_the_next_build_goes_on() -> Result<()> {
    a_full_cache(Scarce::Files)
}

/// A site whose cache holds both editions, and their digests.
fn warm_site() -> Result<(SmallSite, PathBuf, [String; 2])> {
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    let mut digests = Vec::new();
    for edition in [Edition::Old, Edition::New] {
        let run = site.build(edition, &cache, &site.place("warm"))?.run()?;
        digests.push(run.digest()?.to_owned());
    }
    let [old, new] = digests.try_into().map_err(|_| anyhow::anyhow!("two"))?;
    ensure!(old != new, "the editions are the same");
    Ok((site, cache, [old, new]))
}

#[test]
fn an_output_disk_that_is_full_keeps_the_old_layout_and_no_half_of_the_new() -> Result<()> {
    let (site, cache, [old, new]) = warm_site()?;
    let place = site.place("disk");
    let output = place.join("image");
    let build = |edition| site.build(edition, &cache, &output);
    for scarce in [Scarce::Pages, Scarce::Files] {
        fs::create_dir(&place)?;
        // Nothing is there, and then a layout is replaced.
        let failures = with_ever_more_room(
            scarce,
            &place,
            1,
            || build(Edition::Old),
            |_, kept| expect_empty(kept),
        )?;
        ensure!(failures > 5, "{failures} failures are too few");
        build(Edition::Old)?.run()?.digest()?;
        let failures = with_ever_more_room(
            scarce,
            &place,
            0,
            || build(Edition::New),
            |_, kept| {
                let whole = whole_layout(&kept.join("image"))?;
                ensure!(whole.as_ref() == Some(&old), "{whole:?} is not {old}");
                ensure!(fs::read_dir(kept)?.count() == 1, "leftovers");
                Ok(())
            },
        )?;
        ensure!(failures > 5, "{failures} failures are too few");
        let run = build(Edition::New)?.run()?;
        ensure!(run.digest()? == new && whole_layout(&output)? == Some(new.clone()));
        fs::remove_dir_all(&place)?;
    }
    Ok(())
}

#[test]
fn an_output_that_is_itself_a_disk_is_left_empty_or_with_the_old_layout() -> Result<()> {
    let (site, cache, [old, _]) = warm_site()?;
    let output = site.place("disk");
    fs::create_dir(&output)?;
    let build = |edition| site.build(edition, &cache, &output);
    with_ever_more_room(
        Scarce::Pages,
        &output,
        1,
        || build(Edition::Old),
        |_, kept| expect_empty(kept),
    )?;
    build(Edition::Old)?.run()?.digest()?;
    let failures = with_ever_more_room(
        Scarce::Pages,
        &output,
        0,
        || build(Edition::New),
        |_, kept| {
            // Whole blobs of the next layout may be there already; the index is the old one and reaches old blobs.
            let index = fs::read_to_string(kept.join("index.json"))?;
            ensure!(index.contains(&old), "{index}");
            let tag = format!("oci:{}:latest", kept.display());
            wpimg_e2e::layout::inspect(&["--raw"], &tag)?;
            let run = site.build(Edition::Old, &cache, kept)?.run()?;
            ensure!(run.digest()? == old && whole_layout(kept)? == Some(old.clone()));
            Ok(())
        },
    )?;
    ensure!(failures > 3, "{failures} failures are too few");
    Ok(())
}

#[test]
fn an_output_disk_that_is_full_keeps_the_old_archive() -> Result<()> {
    let (site, cache, _) = warm_site()?;
    let place = site.place("disk");
    let output = place.join("image.tar");
    fs::create_dir(&place)?;
    let build = |edition| site.build(edition, &cache, &output);
    with_ever_more_room(
        Scarce::Pages,
        &place,
        1,
        || build(Edition::Old),
        |_, kept| expect_empty(kept),
    )?;
    build(Edition::Old)?.run()?.digest()?;
    let before = contents(&place)?;
    let failures = with_ever_more_room(
        Scarce::Pages,
        &place,
        0,
        || build(Edition::New),
        |_, kept| {
            ensure!(contents(kept)? == before, "the archive changed");
            Ok(())
        },
    )?;
    ensure!(failures > 5, "{failures} failures are too few");
    Ok(())
}

#[test]
fn a_full_disk_leaves_no_lock_or_the_old_one() -> Result<()> {
    // A lock of several pages, so that it could be half there.
    let site = SmallSite::with_packages(60)?;
    let cache = site.place("cache");
    for scarce in [Scarce::Pages, Scarce::Files] {
        let before = contents(site.project())?;
        let unchanged = |_: &Run, kept: &Path| {
            ensure!(contents(kept)? == before, "the project changed");
            Ok(())
        };
        let lock = || site.wpimg("lock", Edition::Old, &cache);
        let first = with_ever_more_room(scarce, site.project(), 0, lock, unchanged)?;
        ensure!(first > 0, "the first lock needed no room");

        site.lock(Edition::Old, &cache)?;
        let before = contents(site.project())?;
        let unchanged = |_: &Run, kept: &Path| {
            ensure!(contents(kept)? == before, "the project changed");
            Ok(())
        };
        let update = || site.wpimg("update", Edition::New, &cache);
        let second = with_ever_more_room(scarce, site.project(), 0, update, unchanged)?;
        ensure!(second > 0, "the second lock needed no room");
        fs::remove_file(site.lock_path())?;
    }
    Ok(())
}

#[test]
fn a_full_disk_leaves_whole_files_in_a_vendor_directory_and_the_next_run_completes_it() -> Result<()>
{
    let site = SmallSite::new()?;
    let cache = site.place("cache");
    site.lock(Edition::Old, &cache)?;
    let vendor = |directory: &Path| -> Result<Wpimg> {
        let vendor = site.wpimg("vendor", Edition::Old, &cache)?;
        Ok(vendor.arg(directory))
    };
    let complete = site.place("complete");
    let run = vendor(&complete)?.run()?;
    ensure!(run.status.success(), "{run}");
    let complete = contents(&complete)?;
    let place = site.place("vendored");
    fs::create_dir(&place)?;
    for scarce in [Scarce::Pages, Scarce::Files] {
        let failures = with_ever_more_room(
            scarce,
            &place,
            1,
            || vendor(&place),
            |_, kept| {
                for file in contents(kept)? {
                    ensure!(complete.contains(&file), "{} is half", file.0.display());
                }
                let run = vendor(kept)?.run()?;
                ensure!(run.status.success(), "{run}");
                ensure!(contents(kept)? == complete, "the next run completes it");
                Ok(())
            },
        )?;
        ensure!(failures > 5, "{failures} failures are too few");
    }
    Ok(())
}

fn expect_empty(directory: &Path) -> Result<()> {
    let left = files_below(directory)?;
    ensure!(left.is_empty(), "{left:?} is left");
    Ok(())
}
