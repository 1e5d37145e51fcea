//! `docker stop` while requests are being answered.

use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::load::Load;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

/// More than php-fpm has workers, so that some requests still wait for one when the stop begins.
const REQUESTS: usize = 12;
const WORKERS: &str = "4";

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
    let client = web.wait_for_http(WEB_PORT, "/count.php")?;

    let base = client.url("");
    let requests: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let client_base = base.clone();
            thread::spawn(move || Client::new(&client_base).get("/slow.php"))
        })
        .collect();
    poll::until_true("requests are being answered", || {
        Ok(web
            .shell("set -- /run/wpimg-e2e/*; echo $#")?
            .parse::<usize>()?
            >= 4)
    })?;

    // 30 seconds is what ECS grants before it kills.
    let ended = web.stop(30)?;
    for request in requests {
        let answer = request
            .join()
            .map_err(|_| anyhow!("a client panicked"))?
            .context("a request in flight was lost")?;
        ensure!(
            answer.status == 200,
            "a request in flight was answered with {}",
            answer.status
        );
        ensure!(
            answer.text() == "done",
            "a request in flight was answered `{}`",
            answer.text()
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
fn no_accepted_connection_is_lost_on_docker_stop() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file(
            "/var/www/html/quick.php",
            "<?php usleep(5000); echo 'done';",
        )
        .start()?;
    web.wait_for_http(WEB_PORT, "/quick.php")?;

    let load = Load::start(web.direct_address(WEB_PORT)?, "/quick.php", "done");
    poll::until_true("the load is being answered", || Ok(load.answered() > 200))?;
    let ended = web.stop(30)?;
    let report = load.finish()?;
    ensure!(
        report.lost.is_empty(),
        "{} of {} connections were accepted and not answered: {:#?}",
        report.lost.len(),
        report.answered,
        report.lost
    );
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn an_idle_container_stops_in_order_and_without_being_killed() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .start()?;
    web.wait_for_http(WEB_PORT, "/healthz")?;
    // One second is far less than the budget: it ends because nothing is left, not because time is up.
    let ended = web.stop(1)?;
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}
