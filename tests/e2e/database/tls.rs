//! TLS to the database: what is verified, and what is refused.

use std::fs;

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};
use wpimg_e2e::certificates::Authority;
use wpimg_e2e::docker::{Launch, Network};
use wpimg_e2e::site::{Database, WEB_PORT};
use wpimg_e2e::wpimg::workspace;

use super::{installing, wait_until_ready};

/// AWS's `global-bundle.pem` in the image, and the digest that others pinned for AWS's address of it.
const RDS_AUTHORITIES: &str = "/usr/share/wpimg/rds-global-bundle.pem";
const RDS_AUTHORITIES_SHA256: &str =
    "05c6b4a9bf4daa95c888711481e19cc8e2e11aed4de8db759f51f4a6fce64917";

/// Where the tests put the authority's certificate.
const CA: &str = "/etc/database-ca.pem";

/// As RDS names a database; on the test's network it is ours.
const RDS_HOST: &str = "shop.c0ffee.eu-central-1.rds.amazonaws.com";

/// A database that talks to nobody without TLS.
fn start(authority: &Authority) -> Result<Database> {
    start_as("database", authority)
}

/// The same under another name besides.
fn start_as(name: &str, authority: &Authority) -> Result<Database> {
    let server = authority.certify(name)?;
    let settings = workspace().join("tests/images/mariadb/mariadb.cnf");
    let settings = fs::read_to_string(settings)?
        + "ssl-cert = /etc/mysql/server.pem\nssl-key = /etc/mysql/server.key\n\
           require-secure-transport = on\n";
    Database::start_in(Network::create()?, |launch| {
        launch
            .alias(name)
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

#[test]
fn a_database_of_rds_is_verified_against_the_authorities_of_aws() -> Result<()> {
    let authority = Authority::new()?;
    let database = start_as(RDS_HOST, &authority)?;
    let site = || {
        Ok::<_, anyhow::Error>(
            database
                .wordpress("site")?
                .env("WORDPRESS_DB_HOST", RDS_HOST),
        )
    };
    // Nobody asked for TLS: the name is enough, and an authority of ours is none of AWS's.
    check_refused(site()?, "certificate verify failed")?;
    // Where ours stands in the place of AWS's, the same connection is made: that file is the one that counts.
    let site = installing(site()?)
        .file(RDS_AUTHORITIES, &authority.certificate()?)
        .start()?;
    wait_until_ready(&site)?;
    Ok(())
}

#[test]
fn the_authorities_of_aws_are_as_aws_publishes_them() -> Result<()> {
    let file = fs::read(
        workspace()
            .join("docker/rootfs")
            .join(&RDS_AUTHORITIES[1..]),
    )?;
    let digest: String = Sha256::digest(&file)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ensure!(digest == RDS_AUTHORITIES_SHA256, "its digest is {digest}");
    Ok(())
}
