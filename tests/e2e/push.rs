//! Pushing: to a registry that is open, to one with passwords, to ECR; what is there already is not sent again.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::docker::PulledImage;
use wpimg_e2e::layout;
use wpimg_e2e::ministack::{ECR_HOST, Ministack};
use wpimg_e2e::registry::{self, Registry};
use wpimg_e2e::requirement::Requirement;
use wpimg_e2e::shop::Shop;
use wpimg_e2e::wpimg::Wpimg;

/// The exit code for what is wrong outside the command: network, disk, registry.
const FAILURE: i32 = 1;
const PLATFORMS: &str = "linux/amd64,linux/arm64";

/// What skopeo finds at a reference of a registry without TLS.
fn digest_at(reference: &str, options: &[&str]) -> Result<String> {
    let arguments = [&["--tls-verify=false"], options].concat();
    let found = layout::inspect(&arguments, &format!("docker://{reference}"))?;
    Ok(found["Digest"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_pushed_image_is_the_one_that_was_built_and_a_second_push_sends_nothing() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("team/shop:1");
    let digest_file = shop.path().join("digest");
    let run = shop
        .push(&reference)?
        .option("--digest-file", &digest_file)
        .run()?;
    let digest = run.digest()?;
    ensure!(digest_at(&reference, &[])? == digest, "{run}");
    ensure!(fs::read_to_string(&digest_file)?.trim_end() == digest);

    let sent = registry.requests("/blobs/uploads/")?.len();
    ensure!(sent > 0, "the first push sent nothing");
    let again = shop.push(&reference)?.run()?;
    ensure!(again.digest()? == digest, "{again}");
    let uploads = registry.requests("/blobs/uploads/")?;
    ensure!(uploads.len() == sent, "a second push sent {uploads:?}");

    let image = PulledImage::pull(&reference)?;
    ensure!(
        image.digest()? == digest,
        "Docker pulled {}",
        image.digest()?
    );
    Ok(())
}

#[test]
fn a_changed_theme_sends_one_layer() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("shop:1");
    shop.push(&reference)?.run()?.digest()?;
    let before = layers_at(&reference)?;
    let sent = registry.sent()?.len();
    ensure!(
        sent > before.len(),
        "fewer blobs were sent than there are layers"
    );
    shop.edit_the_theme()?;
    shop.push(&reference)?.run()?.digest()?;
    let new: Vec<_> = layers_at(&reference)?
        .into_iter()
        .filter(|layer| !before.contains(layer))
        .collect();
    ensure!(new.len() == 1, "{new:?} are new");
    let sent = &registry.sent()?[sent..];
    ensure!(sent.contains(&new[0]), "the layer was not sent");
    let again: Vec<_> = sent.iter().filter(|blob| before.contains(blob)).collect();
    ensure!(again.is_empty(), "{again:?} were there already");
    Ok(())
}

/// The digests of an image's layers, as skopeo sees them.
fn layers_at(reference: &str) -> Result<Vec<String>> {
    let found = layout::inspect(&["--tls-verify=false"], &format!("docker://{reference}"))?;
    let layers = found["Layers"].as_array().into_iter().flatten();
    Ok(layers
        .filter_map(|layer| Some(layer.as_str()?.to_owned()))
        .collect())
}

#[test]
fn a_layout_is_pushed_as_it_is_with_every_platform() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("shop:2");
    let build = shop.build()?.option("--platform", PLATFORMS);
    let built = build.run()?;
    let run = Wpimg::command_called("push")?
        .arg(shop.path().join("wpimg.oci"))
        .arg(&reference)
        .run()?;
    run.expect_success()?;
    ensure!(run.stdout.contains(built.digest()?), "{built}\n{run}");
    let index = layout::inspect(
        &["--tls-verify=false", "--raw"],
        &format!("docker://{reference}"),
    )?;
    let platforms: Vec<_> = index["manifests"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|manifest| manifest["platform"]["architecture"].as_str())
        .collect();
    ensure!(platforms == ["amd64", "arm64"], "{index}");
    for architecture in ["amd64", "arm64"] {
        let options = ["--tls-verify=false", "--override-arch", architecture];
        let found = layout::inspect(&options, &format!("docker://{reference}"))?;
        ensure!(found["Architecture"] == architecture, "{found}");
    }
    Ok(())
}

