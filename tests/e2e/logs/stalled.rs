//! A log that nobody reads costs lines, never requests.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::image::Image;
use wpimg_e2e::site::WEB_PORT;

/// Lines of [`SCRIPT`] in three requests, and one per request in the access log, which goes the same way here.
const WRITTEN: usize = 3 * (3000 + 1);

/// The reader of the container's output stops before it has read anything, and waits to be continued.
const RUN: &str = "wpimg-init 2>&1 | sh -c 'echo $$ >/tmp/reader; kill -STOP $$; \
     while read -r line; do echo \"$line\"; done'";

/// Three megabytes, of which the pipe and the queue keep less than half of one.
const SCRIPT: &str =
    "<?php for ($i = 0; $i < 3000; $i++) { error_log(str_repeat('x', 1000)); } echo 'written';";

#[test]
fn a_stalled_reader_stops_no_request_and_the_lost_lines_are_counted() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .entrypoint("/bin/sh")
        .command(["-c", RUN])
        .file("/var/www/html/babble.php", SCRIPT)
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    for _ in 0..3 {
        let answer = client.get("/babble.php")?;
        ensure!(answer.text() == "written", "{}", answer.text());
    }
    ensure!(web.logs()?.is_empty(), "somebody has read the log");

    web.shell("read -r pid </tmp/reader; kill -CONT $pid")?;
    web.wait_for_log("log lines because std")?;
    let [log, _] = web.whole_logs()?;
    let dropped = log.lines().find_map(|line| {
        let (_, rest) = line.split_once("wpimg-init: dropped ")?;
        rest.split(' ').next()?.parse::<usize>().ok()
    });
    let kept = log
        .lines()
        .filter(|line| line.starts_with("php-fpm: xxx") || line.contains("/babble.php"))
        .count();
    ensure!(
        dropped.is_some_and(|dropped| dropped + kept == WRITTEN),
        "{kept} lines were kept and {dropped:?} dropped"
    );
    ensure!(
        log.lines()
            .filter(|line| line.contains("xxx"))
            .all(|line| line.len() == "php-fpm: ".len() + 1000),
        "a line was torn"
    );
    Ok(())
}
