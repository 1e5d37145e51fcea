//! Many containers, one installation and one upgrade.

use anyhow::{Result, ensure};
use serde_json::Value;
use wpimg_e2e::docker::Container;
use wpimg_e2e::site::{Database, WEB_PORT};

use super::{installing, wait_until_ready};

/// Makes the tables look like those of an older WordPress, or says how old they are.
const AGE: &str = "<?php require __DIR__ . '/wp-load.php'; \
     if ( isset( $_GET['make'] ) ) { update_option( 'db_version', $_GET['make'] ); } \
     echo get_option( 'db_version' ), ' ', $GLOBALS['wp_db_version'];";

fn count(containers: &[Container], text: &str) -> Result<usize> {
    let mut count = 0;
    for container in containers {
        count += container.logs()?.matches(text).count();
    }
    Ok(count)
}

#[test]
fn ten_containers_that_start_on_one_empty_database_make_one_site() -> Result<()> {
    let database = Database::start()?;
    let mut sites = Vec::new();
    for number in 0..10 {
        let site = database.wordpress(&format!("site-{number}"))?;
        sites.push(installing(site).env("WPIMG_PHP_WORKERS", "2").start()?);
    }
    for site in &sites {
        wait_until_ready(site)?;
    }
    let installed = count(&sites, "installed WordPress for http://shop.example")?;
    ensure!(installed == 1, "{installed} containers have installed it");

    for site in &sites {
        let client = site.client(WEB_PORT)?.header("Host", "shop.example");
        let front = client.get("/")?;
        ensure!(
            front.status == 200 && front.text().contains("One shop"),
            "the front page answers {}: {}",
            front.status,
            front.text()
        );
        for (path, expected) in [
            ("/wp-json/wp/v2/posts", "Hello world!"),
            ("/wp-json/wp/v2/pages", "Sample Page"),
            ("/wp-json/wp/v2/comments", ""),
            ("/wp-json/wp/v2/users", ""),
        ] {
            let list: Vec<Value> = serde_json::from_slice(&client.get(path)?.body)?;
            ensure!(list.len() == 1, "`{path}` has {}: {list:?}", list.len());
            let title = list[0]["title"]["rendered"].as_str().unwrap_or_default();
            ensure!(title == expected, "`{path}` has `{title}`");
        }
    }
    Ok(())
}

#[test]
fn old_tables_are_brought_up_to_date_once() -> Result<()> {
    let database = Database::start()?;
    let first = installing(database.wordpress("first")?)
        .file("/var/www/html/age.php", AGE)
        .start()?;
    wait_until_ready(&first)?;
    let client = first.client(WEB_PORT)?.header("Host", "shop.example");
    ensure!(
        client
            .get("/age.php?make=58975")?
            .text()
            .starts_with("58975 ")
    );

    let mut sites = Vec::new();
    for number in 0..3 {
        sites.push(database.wordpress(&format!("site-{number}"))?.start()?);
    }
    for site in &sites {
        wait_until_ready(site)?;
    }
    let upgraded = count(&sites, "brought the tables from version 58975 to")?;
    ensure!(upgraded == 1, "{upgraded} containers have upgraded them");
    let age = client.get("/age.php")?.text();
    let is_new = age.split_once(' ').is_some_and(|(is, wants)| is == wants);
    ensure!(is_new, "the tables are of version {age}");
    Ok(())
}