#[test]
fn a_copy_between_repositories_of_one_registry_sends_no_blob() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let (staging, live) = (
        registry.reference("staging:1"),
        registry.reference("live:1"),
    );
    let built = shop.push(&staging)?.option("--platform", PLATFORMS).run()?;
    let before = registry.blobs()?;
    let run = Wpimg::command_called("copy")?
        .arg(&staging)
        .arg(&live)
        .run()?;
    run.expect_success()?;
    ensure!(run.stdout.contains(built.digest()?), "{built}\n{run}");
    ensure!(registry.blobs()? == before, "the copy is another image");
    for method in ["PUT", "PATCH"] {
        let sent = registry.requests(&format!("{method} /v2/live/blobs/uploads/"))?;
        ensure!(sent.is_empty(), "blobs were sent: {sent:?}");
    }
    ensure!(
        digest_at(&live, &["--override-arch", "arm64"])?
            == digest_at(&staging, &["--override-arch", "arm64"])?
    );

    // To another registry the bytes have to travel.
    let other = Registry::start()?;
    let far = other.reference("live:1");
    Wpimg::command_called("copy")?
        .arg(&staging)
        .arg(&far)
        .run()?
        .expect_success()?;
    for architecture in ["amd64", "arm64"] {
        let options = ["--override-arch", architecture];
        ensure!(digest_at(&far, &options)? == digest_at(&staging, &options)?);
    }
    // Skopeo fetches every blob of both platforms.
    let mut everything = Requirement::Skopeo.command();
    everything
        .args(["copy", "--quiet", "--all", "--src-tls-verify=false"])
        .arg(format!("docker://{far}"))
        .arg(format!("dir:{}", shop.path().join("all").display()));
    layout::output(&mut everything)?;
    Ok(())
}

#[test]
fn a_registry_with_passwords_is_entered_with_those_of_dockers_configuration() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::with_password()?);
    let reference = registry.reference("shop:1");
    let push = |password: Option<&str>| {
        let configuration = shop.path().join("docker");
        fs::create_dir_all(&configuration)?;
        if let Some(password) = password {
            registry::log_in(&configuration, registry.host(), password)?;
        }
        let push = shop.push(&reference)?;
        push.env("DOCKER_CONFIG", configuration).run()
    };
    push(None)?.expect_refusal(FAILURE, &[registry.host(), "docker login"])?;
    let wrong = push(Some("hocus pocus"))?;
    wrong.expect_refusal(FAILURE, &[registry.host()])?;
    ensure!(!wrong.stderr.contains("hocus"), "{wrong}");
    ensure!(registry.blobs()?.is_empty(), "something was pushed");

    let run = push(Some(registry::PASSWORD))?;
    let configuration = shop.path().join("docker");
    let image = PulledImage::pull_as(&configuration, &reference)?;
    ensure!(image.digest()? == run.digest()?, "{run}");
    Ok(())
}

#[test]
fn a_registry_that_is_gone_is_named_and_the_image_stays_on_the_disk() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("shop:1");
    let host = registry.host().to_owned();
    drop(registry);
    shop.push(&reference)?
        .run()?
        .expect_refusal(FAILURE, &[&host])?;
    ensure!(shop.path().join("wpimg.oci/index.json").exists());
    Ok(())
}

#[test]
fn ecr_gets_the_repository_when_asked_and_the_image() -> Result<()> {
    let (shop, aws) = (Shop::new()?, Ministack::start()?);
    let reference = format!("{ECR_HOST}/team/shop:1");
    let push = || Ok::<_, anyhow::Error>(aws.instead_of_aws(shop.push(&reference)?));
    push()?.run()?.expect_refusal(
        FAILURE,
        &["team/shop", "does not exist", "create-repository"],
    )?;
    let run = push()?.arg("--create-repository").run()?;
    let digest = run.digest()?;
    let image = PulledImage::pull(&format!("{}/team/shop:1", aws.host()))?;
    ensure!(image.digest()? == digest, "{run}");
    // Tags of a repository that wpimg made do not move, and the same image is no move.
    let again = push()?.arg("--create-repository").run()?;
    ensure!(again.digest()? == digest, "{again}");
    shop.edit_the_theme()?;
    push()?.run()?.expect_refusal(FAILURE, &["team/shop", "1"])
}
