//! A password that changes while the site is being visited.

use anyhow::{Result, ensure};
use wpimg_e2e::load::Load;
use wpimg_e2e::poll;
use wpimg_e2e::site::{DATABASE_PASSWORD, Database, WEB_PORT};

use super::{installing, wait_until_ready};

const SECRET: &str = "/etc/database-password";

/// Changes the password of the account in the database, and nowhere else.
const CHANGE: &str = "<?php require __DIR__ . '/wp-load.php'; \
     var_dump( $GLOBALS['wpdb']->query( \"SET PASSWORD = PASSWORD('changed')\" ) );";

#[test]
fn no_visitor_notices_that_the_password_is_changed_before_we_know_it() -> Result<()> {
    let database = Database::start()?;
    let site = installing(database.wordpress_without_password("site")?)
        .env("WORDPRESS_DB_PASSWORD_FILE", SECRET)
        .file(SECRET, DATABASE_PASSWORD)
        .file("/var/www/html/change.php", CHANGE)
        .start()?;
    wait_until_ready(&site)?;
    let client = site.client(WEB_PORT)?.header("Host", "shop.example");

    let load = Load::start(
        site.direct_address(WEB_PORT)?,
        "/wp-login.php",
        "user_login",
    );
    poll::until_true("the load is being answered", || Ok(load.answered() > 20))?;
    let changed = client.get("/change.php")?;
    ensure!(changed.status == 200, "{}", changed.text());
    // The site finds the new one by itself, as soon as somebody is refused.
    site.shell(&format!("printf changed >{SECRET}"))?;
    let answered = load.answered();
    poll::until_true("the load is answered again", || {
        Ok(load.answered() > answered + 20)
    })?;
    let report = load.finish()?;
    ensure!(report.lost.is_empty() && report.refused == 0, "{report:#?}");
    Ok(())
}
