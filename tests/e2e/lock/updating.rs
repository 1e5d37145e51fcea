//! Moving on: only when told to, only what was named, and in a way that git can merge.

use std::process::Command;

use anyhow::{Result, bail, ensure};
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::contents::Contents;
use wpimg_e2e::layout::output;
use wpimg_e2e::private_archive::{PACKAGE, PrivateArchive, SUITE, now};
use wpimg_e2e::requirement::Requirement;

use super::{QUARTER, USAGE, locked_version, release, versioned};

/// The exit code of a question whose answer is "it is not the same".
const DIFFERENT: i32 = 3;
const SECURITY: &str = "private-security";

#[test]
fn updates_are_shown_with_their_versions_and_taken_when_asked_for() -> Result<()> {
    let archive = PrivateArchive::new()?;
    archive.write(
        "wpimg.toml",
        format!(
            "extends = \"nothing\"\n[image]\nname = \"shop\"\n[debian]\nsuites = [\"{SUITE}\", \"{SECURITY}\"]\npackages = [\"{PACKAGE}\", \"second\"]\n"
        ),
    )?;
    let mut files = release(&archive, 2, &[(PACKAGE, "1.0-1"), ("second", "1")]);
    let security = |quarters| archive.suite_called(SECURITY, now() - quarters * QUARTER);
    files.extend(security(2).build());
    let mirror = ArchiveServer::serve(files)?;
    archive
        .command_with("lock", &mirror)?
        .run()?
        .expect_success()?;
    let run = archive.command_with("outdated", &mirror)?.run()?;
    ensure!(run.expect_success()?.stdout.is_empty(), "{run}");

    // One package moves on, the other gets a security update.
    let mut files = release(&archive, 1, &[(PACKAGE, "1.0-1"), ("second", "2")]);
    files.extend(
        security(1)
            .package(versioned(PACKAGE, "1.0-1+sec1"))
            .build(),
    );
    let mirror = ArchiveServer::serve(files)?;
    let text = archive.read("wpimg.lock")?;
    let run = archive.command_with("outdated", &mirror)?.run()?;
    let changes = "greeting  1.0-1 -> 1.0-1+sec1  security\nsecond    1     -> 2\n";
    ensure!(run.expect_exit(DIFFERENT)?.stdout == changes, "{run}");
    let run = archive
        .command_with("outdated", &mirror)?
        .arg("--security")
        .run()?;
    ensure!(
        run.expect_exit(DIFFERENT)?.stdout == "greeting  1.0-1 -> 1.0-1+sec1  security\n",
        "{run}"
    );
    let run = archive
        .command_with("update", &mirror)?
        .arg("--dry-run")
        .run()?;
    ensure!(run.expect_success()?.stdout == changes, "{run}");
    ensure!(
        archive.read("wpimg.lock")? == text,
        "a question changed the lock"
    );
    let run = archive.command_with("update", &mirror)?.run()?;
    ensure!(run.expect_success()?.stdout == changes, "{run}");
    ensure!(locked_version(&archive, PACKAGE)? == "1.0-1+sec1");
    archive
        .command_with("outdated", &mirror)?
        .run()?
        .expect_success()?;
    Ok(())
}

