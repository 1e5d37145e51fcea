//! The built image in the eyes of tools that did not build it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use wpimg_e2e::{
    docker::Launch,
    elf,
    image::{Image, shared_cache},
    requirement::Requirement,
    wpimg::{Wpimg, workspace},
};

/// A layout that wpimg wrote, and the digest it printed.
struct Layout {
    directory: TempDir,
    digest: String,
}

impl Layout {
    /// Builds the default recipe from the shared cache.
    fn build(arguments: &[&str]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let mut build = Wpimg::build()?
            .option("--cache-dir", shared_cache()?)
            .option("--output", directory.path().join("layout"));
        for argument in arguments {
            build = build.arg(argument);
        }
        let digest = build.run()?.digest()?.to_owned();
        Ok(Self { directory, digest })
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("layout")
    }

    /// Unpacks the image with umoci and gives the root of the tree.
    fn unpack(&self, reference: &str) -> Result<PathBuf> {
        Requirement::Umoci.check()?;
        let bundle = self.directory.path().join("bundle");
        let mut umoci = Requirement::Umoci.command();
        umoci.arg("unpack");
        if !is_root()? {
            umoci.arg("--rootless");
        }
        umoci
            .arg("--image")
            .arg(format!("{}:{reference}", self.path().display()))
            .arg(&bundle);
        output(&mut umoci)?;
        Ok(bundle.join("rootfs"))
    }
}

fn is_root() -> Result<bool> {
    Ok(output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn output(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    ensure!(
        output.status.success(),
        "{shown} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn skopeo(arguments: &[&str], source: &str) -> Result<Value> {
    Requirement::Skopeo.check()?;
    let text = output(
        Requirement::Skopeo
            .command()
            .arg("inspect")
            .args(arguments)
            .arg(source),
    )?;
    Ok(serde_json::from_str(&text)?)
}

#[test]
fn two_builds_with_nothing_in_common_give_one_digest() -> Result<()> {
    let build = || -> Result<String> {
        let cache = tempfile::tempdir()?;
        let directory = tempfile::tempdir()?;
        let run = Wpimg::build()?
            .current_dir(directory.path())
            .option("--cache-dir", cache.path())
            .run()?;
        Ok(run.digest()?.to_owned())
    };
    let (first, second) = (build()?, build()?);
    ensure!(first == second, "the digests are {first} and {second}");
    Ok(())
}

#[test]
fn skopeo_accepts_the_layout_and_the_archive_and_agrees_on_the_digest() -> Result<()> {
    let layout = Layout::build(&[])?;
    let inspected = skopeo(&[], &format!("oci:{}", layout.path().display()))?;
    ensure!(
        inspected["Os"] == "linux" && inspected["Architecture"] == "amd64",
        "{inspected}"
    );
    ensure!(
        inspected["Digest"] == layout.digest.as_str(),
        "{} is not {inspected}",
        layout.digest
    );

    let archive = layout.directory.path().join("image.tar");
    let run = Wpimg::build()?
        .option("--cache-dir", shared_cache()?)
        .option("--output", &archive)
        .run()?;
    ensure!(
        run.digest()? == layout.digest,
        "the archive's digest is another\n{run}"
    );
    let inspected = skopeo(&[], &format!("oci-archive:{}", archive.display()))?;
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
    let config = skopeo(&["--config"], &format!("oci:{}", layout.path().display()))?;
    let config = &config["config"];
    ensure!(config["Entrypoint"][0] == "/usr/bin/wpimg-init", "{config}");
    ensure!(config["ExposedPorts"]["8080/tcp"].is_object(), "{config}");
    ensure!(config["StopSignal"] == "SIGTERM", "{config}");
    Ok(())
}

#[test]
fn one_build_serves_two_platforms_without_emulation() -> Result<()> {
    let layout = Layout::build(&["--platform", "linux/amd64,linux/arm64"])?;
    let source = format!("oci:{}", layout.path().display());
    for architecture in ["amd64", "arm64"] {
        let config = skopeo(&["--override-arch", architecture, "--config"], &source)?;
        ensure!(config["architecture"] == architecture, "{config}");
    }
    Ok(())
}

#[test]
fn every_elf_file_finds_its_libraries_and_dpkg_finds_its_files() -> Result<()> {
    // umoci learned zstd later than Debian 12 has it; what is in the layers does not depend on their compression.
    let layout = Layout::build(&["--compression", "gzip", "--tag", "test"])?;
    let root = layout.unpack("test")?;

    let survey = elf::survey(&root)?;
    ensure!(
        survey.missing.is_empty(),
        "libraries are missing: {:#?}",
        survey.missing
    );
    // nginx, php-fpm, their modules and libraries: fewer would mean that the survey looked elsewhere.
    ensure!(
        survey.files > 50 && survey.needed > 100,
        "the survey saw too little: {survey:?}"
    );

    expect_dpkg_to_be_content(&root)?;
    expect_no_foreign_owner_to_write(&root)
}

fn expect_dpkg_to_be_content(root: &Path) -> Result<()> {
    Requirement::Dpkg.check()?;
    let dpkg = |argument: &str| {
        output(
            Requirement::Dpkg
                .command()
                .arg("--root")
                .arg(root)
                .arg(argument),
        )
    };
    let complaints = dpkg("--verify")?;
    ensure!(complaints.is_empty(), "dpkg --verify says:\n{complaints}");
    let complaints = dpkg("--audit")?;
    ensure!(complaints.is_empty(), "dpkg --audit says:\n{complaints}");
    let installed = dpkg("--get-selections")?;
    for package in ["nginx", "php8.4-fpm", "wordpress", "libc6"] {
        ensure!(
            installed.lines().any(|line| {
                line.split([':', '\t', ' ']).next() == Some(package) && line.ends_with("install")
            }),
            "dpkg does not know `{package}`:\n{installed}"
        );
    }
    Ok(())
}

/// WordPress core is read-only for the user that runs it.
fn expect_no_foreign_owner_to_write(root: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
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
    let directory = tempfile::tempdir()?;
    let precious = directory.path().join("precious.txt");
    fs::write(&precious, "keep me")?;
    let run = Wpimg::build()?
        .current_dir(workspace())
        .option("--cache-dir", shared_cache()?)
        .option("--output", directory.path())
        .run()?;
    ensure!(!run.status.success(), "the directory was accepted\n{run}");
    ensure!(
        run.stderr.contains(&*directory.path().to_string_lossy()),
        "{run}"
    );
    ensure!(
        fs::read_to_string(&precious)? == "keep me",
        "the file is gone"
    );
    Ok(())
}
