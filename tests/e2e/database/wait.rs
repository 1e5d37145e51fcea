//! A database that is not there yet, or never.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::Network;
use wpimg_e2e::image::Image;
use wpimg_e2e::site::{DATABASE_PASSWORD, Database, WEB_PORT, site_on};

use super::{installing, wait_until_ready};

#[test]
fn a_database_that_comes_late_is_waited_for() -> Result<()> {
    let network = Network::create()?;
    let site = site_on(&network, Image::Wordpress.tag()?, "site")
        .env("WORDPRESS_DB_PASSWORD", DATABASE_PASSWORD);
    let site = installing(site).start()?;
    site.wait_for_log("waiting for the database at database")?;
    // It is alive, and says so, but takes no visitors.
    let client = site.wait_for_http(WEB_PORT, "/healthz")?;
    ensure!(site.shell("test -e /run/wpimg/ready").is_err());

    let database = Database::start_in(network, |server| server)?;
    wait_until_ready(&site)?;
    let front = client.header("Host", "shop.example").get("/")?;
    ensure!(front.status == 200, "the site answers {}", front.status);
    drop(site);
    drop(database);
    Ok(())
}

#[test]
fn a_database_that_never_comes_ends_the_container_with_75() -> Result<()> {
    let network = Network::create()?;
    let site = site_on(&network, Image::Wordpress.tag()?, "site")
        .env("WPIMG_DATABASE_WAIT", "2")
        .start()?;
    let ended = site.wait()?;
    let logs = site.logs()?;
    ensure!(
        ended.exit_code == 75
            && logs.contains("the database at database cannot be used")
            && logs.contains("WPIMG_DATABASE_WAIT"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    drop(site);
    Ok(())
}
