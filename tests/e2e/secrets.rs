//! Values from Secrets Manager and Parameter Store, and passwords that change while visitors come.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::load::Load;
use wpimg_e2e::ministack::Ministack;
use wpimg_e2e::poll;
use wpimg_e2e::site::{DATABASE_PASSWORD, Database, install};
use wpimg_e2e::vault::Vault;

use crate::configuration::open_pool;

const MASTER: &str = "a master secret of at least 32 bytes";
const EXIT_CODE_OF_SECRETS: i32 = 80;

/// What the settings are, and what of them is in the environment of a worker.
const SETTINGS: &str = "<?php require '/usr/share/wpimg/setting.php'; echo json_encode([ \
     wpimg_setting('WORDPRESS_DB_USER', ''), wpimg_setting('WORDPRESS_DB_PASSWORD', ''), \
     wpimg_setting('WORDPRESS_DB_HOST', ''), wpimg_setting('WORDPRESS_TABLE_PREFIX', ''), \
     strlen(wpimg_setting('WORDPRESS_AUTH_KEY', '')), \
     getenv('WPIMG_SECRET'), getenv('WORDPRESS_TABLE_PREFIX'), getenv('PATH') !== false]);";

/// Reads one setting, works for a moment, reads another.
const PAIR: &str = "<?php require '/usr/share/wpimg/setting.php'; \
     $user = wpimg_setting('WORDPRESS_DB_USER', ''); usleep(30000); \
     echo $user === wpimg_setting('WORDPRESS_DB_PASSWORD', '') ? 'same' : 'mixed';";

/// Connects as WordPress does, and says so in the agreed way when the password is refused.
const VISIT: &str = "<?php require '/usr/share/wpimg/setting.php'; mysqli_report(MYSQLI_REPORT_OFF); \
     list($host, $port) = explode(':', wpimg_setting('WORDPRESS_DB_HOST', '')); \
     $db = mysqli_init(); \
     if (@$db->real_connect($host, 'wordpress', wpimg_setting('WORDPRESS_DB_PASSWORD', ''), 'wordpress', (int) $port)) { \
       if (isset($_GET['set'])) { $db->query(\"SET PASSWORD = PASSWORD('new')\"); } \
       echo 'connected'; \
     } else { touch('/run/wpimg/tmp/database-denied'); http_response_code(500); echo $db->connect_error; }";

fn host_address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Waits until the page answers 200.
fn client(container: &Container, port: u16, page: &str) -> Result<Client> {
    let client = Client::new(&format!("http://127.0.0.1:{port}"));
    poll::until(page, || {
        if !container.is_running()? {
            return Ok(());
        }
        let status = client.get(page)?.status;
        ensure!(status == 200, "it answers {status}");
        Ok(())
    })?;
    ensure!(container.is_running()?, "{}", container.logs()?);
    Ok(client)
}

#[test]
fn values_from_both_services_reach_wordpress_and_stay_out_of_the_environment() -> Result<()> {
    let (database, aws) = (Database::start()?, Ministack::start()?);
    let vault = Vault::of(&aws);
    let address = database.published_address()?;
    let (host, port) = address.split_once(':').unwrap_or((&address, ""));
    let written_by_rds = json!({
        "engine": "mariadb", "username": "wordpress", "password": DATABASE_PASSWORD, "dbname": "wordpress",
        "host": host, "port": port.parse::<u16>()?,
    });
    vault.keep("shop/database", &written_by_rds.to_string())?;
    let salts = vault.keep("shop/salts", &json!({"master": MASTER}).to_string())?;
    vault.keep_parameter("/shop/prefix", "shop_")?;
    let (launch, port) = vault.instead_of_aws(Launch::of(Image::Wordpress.tag()?))?;
    let web = launch
        .env("WPIMG_SECRET", "shop/database")
        .env("WPIMG_SALT_MASTER", &format!("{salts}:master::"))
        .env("WORDPRESS_TABLE_PREFIX", "ssm:/shop/prefix")
        .file("/var/www/html/settings.php", SETTINGS)
        .file("/etc/wpimg/php-fpm.conf", &open_pool()?)
        .start()?;
    let client = client(&web, port, "/settings.php")?;
    let said = client.get("/settings.php")?.text();
    let expected = json!([
        "wordpress",
        DATABASE_PASSWORD,
        address,
        "shop_",
        64,
        false,
        false,
        true
    ]);
    ensure!(
        serde_json::from_str::<Value>(&said).is_ok_and(|said| said == expected),
        "WordPress was configured with {said} instead of {expected}"
    );
    install(&client)?;
    Ok(())
}

