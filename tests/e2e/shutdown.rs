//! `docker stop` while requests are being answered.

use anyhow::{Context, Result, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::image::Image;
use wpimg_e2e::load::{Load, Question};
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

/// More than php-fpm has workers, so that some requests still wait for one when the stop begins.
const REQUESTS: usize = 12;
const WORKERS: &str = "4";

/// A connection that is lost once in so many stops is lost on somebody every day.
const STOPS: usize = 50;

/// Works for a second and a half, and leaves a mark when it begins. It does not sleep in one piece because QUIT cuts
/// a sleep short.
const SLOW: &str = "<?php touch('/run/wpimg-e2e/' . getmypid() . '-' . uniqid()); \
     $end = microtime(true) + 1.5; while (microtime(true) < $end) { usleep(20000); } echo 'done';";
const COUNT: &str = "<?php echo count(glob('/run/wpimg-e2e/*'));";

#[test]
fn no_request_is_lost_on_docker_stop() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_PHP_WORKERS", WORKERS)
        .tmpfs("/run/wpimg-e2e:mode=1777")
        .file("/var/www/html/slow.php", SLOW)
        .file("/var/www/html/count.php", COUNT)
        .start()?;
    web.wait_for_http(WEB_PORT, "/count.php")?;

    // All of them are connected and have asked before the stop begins; four are being worked on.
    let address = web.direct_address(WEB_PORT)?;
    let questions = (0..REQUESTS)
        .map(|_| Question::ask(address, "/slow.php"))
        .collect::<Result<Vec<_>, _>>()?;
    poll::until_true("requests are being answered", || {
        Ok(web
            .shell("set -- /run/wpimg-e2e/*; echo $#")?
            .parse::<usize>()?
            >= 4)
    })?;

    // 30 seconds is what ECS grants before it kills.
    let ended = web.stop(30)?;
    for question in questions {
        let answer = question.answer().context("a request in flight was lost")?;
        ensure!(
            answer.starts_with("HTTP/1.1 200") && answer.contains("done"),
            "a request in flight was answered `{answer}`"
        );
    }
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn fifty_stops_under_load_lose_no_accepted_connection() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file(
            "/var/www/html/quick.php",
            "<?php usleep(5000); echo 'done';",
        )
        .create()?;
    for stop in 1..=STOPS {
        web.start()?;
        web.wait_for_http(WEB_PORT, "/quick.php")?;
        let load = Load::start(web.direct_address(WEB_PORT)?, "/quick.php", "done");
        poll::until_true("the load is being answered", || Ok(load.answered() > 100))?;
        let ended = web.stop(30)?;
        let report = load.finish()?;
        ensure!(
            report.lost.is_empty(),
            "stop {stop}: {} of {} connections were accepted and not answered: {:#?}",
            report.lost.len(),
            report.answered,
            report.lost
        );
        ensure!(
            ended.exit_code == 0,
            "stop {stop}: the container ended with {}",
            ended.exit_code
        );
    }
    Ok(())
}

#[test]
fn an_idle_container_stops_by_itself_long_before_its_budget_ends() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .start()?;
    web.wait_for_http(WEB_PORT, "/healthz")?;
    let ended = web.stop(30)?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 0
            && logs.contains("wpimg-init: stopped after")
            && !logs.contains("in a hurry"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}
