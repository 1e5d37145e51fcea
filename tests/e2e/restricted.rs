//! Containers that may do less than usual, and volumes that others have used before.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::{Launch, Volume};
use wpimg_e2e::image::Image;
use wpimg_e2e::site::{Site, WEB_PORT, install, log_in};

const UPLOADS: &str = "/var/www/html/wp-content/uploads";
const WWW_DATA: &str = "33";

#[test]
fn a_read_only_root_serves() -> Result<()> {
    let site = Site::start_with(|launch| launch.read_only().tmpfs("/run").tmpfs("/tmp"))?;
    let client = site.client()?;
    install(&client)?;
    log_in(&client)?;
    ensure!(
        client.get("/wp-admin/")?.status == 200,
        "the dashboard does not work"
    );
    Ok(())
}

#[test]
fn another_user_than_root_serves() -> Result<()> {
    let site = Site::start_with(|launch| launch.user("33:33"))?;
    let client = site.client()?;
    install(&client)?;
    log_in(&client)?;
    ensure!(
        client.get("/wp-admin/")?.status == 200,
        "the dashboard does not work"
    );
    Ok(())
}

#[test]
fn a_read_only_root_serves_as_another_user_too() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .user("33:33")
        .read_only()
        .tmpfs("/run:mode=1777")
        .tmpfs("/tmp:mode=1777")
        .start()?;
    web.wait_for_http(WEB_PORT, "/healthz")?;
    Ok(())
}

#[test]
fn a_read_only_root_without_any_capability_serves_and_stops() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .user("33:33")
        .read_only()
        .drop_capabilities()
        .start()?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    web.exec(["/usr/bin/wpimg-init", "healthcheck", "--ready"])?;
    let ended = web.stop(30)?;
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn uploads_that_belong_to_root_are_given_to_www_data() -> Result<()> {
    let uploads = Volume::create()?;
    // A volume that was first mounted where the image has nothing belongs to root, and so do files copied into it.
    Launch::of(Image::Mariadb.tag()?)
        .user("0:0")
        .volume(&uploads, "/uploads")
        .file("/uploads/old.txt", "from before")
        .command(["--", "/bin/sh", "-c", ":"])
        .start()?
        .wait()?;

    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .volume(&uploads, UPLOADS)
        .file(
            "/var/www/html/owners.php",
            "<?php $uploads = __DIR__ . '/wp-content/uploads'; \
             echo fileowner($uploads), ' ', fileowner(\"$uploads/old.txt\"), ' ', is_writable($uploads) ? 'writable' : 'closed';",
        )
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/owners.php")?;
    let owners = client.get("/owners.php")?.text();
    ensure!(
        owners == format!("{WWW_DATA} {WWW_DATA} writable"),
        "the uploads and the old file are: {owners}"
    );
    ensure!(
        client.get("/wp-content/uploads/old.txt")?.text() == "from before",
        "the old file is not served"
    );
    Ok(())
}
