//! Mirrors that are wrong: each is refused with exit code 1 and a message of its own, and nothing of it is kept.

use anyhow::{Result, ensure};
use wpimg_debian::deb::ScriptKind;
use wpimg_debian::testing::{FakeArchive, FakeKey};
use wpimg_e2e::archive_server::{ArchiveServer, Fault};
use wpimg_e2e::private_archive::{PACKAGE, PrivateArchive, SUITE, now, package};

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;
const USAGE: i32 = 2;
const HOUR: i64 = 3600;
const DEB: &str = "pool/main/greeting_1.0-1_amd64.deb";

#[test]
fn a_sound_archive_of_ones_own_makes_an_image() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    archive.build_from(&mirror)?.run()?.digest()?;
    Ok(())
}

#[test]
fn a_release_signed_by_a_stranger_is_refused_with_the_strangers_key() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let key = FakeKey::generate(now() - 2 * HOUR);
    let stranger = FakeArchive::with_key(SUITE, now() - HOUR, key).package(package(b"hello"));
    let mirror = ArchiveServer::serve(stranger.build())?;
    archive.build_from(&mirror)?.run()?.expect_refusal(
        FAILURE,
        &[
            "InRelease",
            SUITE,
            "no valid signature",
            "made by key",
            "not in the keyring",
            "WPIMG_KEYRING",
        ],
    )
}

#[test]
fn a_release_that_was_changed_after_signing_is_refused() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let files = archive.suite_with(b"hello").build();
    let mirror = ArchiveServer::serve_with(files, "InRelease", Fault::Tamper)?;
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(FAILURE, &["InRelease", SUITE, "no valid signature"])
}

#[test]
fn debians_keys_do_not_vouch_for_another_archive() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    // An empty variable counts as not set, so the keys in the program decide.
    archive
        .build_from(&mirror)?
        .env("WPIMG_KEYRING", "")
        .run()?
        .expect_refusal(FAILURE, &["InRelease", "no valid signature"])
}

#[test]
fn an_expired_release_is_refused_with_its_age() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let expired = archive
        .suite_with(b"hello")
        .valid_until(now() - HOUR / 2 * 5);
    let mirror = ArchiveServer::serve(expired.build())?;
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(FAILURE, &[SUITE, "expired 2 hours", "another mirror"])
}

#[test]
fn a_release_that_is_valid_for_another_hour_is_accepted() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let valid = archive.suite_with(b"hello").valid_until(now() + HOUR);
    let mirror = ArchiveServer::serve(valid.build())?;
    archive.build_from(&mirror)?.run()?.digest()?;
    Ok(())
}

#[test]
fn a_tampered_index_is_refused_and_not_kept() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let files = archive.suite_with(b"hello").build();
    let mirror = ArchiveServer::serve_with(files.clone(), "binary-amd64", Fault::Tamper)?;
    archive.build_from(&mirror)?.run()?.expect_refusal(
        FAILURE,
        &["binary-amd64", "not the signed", "another mirror"],
    )?;
    expect_recovery(&archive, &ArchiveServer::serve(files)?)
}

#[test]
fn a_tampered_package_is_refused_and_not_kept() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let files = archive.suite_with(b"hello").build();
    let mirror = ArchiveServer::serve_with(files.clone(), ".deb", Fault::Tamper)?;
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(FAILURE, &[DEB, "not the signed", "another mirror"])?;
    expect_recovery(&archive, &ArchiveServer::serve(files)?)
}

#[test]
fn a_download_that_always_breaks_off_is_given_up_with_how_far_it_came() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let files = archive.suite_with(b"hello").build();
    let size = files[DEB].len();
    let mirror = ArchiveServer::serve_with(files.clone(), ".deb", Fault::Truncate)?;
    archive.build_from(&mirror)?.run()?.expect_refusal(
        FAILURE,
        &[
            DEB,
            "attempts",
            &format!("ended after {} of {size} bytes", size / 2),
        ],
    )?;
    ensure!(
        mirror.faults_made() > 1,
        "wpimg asked {} times only",
        mirror.faults_made()
    );
    expect_recovery(&archive, &ArchiveServer::serve(files)?)
}

#[test]
fn a_download_that_breaks_off_once_is_tried_again() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let files = archive.suite_with(b"hello").build();
    let mirror = ArchiveServer::serve_with(files, ".deb", Fault::TruncateOnce)?;
    archive.build_from(&mirror)?.run()?.digest()?;
    ensure!(mirror.faults_made() == 2, "{}", mirror.faults_made());
    Ok(())
}

/// The cache of a failed build and a mirror that is sound make the image that a fresh cache makes.
fn expect_recovery(archive: &PrivateArchive, sound: &ArchiveServer) -> Result<()> {
    let after_failure = archive.build_from(sound)?.run()?;
    let fresh = archive
        .build_from(sound)?
        .option("--cache-dir", archive.path().join("fresh-cache"))
        .run()?;
    ensure!(
        after_failure.digest()? == fresh.digest()?,
        "the failed build left its traces\n{after_failure}\n{fresh}"
    );
    Ok(())
}

#[test]
fn an_unknown_package_is_named_with_the_nearest_right_one() -> Result<()> {
    let archive = PrivateArchive::new()?;
    archive.write_recipe("packages = [\"greetings\"]")?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(USAGE, &["`greetings`", &format!("`{PACKAGE}`")])
}

#[test]
fn a_dependency_that_nobody_has_is_explained() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let needy = archive
        .suite()
        .package(package(b"hello").depends("libvoice (>= 2)"));
    let mirror = ArchiveServer::serve(needy.build())?;
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(FAILURE, &[PACKAGE, "libvoice"])
}

#[test]
fn a_script_that_nobody_reviewed_is_refused_with_how_to_allow_it() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let scripted = archive
        .suite()
        .package(package(b"hello").script(ScriptKind::Postinst, "#!/bin/sh\ntouch /etc/greeted\n"));
    let mirror = ArchiveServer::serve(scripted.build())?;
    archive.build_from(&mirror)?.run()?.expect_refusal(
        FAILURE,
        &[
            &format!("`{PACKAGE}`"),
            "postinst",
            &format!("allow-scripts = [\"{PACKAGE}\"]"),
        ],
    )?;

    archive.write_recipe(&format!(
        "packages = [\"{PACKAGE}\"]\nallow-scripts = [\"{PACKAGE}\"]"
    ))?;
    archive.build_from(&mirror)?.run()?.digest()?;
    Ok(())
}

#[test]
fn a_page_instead_of_a_release_is_refused() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mut files = archive.suite_with(b"hello").build();
    let page = b"<html><body>Please log in to the hotel's network</body></html>".to_vec();
    files.insert(format!("dists/{SUITE}/InRelease"), page);
    let mirror = ArchiveServer::serve(files)?;
    archive.build_from(&mirror)?.run()?.expect_refusal(
        FAILURE,
        &["InRelease", "not part of one signed message", "browser"],
    )
}

#[test]
fn a_mirror_without_the_suite_is_refused_by_the_address_it_lacks() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(wpimg_e2e::archive_server::Files::new())?;
    let address = format!("{}/dists/{SUITE}/InRelease", mirror.url());
    archive
        .build_from(&mirror)?
        .run()?
        .expect_refusal(FAILURE, &[&address, "does not exist"])
}
