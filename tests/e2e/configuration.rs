//! The variables of the official WordPress image, and secrets that come as files.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::image::Image;
use wpimg_e2e::site::{DATABASE_PASSWORD, Database, WEB_PORT, install};
use wpimg_e2e::wpimg::workspace;

const SECRET_FILE: &str = "/etc/database-password";

const PASSWORD: &str = "it's \"secret\" \\ $HOME";

/// Prints what wp-config.php makes of the variables; an empty `wp-settings.php` keeps WordPress itself, which would
/// ask the database, out of it.
const PROBE: &str = "<?php define('ABSPATH', '/etc/wpimg/'); require __DIR__ . '/wp-config.php'; \
     echo json_encode([DB_HOST, DB_PASSWORD, DB_CHARSET, $table_prefix, WP_DEBUG, FROM_EXTRA, \
     getenv('WORDPRESS_DB_PASSWORD'), getenv('PATH') !== false]);";

/// The image's own pool, except that its workers see all that php-fpm was started with.
pub(crate) fn open_pool() -> Result<String> {
    let pool = fs::read_to_string(workspace().join("docker/rootfs/etc/wpimg/php-fpm.conf"))?;
    let open = pool.replace("clear_env = yes", "clear_env = no");
    ensure!(
        open != pool,
        "the pool does not clear the environment of its workers"
    );
    Ok(open)
}

#[test]
fn a_password_from_a_file_opens_the_database() -> Result<()> {
    let database = Database::start()?;
    let web = database
        .wordpress_without_password("site")?
        .env("WORDPRESS_DB_PASSWORD_FILE", SECRET_FILE)
        .file(SECRET_FILE, &format!("{DATABASE_PASSWORD}\n"))
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    install(&client)
}

#[test]
fn a_secret_file_that_is_missing_is_named_and_ends_the_container_with_78() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .env("WORDPRESS_DB_PASSWORD_FILE", "/no/such/secret")
        .start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 78
            && logs.contains("WORDPRESS_DB_PASSWORD_FILE")
            && logs.contains("/no/such/secret"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn the_official_images_variables_reach_wordpress_and_the_password_stays_out_of_the_environment()
-> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WORDPRESS_DB_HOST", "db.example:3307")
        .env("WORDPRESS_DB_PASSWORD", PASSWORD)
        .env("WORDPRESS_DB_CHARSET", "utf8")
        .env("WORDPRESS_TABLE_PREFIX", "shop_")
        .env("WORDPRESS_DEBUG", "1")
        .env("WORDPRESS_CONFIG_EXTRA", "define('FROM_EXTRA', 'yes');")
        .file("/var/www/html/probe.php", PROBE)
        .file("/etc/wpimg/php-fpm.conf", &open_pool()?)
        .file("/etc/wpimg/wp-settings.php", "")
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let said = client.get("/probe.php")?.text();
    let expected = json!([
        "db.example:3307",
        PASSWORD,
        "utf8",
        "shop_",
        true,
        "yes",
        false,
        true
    ]);
    ensure!(
        serde_json::from_str::<Value>(&said).is_ok_and(|said| said == expected),
        "WordPress was configured with {said} instead of {expected}"
    );
    Ok(())
}
