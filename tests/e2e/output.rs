//! What a build writes: to standard output, to the disk, and into the Docker Engine.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::archive_server::ArchiveServer;
use wpimg_e2e::image::shared_cache;
use wpimg_e2e::layout::Layout;
use wpimg_e2e::private_archive::PrivateArchive;
use wpimg_e2e::wpimg::Wpimg;

/// The exit code for what is wrong outside the command: network, disk, package, daemon.
const FAILURE: i32 = 1;

#[test]
fn the_json_result_agrees_with_the_manifest() -> Result<()> {
    let layout = Layout::build(&["--format", "json", "--tag", "shop:6.8"])?;
    let manifest: Value = serde_json::from_slice(&layout.blob(&layout.digest)?)?;
    let result = &layout.result;
    ensure!(result["schema"] == "wpimg/build/1", "{result}");
    ensure!(result["digest"] == layout.digest.as_str(), "{result}");
    ensure!(
        result["tags"] == serde_json::json!(["shop:6.8"]),
        "{result}"
    );
    let image = &result["images"][0];
    ensure!(image["platform"] == "linux/amd64", "{result}");

    let reported = image["layers"].as_array().context("no layers")?;
    let written = manifest["layers"].as_array().context("no layers")?;
    ensure!(
        reported.len() == written.len(),
        "{result} is not {manifest}"
    );
    for (reported, written) in reported.iter().zip(written) {
        ensure!(
            reported["digest"] == written["digest"] && reported["size"] == written["size"],
            "{reported} is not {written}"
        );
    }
    let sizes = written.iter().filter_map(|layer| layer["size"].as_u64());
    ensure!(image["compressed_size"] == sizes.sum::<u64>(), "{result}");
    Ok(())
}

#[test]
fn a_quiet_build_says_nothing_but_the_digest() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    let run = archive.build_from(&mirror)?.arg("--quiet").run()?;
    run.digest()?;
    ensure!(run.stderr.is_empty(), "{run}");
    Ok(())
}

#[test]
fn loading_without_a_daemon_names_the_socket_and_the_remedy() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    let socket = archive.path().join("no-daemon.sock");
    archive
        .build_from(&mirror)?
        .arg("--load")
        .env("DOCKER_HOST", format!("unix://{}", socket.display()))
        .run()?
        .expect_refusal(
            FAILURE,
            &[
                "no Docker daemon answers",
                &socket.to_string_lossy(),
                "No such file",
                "systemctl start docker",
            ],
        )
}

#[test]
fn a_second_build_with_nothing_changed_leaves_the_layout_alone() -> Result<()> {
    let layout = Layout::build(&[])?;
    let index = layout.path().join("index.json");
    let written = fs::metadata(&index)?.modified()?;
    let again = Wpimg::build()?
        .option("--cache-dir", shared_cache()?)
        .option("--output", layout.path())
        .run()?;
    ensure!(
        again.digest()? == layout.digest,
        "the digest changed\n{again}"
    );
    ensure!(
        fs::metadata(&index)?.modified()? == written,
        "the layout was written again\n{again}"
    );
    Ok(())
}

#[test]
fn a_directory_that_is_no_layout_is_not_overwritten() -> Result<()> {
    let archive = PrivateArchive::new()?;
    let mirror = ArchiveServer::serve(archive.suite_with(b"hello").build())?;
    let directory = tempfile::tempdir()?;
    let precious = directory.path().join("precious.txt");
    fs::write(&precious, "keep me")?;
    archive
        .build_from(&mirror)?
        .option("--output", directory.path())
        .run()?
        .expect_refusal(FAILURE, &[&directory.path().to_string_lossy()])?;
    ensure!(
        fs::read_to_string(&precious)? == "keep me",
        "the file is gone"
    );
    Ok(())
}
