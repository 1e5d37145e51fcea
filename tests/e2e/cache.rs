//! What the cache survives: builds that are killed at any moment, two builds at once, and a disk that is full.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Child,
    thread::{self, ScopedJoinHandle},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::image::{Image, shared_cache};
use wpimg_e2e::poll;
use wpimg_e2e::private_archive::{PrivateArchive, incompressible};
use wpimg_e2e::tiny_disk;
use wpimg_e2e::wpimg::Wpimg;

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;
const MEGABYTE: usize = 1024 * 1024;

/// A build of the test's database image: real packages, several layers, and a few seconds of work.
fn build(cache: &Path, output: &Path) -> Result<Wpimg> {
    let recipe = Image::Mariadb.recipe().context("MariaDB has a recipe")?;
    Ok(Wpimg::build()?
        .option("--recipe", recipe)
        .option("--cache-dir", cache)
        .option("--output", output))
}

fn known_digest() -> Result<String> {
    let output = tempfile::tempdir()?;
    let run = build(&shared_cache()?, &output.path().join("known"))?.run()?;
    Ok(run.digest()?.to_owned())
}

#[test]
fn a_build_killed_at_any_moment_leaves_a_cache_that_the_next_build_trusts_rightly() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let cache = directory.path().join("cache");
    let output = directory.path().join("image");
    // Each moment lies behind the one before it, so every build meets what the killed ones left.
    let moments = [
        ("an index is kept", "indexes", 1),
        ("a package is kept", "packages", 1),
        ("many packages are kept", "packages", 10),
        ("a layer is kept", "blobs", 1),
    ];
    for (moment, bucket, files) in moments {
        let build = build(&cache, &output)?;
        let mut child = build.spawn()?;
        kill_when(&mut child, moment, || {
            Ok(kept(&cache.join(bucket).join("sha256"))?.len() >= files)
        })?;
        expect_whole(&cache)?;
    }
    let run = build(&cache, &output)?.run()?;
    let known = known_digest()?;
    ensure!(run.digest()? == known, "the digest was {known}\n{run}");
    expect_whole(&cache)
}

/// Sends KILL as soon as the moment has come.
fn kill_when(child: &mut Child, moment: &str, come: impl Fn() -> Result<bool>) -> Result<()> {
    let mut ended = None;
    let waited = poll::often(moment, || {
        ended = child.try_wait()?;
        ensure!(ended.is_some() || come()?, "not yet");
        Ok(())
    });
    child.kill()?;
    child.wait()?;
    waited?;
    if let Some(status) = ended {
        bail!("the build ended with {status} before {moment}");
    }
    Ok(())
}

#[test]
fn two_builds_at_once_share_a_cache() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let cache = directory.path().join("cache");
    let builds = [
        build(&cache, &directory.path().join("first"))?,
        build(&cache, &directory.path().join("second"))?,
    ];
    let known = known_digest()?;
    let runs = thread::scope(|scope| {
        let threads = builds.each_ref().map(|build| scope.spawn(|| build.run()));
        threads.map(ScopedJoinHandle::join)
    });
    for run in runs {
        let run = run.map_err(|_| anyhow::anyhow!("a build panicked"))??;
        ensure!(run.digest()? == known, "the digest was {known}\n{run}");
    }
    expect_whole(&cache)
}

/// Every file that is visible under a digest has that digest.
fn expect_whole(cache: &Path) -> Result<()> {
    for bucket in ["indexes", "packages", "blobs"] {
        for path in kept(&cache.join(bucket).join("sha256"))? {
            let digest = Sha256::digest(fs::read(&path)?);
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            ensure!(
                path.ends_with(&digest),
                "`{}` has the digest {digest}",
                path.display()
            );
        }
    }
    Ok(())
}

/// The files below a directory of the cache, which may not exist yet.
fn kept(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for shelf in directory.read_dir().into_iter().flatten() {
        for file in shelf?.path().read_dir()? {
            files.push(file?.path());
        }
    }
    Ok(files)
}

#[test]
fn a_disk_that_is_too_small_for_the_packages_is_named() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(&incompressible(3 * MEGABYTE)).build())?;
    let build = archive.build_from(&mirror)?;
    fs::create_dir(archive.cache())?;
    build
        .run_as(tiny_disk::limit(
            &build.command()?,
            &archive.cache(),
            MEGABYTE as u64,
        )?)?
        .expect_refusal(
            FAILURE,
            &[
                "no space left",
                &archive.cache().to_string_lossy(),
                "wpimg cache clean",
            ],
        )
}

#[test]
fn a_disk_that_is_too_small_for_the_unpacked_files_is_named() -> Result<()> {
    let archive = PrivateArchive::new()?;
    // Small as a package, large when unpacked.
    let mirror = ArchiveServer::serve(archive.suite_with(&vec![b'x'; 8 * MEGABYTE]).build())?;
    let build = archive.build_from(&mirror)?;
    fs::create_dir(archive.cache())?;
    build
        .run_as(tiny_disk::limit(
            &build.command()?,
            &archive.cache(),
            2 * MEGABYTE as u64,
        )?)?
        .expect_refusal(
            FAILURE,
            &[
                "No space left on device",
                &archive.cache().to_string_lossy(),
            ],
        )
}

#[test]
fn a_disk_that_is_too_small_for_the_image_is_named() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(&incompressible(3 * MEGABYTE)).build())?;
    let place = archive.path().join("small");
    fs::create_dir(&place)?;
    let output = place.join("image");
    let build = archive.build_from(&mirror)?.option("--output", &output);
    build
        .run_as(tiny_disk::limit(
            &build.command()?,
            &place,
            MEGABYTE as u64,
        )?)?
        .expect_refusal(
            FAILURE,
            &["No space left on device", &place.to_string_lossy()],
        )?;
    // With room, the same cache gives the image at once.
    archive.build_from(&mirror)?.run()?.digest()?;
    Ok(())
}
