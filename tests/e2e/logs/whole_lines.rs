//! Lines stay whole, whoever else writes at the same time.

use std::{collections::BTreeMap, thread};

use anyhow::{Result, anyhow, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

/// More than PIPE_BUF (4096), up to which the kernel alone would keep writes whole.
const LENGTH: usize = 9000;
const LINES: usize = 5;
const WRITERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[test]
fn long_lines_of_busy_workers_stay_whole_beside_the_access_log() -> Result<()> {
    let script = format!(
        "<?php for ($i = 0; $i < {LINES}; $i++) {{ error_log('<' . str_repeat($_GET['letter'], {LENGTH}) . '>'); }} echo 'written';"
    );
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_PHP_WORKERS", "6")
        .file("/var/www/html/write.php", &script)
        .start()?;
    let base = web.wait_for_http(WEB_PORT, "/healthz")?.url("");
    let writers = WRITERS.map(|letter| {
        let client = Client::new(&base);
        thread::spawn(move || client.get(&format!("/write.php?letter={letter}")))
    });
    for writer in writers {
        let answer = writer.join().map_err(|_| anyhow!("a client panicked"))??;
        ensure!(answer.text() == "written", "{}", answer.text());
    }

    poll::until("every line is in the log", || {
        let [_, errors] = web.whole_logs()?;
        let mut whole = BTreeMap::new();
        for line in errors.lines() {
            let Some(text) = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'))
            else {
                continue;
            };
            *whole.entry(text.0.to_owned()).or_insert(0) += 1;
        }
        let expected = WRITERS.map(|letter| (letter.repeat(LENGTH), LINES));
        let lengths: Vec<_> = whole
            .iter()
            .map(|(line, count)| (line.len(), *count))
            .collect();
        ensure!(
            whole == BTreeMap::from(expected),
            "whole lines: {lengths:?}"
        );
        Ok(())
    })?;

    let [access, _] = web.whole_logs()?;
    let requests = access
        .lines()
        .filter(|line| line.contains("/write.php"))
        .count();
    ensure!(
        requests == WRITERS.len(),
        "{requests} requests are in the access log: {access}"
    );
    for line in access.lines() {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        ensure!(parsed.is_ok(), "`{line}` is not one JSON document");
    }
    Ok(())
}