#[test]
fn an_update_by_name_leaves_the_others_alone_although_they_left_the_index() -> Result<()> {
    let archive = PrivateArchive::new()?;
    archive.write_recipe("packages = [\"greeting\", \"second\"]")?;
    let before =
        ArchiveServer::serve(release(&archive, 2, &[(PACKAGE, "1.0-1"), ("second", "1")]))?;
    archive
        .command_with("lock", &before)?
        .run()?
        .expect_success()?;
    let after = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "2.0-1"), ("second", "2")]))?;
    let empty = archive.path().join("another-cache");
    let run = archive
        .command_with("update", &after)?
        .arg("second")
        .env("WPIMG_SNAPSHOT", before.snapshot_url())
        .option("--cache-dir", &empty)
        .run()?;
    ensure!(run.expect_success()?.stdout == "second  1 -> 2\n", "{run}");
    ensure!(locked_version(&archive, PACKAGE)? == "1.0-1");
    // What was left alone is still found by a machine that has never seen it.
    let build = archive
        .command_with("build", &after)?
        .arg("--locked")
        .env("WPIMG_SNAPSHOT", before.snapshot_url())
        .option("--cache-dir", archive.path().join("a-third-cache"));
    let image = Contents::of(build)?;
    ensure!(image.file("usr/share/greeting")?.body == b"1.0-1");
    ensure!(image.file("usr/share/second")?.body == b"2");

    archive
        .command_with("update", &after)?
        .arg("secund")
        .run()?
        .expect_refusal(USAGE, &["`secund`", "`second`"])
}

#[test]
fn a_recipe_that_asks_for_more_keeps_what_is_locked() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let before = ArchiveServer::serve(release(&archive, 2, &[(PACKAGE, "1.0-1")]))?;
    archive
        .command_with("lock", &before)?
        .run()?
        .expect_success()?;
    let after = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "2.0-1"), ("second", "2")]))?;
    archive.write_recipe("packages = [\"greeting\", \"second\"]")?;
    let run = archive
        .command_with("lock", &after)?
        .env("WPIMG_SNAPSHOT", before.snapshot_url())
        .run()?;
    ensure!(
        run.expect_success()?.stdout == "second  - -> 2  new\n",
        "{run}"
    );
    ensure!(locked_version(&archive, PACKAGE)? == "1.0-1");
    Ok(())
}

#[test]
fn locks_of_two_branches_merge_when_they_update_different_packages() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let names = [
        "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "zulu",
    ];
    let all = |version| names.map(|name| (name, version));
    let quoted = names.map(|name| format!("\"{name}\"")).join(", ");
    archive.write_recipe(&format!("packages = [{quoted}]"))?;
    let before = ArchiveServer::serve(release(&archive, 3, &all("1")))?;
    archive
        .command_with("lock", &before)?
        .run()?
        .expect_success()?;
    git(&archive, &["init", "--quiet", "--initial-branch", "main"])?;
    git(&archive, &["add", "wpimg.toml", "wpimg.lock"])?;
    git(&archive, &["commit", "--quiet", "--message", "locked"])?;

    let after = ArchiveServer::serve(release(&archive, 2, &all("2")))?;
    for name in ["alpha", "zulu"] {
        git(&archive, &["checkout", "--quiet", "-b", name, "main"])?;
        archive
            .command_with("update", &after)?
            .arg(name)
            .env("WPIMG_SNAPSHOT", before.snapshot_url())
            .run()?
            .expect_success()?;
        git(&archive, &["commit", "--quiet", "--all", "--message", name])?;
    }
    if let Err(conflict) = git(&archive, &["merge", "--quiet", "--no-edit", "alpha"]) {
        bail!("{conflict:#}\n{}", archive.read("wpimg.lock")?);
    }
    for (name, version) in [("alpha", "2"), ("bravo", "1"), ("zulu", "2")] {
        let locked = locked_version(&archive, name)?;
        ensure!(locked == version, "{name} is locked to {locked}");
    }
    archive
        .command_with("build", &after)?
        .arg("--locked")
        .env("WPIMG_SNAPSHOT", before.snapshot_url())
        .run()?
        .digest()?;
    Ok(())
}

fn git(archive: &PrivateArchive, words: &[&str]) -> Result<()> {
    Requirement::Git.check()?;
    let mut command: Command = Requirement::Git.command();
    command
        .current_dir(archive.path())
        // Nothing of the tester's own configuration.
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .args([
            "-c",
            "user.name=tester",
            "-c",
            "user.email=tester@site.example",
        ])
        .args(words);
    output(&mut command)?;
    Ok(())
}