#[test]
fn what_is_missing_is_named_with_its_variables_and_ends_the_container_with_79() -> Result<()> {
    let aws = Ministack::start()?;
    let vault = Vault::of(&aws);
    let arn = vault.keep("shop", &json!({"password": "x"}).to_string())?;
    let (launch, _) = vault.instead_of_aws(Launch::of(Image::Wordpress.tag()?))?;
    let web = launch
        .env("WORDPRESS_DB_PASSWORD", &format!("{arn}:pass"))
        .env("WORDPRESS_DB_USER", "ssm:/shop/user")
        .env("WPIMG_SECRET", "shop/nowhere")
        .start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == EXIT_CODE_OF_SECRETS,
        "{}",
        ended.exit_code
    );
    for said in [
        "for `WORDPRESS_DB_PASSWORD`: it has no key `pass`; its keys are `password`",
        "parameter `/shop/user` for `WORDPRESS_DB_USER`: there is no such parameter",
        "secret `shop/nowhere` for `WPIMG_SECRET`: there is no such secret",
    ] {
        ensure!(logs.contains(said), "the log does not say `{said}`: {logs}");
    }
    Ok(())
}

#[test]
fn a_password_that_is_rotated_under_load_is_fetched_as_soon_as_the_database_refuses_the_old_one()
-> Result<()> {
    let (database, aws) = (Database::start()?, Ministack::start()?);
    let vault = Vault::of(&aws);
    let arn = vault.keep("shop", DATABASE_PASSWORD)?;
    let (launch, port) = vault.instead_of_aws(Launch::of(Image::Wordpress.tag()?))?;
    let web = launch
        .env("WORDPRESS_DB_HOST", &database.published_address()?)
        // Another user would be refused for ever, and end the container after a minute.
        .env("WORDPRESS_DB_USER", "wordpress")
        .env("WORDPRESS_DB_PASSWORD", &arn)
        // The schedule would come too late for this test.
        .env("WPIMG_SECRETS_REFRESH", "0")
        .file("/var/www/html/visit.php", VISIT)
        .start()?;
    let client = client(&web, port, "/visit.php")?;
    let load = Load::start(host_address(port), "/visit.php", "connected");
    poll::until_true("visitors come", || Ok(load.answered() > 100))?;

    vault.change("shop", "new")?;
    client.get("/visit.php?set")?;
    web.wait_for_log("settings changed: WORDPRESS_DB_PASSWORD")?;
    let before = load.answered();
    poll::until_true("visitors come again", || Ok(load.answered() > before + 100))?;
    let report = load.finish()?;
    ensure!(
        report.lost.iter().all(|lost| lost.contains("500")),
        "requests were lost in another way than by the password: {:#?}",
        report.lost
    );
    let restarted = web.logs()?.contains("restart");
    ensure!(!restarted, "something was restarted: {}", web.logs()?);
    Ok(())
}

#[test]
fn no_request_sees_half_of_a_change_and_a_failed_fetch_changes_nothing() -> Result<()> {
    let aws = Ministack::start()?;
    let vault = Vault::of(&aws);
    let both = |text: &str| {
        let both = json!({"WORDPRESS_DB_USER": text, "WORDPRESS_DB_PASSWORD": text});
        both.to_string()
    };
    vault.keep("shop", &both("0"))?;
    let (launch, port) = vault.instead_of_aws(Launch::of(Image::Wordpress.tag()?))?;
    let web = launch
        .env("WPIMG_SECRET", "shop")
        .file("/var/www/html/pair.php", PAIR)
        .file("/var/www/html/settings.php", SETTINGS)
        .start()?;
    let client = client(&web, port, "/pair.php")?;
    let load = Load::start(host_address(port), "/pair.php", "same");
    for number in 1..=5 {
        vault.change("shop", &both(&number.to_string()))?;
        web.shell("kill -HUP 1")?;
        poll::until_true("the change counts", || {
            let said = client.get("/settings.php")?.text();
            Ok(said.starts_with(&format!("[\"{number}\"")))
        })?;
    }
    let report = load.finish()?;
    ensure!(report.lost.is_empty(), "{:#?}", report.lost);

    vault.delete("shop")?;
    web.shell("kill -HUP 1")?;
    web.wait_for_log("nothing was reloaded, the old settings still count")?;
    ensure!(client.get("/pair.php")?.text() == "same");
    ensure!(client.get("/settings.php")?.text().starts_with("[\"5\""));
    ensure!(web.is_running()?);
    Ok(())
}
