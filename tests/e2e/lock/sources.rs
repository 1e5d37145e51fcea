//! Where a locked build takes its files from: the mirror, the archive of old versions, a vendored directory; and what it
//! says of a file that is not what it was.

use std::fs;

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::content::plugin;
use wpimg_e2e::private_archive::{PACKAGE, PrivateArchive};
use wpimg_e2e::wrap::without_network;

use super::{FAILURE, USAGE, release};

#[test]
fn a_locked_version_that_left_the_mirror_comes_from_the_snapshot_archive() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let before = ArchiveServer::serve(release(&archive, 2, &[(PACKAGE, "1.0-1")]))?;
    archive
        .command_with("lock", &before)?
        .run()?
        .expect_success()?;
    let known = archive.command_with("build", &before)?.run()?;

    let after = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "2.0-1")]))?;
    let build = || {
        let build = archive.command_with("build", &after)?.arg("--locked");
        let empty = archive.path().join("another-cache");
        Ok::<_, anyhow::Error>(build.option("--cache-dir", empty))
    };
    build()?
        .env("WPIMG_SNAPSHOT", after.snapshot_url())
        .run()?
        .expect_refusal(FAILURE, &["greeting_1.0-1_amd64.deb", "does not exist"])?;
    let run = build()?
        .env("WPIMG_SNAPSHOT", before.snapshot_url())
        .run()?;
    ensure!(run.digest()? == known.digest()?, "{known}\n{run}");
    let asked = before.requests();
    ensure!(
        asked
            .iter()
            .any(|path| path.starts_with("/snapshot/debian/")
                && path.ends_with("Z/pool/main/greeting_1.0-1_amd64.deb")),
        "the snapshot archive was not asked: {asked:?}"
    );
    Ok(())
}

#[test]
fn a_vendored_build_needs_neither_network_nor_cache() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mut files = release(&archive, 1, &[(PACKAGE, "1.0-1")]);
    files.insert("shop.zip".to_owned(), plugin("shop", "1.0").zip()?);
    let server = ArchiveServer::serve(files)?;
    archive.write_recipe(&format!(
        "packages = [\"{PACKAGE}\"]\n[[plugin]]\nurl = \"{}\"",
        server.url_of("shop.zip")
    ))?;
    archive
        .command_with("lock", &server)?
        .run()?
        .expect_success()?;
    let known = archive.command_with("build", &server)?.run()?;
    let vendor = archive.path().join("vendor");
    archive
        .command_with("vendor", &server)?
        .arg(&vendor)
        .run()?
        .expect_success()?;
    drop(server);

    let build = |cache: &str| {
        let build = archive.command("build")?.option("--vendor", &vendor);
        Ok::<_, anyhow::Error>(build.option("--cache-dir", archive.path().join(cache)))
    };
    let alone = build("another-cache")?;
    let run = alone.run_as(without_network(&alone.command()?)?)?;
    ensure!(run.digest()? == known.digest()?, "{known}\n{run}");

    // What is missing or wrong there is named.
    let package = vendor.join("packages/greeting_1.0-1_amd64.deb");
    let right = fs::read(&package).context("the package was not vendored under its name")?;
    fs::write(&package, [&right[..right.len() - 1], b"?"].concat())?;
    build("a-third-cache")?
        .run()?
        .expect_refusal(FAILURE, &["greeting_1.0-1_amd64.deb", "digest"])?;
    fs::remove_file(&package)?;
    build("a-third-cache")?
        .run()?
        .expect_refusal(FAILURE, &["greeting_1.0-1_amd64.deb"])
}

#[test]
fn vendoring_keeps_a_directory_in_step_and_touches_no_other() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let before = ArchiveServer::serve(release(&archive, 2, &[(PACKAGE, "1.0-1")]))?;
    let vendor =
        |server: &ArchiveServer| archive.command_with("vendor", server)?.arg("vendor").run();
    archive
        .command_with("lock", &before)?
        .run()?
        .expect_success()?;
    vendor(&before)?.expect_success()?;
    let after = ArchiveServer::serve(release(&archive, 1, &[(PACKAGE, "2.0-1")]))?;
    archive
        .command_with("update", &after)?
        .run()?
        .expect_success()?;
    vendor(&after)?.expect_success()?;
    let packages = archive.path().join("vendor/packages");
    let left: Vec<_> = fs::read_dir(packages)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    ensure!(left == ["greeting_2.0-1_amd64.deb"], "{left:?} is vendored");

    archive.write("precious/file", "keep me")?;
    archive
        .command_with("vendor", &after)?
        .arg("precious")
        .run()?
        .expect_refusal(USAGE, &["precious", "not written by `wpimg vendor`"])
}

#[test]
fn a_replaced_file_is_refused_with_its_plugin_both_digests_and_the_remedy() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mut files = release(&archive, 1, &[(PACKAGE, "1.0-1")]);
    let right = plugin("shop", "1.0").zip()?;
    files.insert("shop.zip".to_owned(), right.clone());
    let server = ArchiveServer::serve(files)?;
    archive.write_recipe(&format!(
        "packages = [\"{PACKAGE}\"]\n[[plugin]]\nurl = \"{}\"",
        server.url_of("shop.zip")
    ))?;
    archive
        .command_with("lock", &server)?
        .run()?
        .expect_success()?;

    let mut other = right.clone();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    server.replace("shop.zip", other.clone());
    let run = archive
        .command_with("build", &server)?
        .arg("--locked")
        .option("--cache-dir", archive.path().join("another-cache"))
        .run()?;
    let remedy = "wpimg update ";
    run.expect_refusal(
        FAILURE,
        &["plugin `shop", &sha256(&right), &sha256(&other), remedy],
    )?;

    // The remedy works as it stands there.
    let (_, name) = run.stderr.split_once(remedy).context("no remedy")?;
    let name = name.split('`').next().unwrap_or_default();
    server.replace("shop.zip", plugin("shop", "1.1").zip()?);
    let run = archive.command_with("update", &server)?.arg(name).run()?;
    ensure!(run.expect_success()?.stdout.contains("shop"), "{run}");
    archive
        .command_with("build", &server)?
        .arg("--locked")
        .run()?
        .digest()?;
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
