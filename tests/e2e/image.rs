//! The built image in the eyes of tools that did not build it.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::{
    docker::Launch,
    elf::{self, Machine},
    image::{Image, shared_cache},
    layout::{Layout, inspect, output},
    requirement::Requirement,
    wpimg::Wpimg,
    wrap::is_root,
};

const INIT: &str = "/usr/bin/wpimg-init";

#[test]
fn skopeo_accepts_the_layout_and_the_archive_and_agrees_on_the_digest() -> Result<()> {
    let layout = Layout::build(&[])?;
    let inspected = layout.inspect(&[])?;
    ensure!(
        inspected["Os"] == "linux" && inspected["Architecture"] == "amd64",
        "{inspected}"
    );
    ensure!(
        inspected["Digest"] == layout.digest.as_str(),
        "{} is not {inspected}",
        layout.digest
    );

    let directory = tempfile::tempdir()?;
    let archive = directory.path().join("image.tar");
    let run = Wpimg::build()?
        .option("--cache-dir", shared_cache()?)
        .option("--output", &archive)
        .run()?;
    ensure!(
        run.digest()? == layout.digest,
        "the archive's digest is another\n{run}"
    );
    let inspected = inspect(&[], &format!("oci-archive:{}", archive.display()))?;
    ensure!(
        inspected["Digest"] == layout.digest.as_str(),
        "{} is not {inspected}",
        layout.digest
    );
    Ok(())
}

#[test]
fn skopeo_sees_the_configuration_of_the_recipe() -> Result<()> {
    let layout = Layout::build(&[])?;
    let config = layout.inspect(&["--config"])?;
    let config = &config["config"];
    ensure!(config["Entrypoint"][0] == INIT, "{config}");
    ensure!(config["ExposedPorts"]["8080/tcp"].is_object(), "{config}");
    ensure!(config["StopSignal"] == "SIGTERM", "{config}");
    Ok(())
}

#[test]
fn every_elf_file_finds_its_libraries_and_dpkg_finds_its_files() -> Result<()> {
    // umoci learned zstd later than Debian 12 has it; what is in the layers does not depend on their compression.
    let layout = Layout::build(&["--compression", "gzip", "--tag", "shop:6.8"])?;
    let root = layout.unpack_tagged("6.8")?;
    expect_complete(&root, Machine::X86_64)?;
    expect_no_foreign_owner_to_write(&root)?;
    expect_dpkg_to_be_content(&root)
}

#[test]
fn one_build_serves_two_platforms_without_emulation() -> Result<()> {
    let layout = Layout::build(&[
        "--compression",
        "none",
        "--platform",
        "linux/amd64,linux/arm64",
    ])?;
    let index: Value = serde_json::from_slice(&layout.blob(&layout.digest)?)?;
    for (place, architecture) in ["amd64", "arm64"].into_iter().enumerate() {
        let platform = &index["manifests"][place]["platform"];
        ensure!(
            platform["os"] == "linux" && platform["architecture"] == architecture,
            "{index}"
        );
        let config = layout.inspect(&["--override-arch", architecture, "--config"])?;
        ensure!(config["architecture"] == architecture, "{config}");
    }

    let root = layout.unpack("arm64")?;
    expect_complete(&root, Machine::Aarch64)?;
    // No audit: it would ask for arm64 to be known to this machine's dpkg.
    expect_dpkg_to_verify(&root)
}

/// Every ELF file is for this machine and finds its libraries; PID 1 needs none.
fn expect_complete(root: &Path, machine: Machine) -> Result<()> {
    let survey = elf::survey(root)?;
    ensure!(
        survey.missing.is_empty(),
        "libraries are missing: {:#?}",
        survey.missing
    );
    let foreign = survey.machines.iter().find(|(_, is)| **is != machine);
    ensure!(foreign.is_none(), "{foreign:?} is not for {machine:?}");
    // nginx, php-fpm, their modules and libraries: fewer would mean that the survey looked elsewhere.
    ensure!(
        survey.machines.len() > 50 && survey.needed > 100,
        "the survey saw too little: {survey:?}"
    );
    ensure!(
        survey.machines.contains_key(Path::new(INIT)),
        "`{INIT}` is no ELF file"
    );
    ensure!(
        !survey.interpreted.contains(Path::new(INIT)),
        "`{INIT}` is not static"
    );
    ensure!(
        survey.interpreted.contains(Path::new("/usr/sbin/nginx")),
        "nginx is static, or the survey does not see interpreters"
    );
    Ok(())
}

fn dpkg(root: &Path, arguments: &[&str]) -> Result<String> {
    Requirement::Dpkg.check()?;
    let mut dpkg = Requirement::Dpkg.command();
    output(dpkg.arg("--root").arg(root).args(arguments))
}

fn expect_dpkg_to_be_content(root: &Path) -> Result<()> {
    let complaints = dpkg(root, &["--audit"])?;
    ensure!(complaints.is_empty(), "dpkg --audit says:\n{complaints}");
    let installed = dpkg(root, &["--get-selections"])?;
    for package in ["nginx", "php8.4-fpm", "wordpress", "libc6"] {
        ensure!(
            installed.lines().any(|line| {
                line.split([':', '\t', ' ']).next() == Some(package) && line.ends_with("install")
            }),
            "dpkg does not know `{package}`:\n{installed}"
        );
    }
    expect_dpkg_to_verify(root)
}

fn expect_dpkg_to_verify(root: &Path) -> Result<()> {
    let complaints = dpkg(root, &["--verify"])?;
    ensure!(complaints.is_empty(), "dpkg --verify says:\n{complaints}");

    // A verification that says nothing about a changed file would prove nothing about the others.
    let version = "var/www/html/wp-includes/version.php";
    fs::write(root.join(version), "<?php // changed").with_context(|| version.to_owned())?;
    let complaints = dpkg(root, &["--verify", "wordpress"])?;
    ensure!(
        complaints.contains(version),
        "dpkg --verify does not see that `{version}` was changed: `{complaints}`"
    );
    Ok(())
}

/// WordPress core is read-only for the user that runs it.
fn expect_no_foreign_owner_to_write(root: &Path) -> Result<()> {
    for path in [
        "var/www/html/index.php",
        "var/www/html/wp-includes/version.php",
    ] {
        let metadata = fs::metadata(root.join(path)).with_context(|| path.to_owned())?;
        ensure!(metadata.mode() & 0o022 == 0, "others may write `{path}`");
        if is_root()? {
            ensure!(
                metadata.uid() == 0,
                "`{path}` belongs to {}",
                metadata.uid()
            );
        }
    }
    Ok(())
}

#[test]
fn every_image_carries_an_init_that_names_its_version() -> Result<()> {
    for image in [Image::Wordpress, Image::Mariadb, Image::LoadBalancer] {
        let container = Launch::of(image.tag()?).command(["--version"]).start()?;
        let ended = container.wait()?;
        ensure!(
            ended.exit_code == 0,
            "{image:?}: --version ended with {}",
            ended.exit_code
        );
        ensure!(
            container.logs()?.contains("wpimg-init"),
            "{image:?}: {}",
            container.logs()?
        );
    }
    Ok(())
}
