//! What a load balancer, ECS and a person ask a container: `/healthz`, `/readyz`, `healthcheck` and `status`.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::{Database, WEB_PORT};

const INIT: &str = "/usr/bin/wpimg-init";

fn start() -> Result<Container> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .start()?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    Ok(web)
}

/// What this command says when it fails, which it must.
fn failure<const N: usize>(web: &Container, command: [&str; N]) -> Result<String> {
    match web.exec(command) {
        Ok(text) => anyhow::bail!("it did not fail: {text}"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

#[test]
fn a_healthy_container_says_so_in_every_way() -> Result<()> {
    let web = start()?;
    ensure!(
        web.exec([INIT, "healthcheck"])?.is_empty(),
        "it is not silent"
    );
    web.exec([INIT, "healthcheck", "--ready"])?;
    let table = web.exec([INIT, "status"])?;
    for line in ["ready, up ", "php-fpm  ", "nginx  ", "settings  "] {
        let found = table
            .lines()
            .any(|other| other.starts_with(line.trim_end()));
        ensure!(found, "no line begins with `{line}`: {table}");
    }
    let [access_log, _] = web.whole_logs()?;
    ensure!(
        !access_log.contains("readyz"),
        "health checks are logged: {access_log}"
    );
    Ok(())
}

#[test]
fn where_nothing_is_served_both_commands_exit_with_1() -> Result<()> {
    let idle = Launch::of(Image::Mariadb.tag()?)
        .tmpfs("/var/lib/mysql:uid=999,gid=999")
        .start()?;
    let status = failure(&idle, [INIT, "status"])?;
    ensure!(status.contains("nothing is served here"), "{status}");
    let healthcheck = failure(&idle, [INIT, "healthcheck"])?;
    ensure!(
        healthcheck.contains("nginx at port 8080: cannot connect"),
        "{healthcheck}"
    );
    Ok(())
}

#[test]
fn a_php_fpm_that_hangs_is_found_by_both_probes() -> Result<()> {
    let web = start()?;
    let workers = "for stat in /proc/[0-9]*/stat; do read -r pid comm rest <$stat || continue; \
         case $comm in '(php-fpm'*) kill -STOP $pid;; esac; done 2>/dev/null; true";
    web.shell(workers)?;
    let client = web.client(WEB_PORT)?;
    let ready = client.get("/readyz")?;
    ensure!(
        ready.status == 503 && ready.text() == "php-fpm does not answer\n",
        "/readyz answers {}: {}",
        ready.status,
        ready.text()
    );
    ensure!(
        client.get("/healthz")?.status == 200,
        "nginx itself is well"
    );
    let reason = failure(&web, [INIT, "healthcheck"])?;
    ensure!(
        reason.contains("php-fpm.sock`: no answer in time"),
        "{reason}"
    );
    web.shell(&workers.replace("-STOP", "-CONT"))?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    Ok(())
}

#[test]
fn while_draining_both_pages_fail_and_visitors_are_served() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_STOP_TIMEOUT", "600")
        .env("WPIMG_DRAIN_DELAY", "500")
        .file("/var/www/html/probe.php", "<?php echo 'php answers';")
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/readyz")?;
    web.signal("TERM")?;
    for path in ["/healthz", "/readyz"] {
        poll::until_true(&format!("{path} fails"), || {
            Ok(client.get(path)?.status == 503)
        })?;
    }
    ensure!(client.get("/readyz")?.text() == "draining\n");
    ensure!(client.get("/probe.php")?.text() == "php answers");
    let reason = failure(&web, [INIT, "healthcheck", "--ready"])?;
    ensure!(
        reason.contains("`/readyz` answers 503") && reason.contains("draining"),
        "{reason}"
    );
    ensure!(web.exec([INIT, "status"])?.starts_with("draining, up "));

    // A second signal: nobody waits for the rest of the delay.
    web.signal("TERM")?;
    let ended = web.wait()?;
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_container_that_does_not_serve_yet_stops_without_a_drain_delay() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_STOP_TIMEOUT", "600")
        .env("WPIMG_DRAIN_DELAY", "500")
        .file(
            "/etc/wpimg/services.toml",
            "[[service]]\nname = \"late\"\ncommand = [\"/bin/sh\", \"-c\", \"kill -STOP $$\"]\nessential = true\n\
             readiness = { tcp = 1 }\nstart-timeout = \"1h\"\nstop-signal = \"CONT\"\n",
        )
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let ready = client.get("/readyz")?;
    ensure!(
        ready.status == 503 && ready.text() == "starting\n",
        "{}",
        ready.text()
    );
    let ended = web.stop(300)?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 0 && !logs.contains("health checks fail from now on"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_stop_that_had_to_cut_a_request_ends_with_124() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_STOP_TIMEOUT", "2")
        .tmpfs("/run/wpimg-e2e:mode=1777")
        .file(
            "/var/www/html/endless.php",
            "<?php touch('/run/wpimg-e2e/begun'); for (;;) { usleep(10000); }",
        )
        .start()?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    let question = wpimg_e2e::load::Question::ask(web.direct_address(WEB_PORT)?, "/endless.php")?;
    poll::until_true("it is being answered", || {
        Ok(web.shell("[ -e /run/wpimg-e2e/begun ] && echo yes; true")? == "yes")
    })?;
    let ended = web.stop(60)?;
    ensure!(
        ended.exit_code == 124,
        "the container ended with {}",
        ended.exit_code
    );
    drop(question);
    Ok(())
}

#[test]
fn readyz_and_healthcheck_ask_the_database_where_they_are_told_to() -> Result<()> {
    let database = Database::start()?;
    let web = database
        .wordpress("site")?
        .env("WPIMG_READY_DATABASE", "1")
        .start()?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    web.exec([INIT, "healthcheck", "--database"])?;

    let stranger = database
        .wordpress_without_password("stranger")?
        .env("WORDPRESS_DB_PASSWORD", "wrong")
        .env("WPIMG_READY_DATABASE", "1")
        // It would wait for a password that opens the database, and end.
        .env("WPIMG_DATABASE_WAIT", "0")
        .start()?;
    let client = stranger.wait_for_http(WEB_PORT, "/healthz")?;
    poll::until_true("its database refuses it", || {
        let ready = client.get("/readyz")?;
        Ok(ready.status == 503 && ready.text() == "the database refuses with error 1045\n")
    })?;
    let reason = failure(&stranger, [INIT, "healthcheck", "--database"])?;
    ensure!(reason.contains("error 1045"), "{reason}");
    Ok(())
}
