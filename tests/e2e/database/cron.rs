//! What is due, in one container of all.

use std::thread;

use anyhow::{Result, anyhow, ensure};
use wpimg_e2e::docker::Container;
use wpimg_e2e::poll;
use wpimg_e2e::site::{Database, WEB_PORT};

use super::{installing, wait_until_ready, with_code};

/// Plans an event that takes long enough for others to begin it as well, and counts how often it has run.
const PLAN: &str = "<?php add_action( 'test_event', function ( $name ) { \
       add_option( uniqid( \"ran_$name-\", true ), '', '', false ); sleep( 2 ); } ); \
     add_action( 'init', function () { global $wpdb; \
       if ( isset( $_GET['plan'] ) ) { \
         wp_schedule_single_event( time() - 1, 'test_event', array( $_GET['plan'] ) ); exit( 'planned' ); } \
       if ( isset( $_GET['count'] ) ) { \
         exit( $wpdb->get_var( \"SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'ran\\\\_%'\" ) ); } } );";

/// What WordPress plans for the first moment of a new site. All events are one value in the database: one that is planned
/// while that is being rewritten would be lost, which is WordPress's affair.
const FIRST_RUN: &str = "ran recovery_mode_clean_expired_keys";

#[test]
fn an_event_that_is_due_runs_once_however_many_containers_look() -> Result<()> {
    let database = Database::start()?;
    let mut sites = Vec::new();
    for number in 0..3 {
        let site = installing(database.wordpress(&format!("site-{number}"))?);
        sites.push(with_code(site, PLAN).start()?);
    }
    for site in &sites {
        wait_until_ready(site)?;
    }
    poll::until("one of them has had its first run", || {
        let mut logs = String::new();
        for site in &sites {
            logs += &site.logs()?;
        }
        ensure!(logs.contains(FIRST_RUN), "{logs}");
        Ok(())
    })?;
    let client = sites[0].client(WEB_PORT)?.header("Host", "shop.example");
    for number in 1..=3 {
        let planned = client.get(&format!("/?plan={number}"))?;
        ensure!(planned.text() == "planned", "{}", planned.text());
        let run = |site: &Container| site.exec(["/usr/bin/wpimg-init", "job", "cron"]).map(drop);
        thread::scope(|scope| -> Result<()> {
            let mut runs = Vec::new();
            for site in &sites {
                runs.push(scope.spawn(move || run(site)));
            }
            for run in runs {
                run.join().map_err(|_| anyhow!("a run panicked"))??;
            }
            Ok(())
        })?;
        poll::until_true("the event has run", || {
            Ok(client.get("/?count")?.text() == number.to_string())
        })?;
    }
    Ok(())
}

#[test]
fn what_is_due_runs_by_itself_and_visitors_do_not_run_it() -> Result<()> {
    let database = Database::start()?;
    let site = with_code(installing(database.wordpress("site")?), PLAN).start()?;
    wait_until_ready(&site)?;
    site.wait_for_log(FIRST_RUN)?;
    let client = site.client(WEB_PORT)?.header("Host", "shop.example");
    ensure!(client.get("/?plan=1")?.text() == "planned");
    site.wait_for_log("ran test_event")?;
    let count = client.get("/?count")?.text();
    ensure!(count == "1", "the event has run {count} times");
    Ok(())
}
