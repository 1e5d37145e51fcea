//! Building from a lock: exactly what it says, or nothing.

use anyhow::{Result, ensure};
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::private_archive::{PACKAGE, PrivateArchive};

use super::{FAILURE, USAGE, release};

/// Nothing listens here.
const NOWHERE: &str = "http://127.0.0.1:9/";

#[test]
fn a_locked_build_gives_the_image_of_the_unlocked_one() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "1.0-1")]))?;
    let unlocked = archive.command_with("build", &mirror)?.run()?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    let text = archive.read("wpimg.lock")?;
    ensure!(
        !text.contains("127.0.0.1"),
        "the lock names the mirror's host: {text}"
    );
    let locked = archive
        .command_with("build", &mirror)?
        .arg("--locked")
        .option("--cache-dir", archive.path().join("another-cache"))
        .run()?;
    ensure!(
        unlocked.digest()? == locked.digest()?,
        "{unlocked}\n{locked}"
    );

    // Locking again changes nothing, and checking agrees.
    let again = archive.command_with("lock", &mirror)?.run()?;
    again.expect_success()?.expect_said(&["Unchanged"])?;
    ensure!(archive.read("wpimg.lock")? == text, "the lock was changed");
    archive
        .command("lock")?
        .arg("--check")
        .env("WPIMG_MIRROR", NOWHERE)
        .run()?
        .expect_success()?;
    Ok(())
}

#[test]
fn a_stale_lock_is_refused_with_the_command_that_mends_it() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let packages = [(PACKAGE, "1.0-1"), ("second", "1")];
    let mirror = ArchiveServer::serve(release(&archive, 1, &packages))?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    archive.write_recipe("packages = [\"greeting\", \"second\"]")?;
    let refused = ["wpimg.lock", "stale", "wpimg lock"];
    archive
        .command_with("build", &mirror)?
        .arg("--locked")
        .run()?
        .expect_refusal(USAGE, &refused)?;
    archive
        .command_with("lock", &mirror)?
        .arg("--check")
        .run()?
        .expect_refusal(USAGE, &refused)?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    archive
        .command_with("build", &mirror)?
        .arg("--locked")
        .run()?
        .digest()?;
    Ok(())
}

#[test]
fn a_pipeline_builds_what_is_locked_or_nothing() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "1.0-1")]))?;
    let in_pipeline =
        || Ok::<_, anyhow::Error>(archive.command_with("build", &mirror)?.env("CI", "true"));
    in_pipeline()?
        .run()?
        .expect_refusal(USAGE, &["wpimg.lock", "does not exist", "wpimg lock"])?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    in_pipeline()?.run()?.digest()?;
    Ok(())
}

#[test]
fn an_offline_build_takes_everything_from_the_cache_or_names_what_is_missing() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "1.0-1")]))?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    let build = || {
        let build = archive.command_with("build", &mirror)?;
        Ok::<_, anyhow::Error>(build.arg("--locked").arg("--offline"))
    };
    build()?
        .run()?
        .expect_refusal(FAILURE, &["greeting_1.0-1_amd64.deb", "not in the cache"])?;
    let known = archive.command_with("build", &mirror)?.run()?;
    let asked = mirror.requests().len();
    let run = build()?.run()?;
    ensure!(run.digest()? == known.digest()?, "{known}\n{run}");
    ensure!(mirror.requests().len() == asked, "the network was used");
    Ok(())
}
