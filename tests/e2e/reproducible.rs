//! Everything that must not change the digest: place, cache, core count, user, day.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use anyhow::{Result, ensure};
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::layout::Layout;
use wpimg_e2e::private_archive::{PrivateArchive, incompressible};
use wpimg_e2e::wpimg::{Wpimg, binary};
use wpimg_e2e::wrap::{as_another_user, forty_days_later, on_one_core};

#[test]
fn another_user_with_one_core_and_an_empty_cache_elsewhere_gets_the_same_image() -> Result<()> {
    let known = Layout::build(&[])?;

    let place = tempfile::tempdir()?;
    fs::set_permissions(place.path(), Permissions::from_mode(0o777))?;
    // The target directory may lie where the other user cannot look.
    let program = place.path().join("wpimg");
    fs::copy(binary()?, &program)?;
    let build = Wpimg::build()?
        .program(&program)
        .current_dir(place.path())
        .env("HOME", place.path())
        .env("TZ", "Pacific/Auckland")
        .env("LC_ALL", "tr_TR.UTF-8")
        .option("--cache-dir", place.path().join("cache"));
    let run = build.run_as(as_another_user(&on_one_core(&build.command()?)?)?)?;
    ensure!(
        run.digest()? == known.digest,
        "the digest was {}\n{run}",
        known.digest
    );
    let written = fs::read(place.path().join("wpimg.oci/index.json"))?;
    ensure!(
        String::from_utf8_lossy(&written).contains(&known.digest),
        "the layout's index does not name the digest"
    );
    Ok(())
}

#[test]
fn the_same_packages_give_the_same_image_on_another_day() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(&incompressible(3_000_000)).build())?;
    let today = archive.build_from(&mirror)?.run()?;
    let build = archive
        .build_from(&mirror)?
        .option("--cache-dir", archive.path().join("another-cache"))
        .option("--output", archive.path().join("another.oci"));
    let later = build.run_as(forty_days_later(&build.command()?)?)?;
    ensure!(today.digest()? == later.digest()?, "{today}\n{later}");

    // The clock was really another: what expires in the meantime is refused.
    let expiring = archive
        .suite_with(b"hello")
        .valid_until(wpimg_e2e::private_archive::now() + 3600);
    let mirror = ArchiveServer::serve(expiring.build())?;
    let build = archive.build_from(&mirror)?;
    build
        .run_as(forty_days_later(&build.command()?)?)?
        .expect_refusal(1, &["expired 39 days"])
}

#[test]
fn the_order_of_the_recipe_and_its_comments_do_not_change_the_image() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let suite = archive.suite_with(b"hello").package(
        wpimg_debian::testing::FakePackage::new("second", "1").file("usr/share/second", 0o644, "2"),
    );
    let mirror = ArchiveServer::serve(suite.build())?;
    archive.write_recipe("packages = [\"greeting\", \"second\"]")?;
    let first = archive.build_from(&mirror)?.run()?;
    archive
        .write_recipe("# the other way round\npackages = [\n  \"second\",\n  \"greeting\",\n]")?;
    let second = archive
        .build_from(&mirror)?
        .option("--cache-dir", archive.path().join("another-cache"))
        .run()?;
    ensure!(first.digest()? == second.digest()?, "{first}\n{second}");
    Ok(())
}
