//! Services that die, and `wpimg-init` in front of other commands.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

const PROBE: &str = "/var/www/html/probe.php";

fn start() -> Result<Container> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file(PROBE, "<?php echo 'php answers';")
        .start()?;
    web.wait_for_http(WEB_PORT, "/probe.php")?;
    Ok(web)
}

#[test]
fn a_killed_php_fpm_master_is_replaced_and_its_workers_go_with_it() -> Result<()> {
    let web = start()?;
    let before = web.service_pid("php-fpm")?;
    web.kill_service("php-fpm")?;
    poll::until_true("another php-fpm runs", || {
        Ok(web.service_pid("php-fpm")? != before)
    })?;
    web.wait_for_http(WEB_PORT, "/probe.php")?;
    one_is_left(&web, "php-fpm")
}

/// Workers of a killed master would have become children of PID 1.
fn one_is_left(web: &Container, service: &str) -> Result<()> {
    let script = format!(
        "for stat in /proc/[0-9]*/stat; do read -r pid comm state parent rest <$stat || continue; \
         case $comm in '({service}'*) [ $parent = 1 ] && echo $pid;; esac; done 2>/dev/null; true"
    );
    poll::until_true(&format!("one {service} is left"), || {
        Ok(web.shell(&script)?.lines().count() == 1)
    })
}

#[test]
fn a_killed_nginx_master_is_replaced() -> Result<()> {
    let web = start()?;
    let before = web.service_pid("nginx")?;
    web.kill_service("nginx")?;
    poll::until_true("another nginx runs", || {
        Ok(web.service_pid("nginx")? != before)
    })?;
    web.wait_for_http(WEB_PORT, "/probe.php")?;
    one_is_left(&web, "nginx")
}

#[test]
fn the_container_ends_with_the_services_code_when_php_fpm_cannot_be_kept_alive() -> Result<()> {
    let web = start()?;
    let ended = poll::until("wpimg-init gives php-fpm up", || {
        // The service is missing between two starts, and the container goes away under the last attempt.
        let _ = web.kill_service("php-fpm");
        ensure!(!web.is_running()?, "the container is still running");
        web.wait()
    })?;
    ensure!(
        ended.exit_code == 128 + 9,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_configuration_that_is_refused_is_told_once_and_ends_the_container_with_78() -> Result<()> {
    for (file, reason) in [
        ("/etc/wpimg/nginx/main.conf", "unknown directive"),
        ("/etc/wpimg/php-fpm.conf", "FPM initialization failed"),
    ] {
        let web = Launch::of(Image::Wordpress.tag()?)
            .file(file, "this is not a configuration;[")
            .start()?;
        let ended = web.wait()?;
        ensure!(
            ended.exit_code == 78,
            "the container ended with {}",
            ended.exit_code
        );
        let logs = web.logs()?;
        ensure!(
            logs.matches(reason).count() == 1 && !logs.contains("starting it again"),
            "`{reason}` is not in the log once: {logs}"
        );
    }
    Ok(())
}

#[test]
fn every_orphan_is_reaped() -> Result<()> {
    let web = start()?;
    // Each inner shell outlives its parent or dies unreaped by it; either way PID 1 inherits it.
    web.shell("i=0; while [ $i -lt 50 ]; do (sh -c : & exec sh -c :) ; i=$((i+1)); done")?;
    let zombies = "for stat in /proc/[0-9]*/stat; do read -r pid comm state rest <$stat || continue; \
         [ $state = Z ] && echo $pid $comm; done 2>/dev/null; true";
    poll::until_true("no zombie is left", || Ok(web.shell(zombies)?.is_empty()))
}

#[test]
fn a_wrong_setting_is_named_and_ends_the_container_with_78() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .env("WPIMG_UPLOAD_LIMIT", "a lot")
        .start()?;
    let ended = web.wait()?;
    ensure!(
        ended.exit_code == 78,
        "the container ended with {}",
        ended.exit_code
    );
    let logs = web.logs()?;
    ensure!(
        logs.contains("WPIMG_UPLOAD_LIMIT"),
        "the log does not name the variable: {logs}"
    );
    Ok(())
}

#[test]
fn as_a_plain_init_it_ends_as_its_command_does() -> Result<()> {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 128 + 15)] {
        let ended = Launch::of(Image::Wordpress.tag()?)
            .command(["--", "/bin/sh", "-c", script])
            .start()?
            .wait()?;
        ensure!(
            ended.exit_code == code,
            "`{script}` ended with {}",
            ended.exit_code
        );
    }
    let missing = Launch::of(Image::Wordpress.tag()?)
        .command(["--", "/no/such/command"])
        .start()?;
    ensure!(
        missing.wait()?.exit_code == 127,
        "a missing command did not end with 127"
    );
    Ok(())
}

#[test]
fn as_a_plain_init_it_forwards_the_stop_signal() -> Result<()> {
    let database = Launch::of(Image::Mariadb.tag()?)
        .tmpfs("/var/lib/mysql:uid=999,gid=999")
        .publish(3306)
        .start()?;
    database.wait_for_greeting(3306)?;
    let ended = database.stop(30)?;
    ensure!(
        ended.exit_code == 0,
        "the database ended with {}",
        ended.exit_code
    );
    let logs = database.logs()?;
    ensure!(
        logs.contains("Shutdown complete"),
        "the database did not shut down in order: {logs}"
    );
    Ok(())
}

#[test]
fn it_serves_and_stops_also_where_it_is_not_pid_1() -> Result<()> {
    for change in [Launch::init, Launch::host_processes] {
        let web = change(
            Launch::of(Image::Wordpress.tag()?)
                .publish(WEB_PORT)
                .file(PROBE, "<?php echo 'php answers';"),
        )
        .start()?;
        web.wait_for_http(WEB_PORT, "/probe.php")?;
        web.wait_for_http(WEB_PORT, "/readyz")?;
        web.exec(["/usr/bin/wpimg-init", "status"])?;
        let ended = web.stop(30)?;
        let logs = web.logs()?;
        ensure!(
            ended.exit_code == 0 && logs.contains("stopped after"),
            "the container ended with {}: {logs}",
            ended.exit_code
        );
    }
    Ok(())
}
