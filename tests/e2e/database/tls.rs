//! TLS to the database: what is verified, and what is refused.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::certificates::Authority;
use wpimg_e2e::docker::{Launch, Network};
use wpimg_e2e::site::{Database, WEB_PORT};
use wpimg_e2e::wpimg::workspace;

use super::{installing, wait_until_ready};

/// Where the tests put the authority's certificate.
const CA: &str = "/etc/database-ca.pem";

/// A database that talks to nobody without TLS.
fn start(authority: &Authority) -> Result<Database> {
    let server = authority.certify("database")?;
    let settings = workspace().join("tests/images/mariadb/mariadb.cnf");
    let settings = fs::read_to_string(settings)?
        + "ssl-cert = /etc/mysql/server.pem\nssl-key = /etc/mysql/server.key\n\
           require-secure-transport = on\n";
    Database::start_in(Network::create()?, |launch| {
        launch
            .file("/etc/mysql/mariadb.cnf", &settings)
            .file("/etc/mysql/server.pem", &server.certificate)
            .file("/etc/mysql/server.key", &server.key)
    })
}

fn trusting(launch: Launch, authority: &Authority) -> Result<Launch> {
    let launch = launch.env("WPIMG_DATABASE_CA_FILE", CA);
    Ok(launch.file(CA, &authority.certificate()?))
}

fn check_refused(launch: Launch, reason: &str) -> Result<()> {
    let site = launch.env("WPIMG_DATABASE_WAIT", "1").start()?;
    let ended = site.wait()?;
    let logs = site.logs()?;
    ensure!(
        ended.exit_code == 75 && logs.contains(reason),
        "the container ended with {} instead of `{reason}`: {logs}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_database_is_believed_when_the_given_authority_says_so() -> Result<()> {
    let authority = Authority::new()?;
    let database = start(&authority)?;
    let site = trusting(installing(database.wordpress("site")?), &authority)?.start()?;
    wait_until_ready(&site)?;
    let client = site.client(WEB_PORT)?.header("Host", "shop.example");
    let front = client.get("/")?;
    ensure!(front.status == 200, "the site answers {}", front.status);
    Ok(())
}

#[test]
fn another_authority_another_name_and_no_tls_are_refused() -> Result<()> {
    let authority = Authority::new()?;
    let database = start(&authority)?;
    let site = || database.wordpress("site");
    let verify = "certificate verify failed";
    check_refused(trusting(site()?, &Authority::new()?)?, verify)?;
    // That of the system has not signed it either.
    check_refused(site()?.env("WPIMG_DATABASE_TLS", "verify"), verify)?;
    let address = database.address()?.to_string();
    check_refused(
        trusting(site()?.env("WORDPRESS_DB_HOST", &address), &authority)?,
        "did not match expected name",
    )?;
    // What it says to that differs between its versions.
    check_refused(site()?, "the database at database cannot be used")
}
