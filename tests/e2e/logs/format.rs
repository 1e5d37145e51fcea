//! Each line says whose it is, as text or as JSON, and how serious it is.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

const SCRIPT: &str = "<?php \
    error_log('a plugin says'); \
    trigger_error('beware', E_USER_WARNING); \
    error_log('{\"source\":\"nginx\",\"level\":\"info\"}'); \
    error_log(str_repeat('x', 30000)); \
    error_log(\"bytes \\xff and \\\"quotes\\\"\"); \
    error_log('last words'); \
    echo 'written';";

/// A container in which the script above has run.
fn logged(format: &str) -> Result<Container> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_LOG_FORMAT", format)
        .file("/var/www/html/log.php", SCRIPT)
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let answer = client.get("/log.php?a=%22quoted%22&b=\\")?;
    ensure!(answer.text() == "written", "{}", answer.text());
    poll::until("both logs are written", || {
        let [access, errors] = web.whole_logs()?;
        ensure!(access.contains("/log.php") && errors.contains("last words"));
        Ok(())
    })?;
    web.stop(30)?;
    Ok(web)
}

#[test]
fn as_json_every_line_is_an_object_that_says_when_who_and_how_serious() -> Result<()> {
    let web = logged("json")?;
    let mut objects = Vec::new();
    for line in web.whole_logs()?.concat().lines() {
        ensure!(
            line.len() < 16 * 1024,
            "a line is {} bytes long",
            line.len()
        );
        let object: Value =
            serde_json::from_str(line).with_context(|| format!("`{line}` is not JSON"))?;
        let named = object["source"].is_string() && object["time"].is_string();
        ensure!(named, "`{line}` does not say when and who");
        objects.push(object);
    }
    let expect = |source: &str, level: &str, text: &str| {
        let found = objects.iter().any(|object| {
            object["source"] == source
                && object["level"] == level
                && object["message"]
                    .as_str()
                    .is_some_and(|said| said.contains(text))
        });
        ensure!(found, "no {level} of {source} says `{text}`");
        Ok(())
    };
    expect("php-fpm", "notice", "a plugin says")?;
    expect("php-fpm", "warning", "PHP Warning:  beware")?;
    expect("php-fpm", "notice", "bytes \u{fffd} and \"quotes\"")?;
    expect("php-fpm", "notice", "fpm is running")?;
    expect("wpimg-init", "info", "nginx is ready")?;
    expect("wpimg-init", "info", "stopped after")?;
    // What claims to be of nginx is inside of what php-fpm has said.
    let claim = objects
        .iter()
        .find(|object| object["event"]["source"] == "nginx");
    ensure!(
        claim.is_some_and(|object| object["source"] == "php-fpm"),
        "an object of the site is not told apart"
    );
    let long: usize = objects
        .iter()
        .filter_map(|object| object["message"].as_str())
        .map(|message| message.matches('x').count())
        .filter(|count| *count > 1000)
        .sum();
    ensure!(
        long == 30_000,
        "{long} of 30000 bytes of a long line arrived"
    );
    let access = objects
        .iter()
        .find(|object| object["source"] == "nginx" && object["status"] == 200);
    let access = access.context("the access log is missing")?;
    ensure!(
        access["uri"] == "/log.php?a=%22quoted%22&b=\\" && access["php_seconds"].is_number(),
        "{access}"
    );
    Ok(())
}

#[test]
fn as_text_every_line_begins_with_its_source_and_the_access_log_is_json() -> Result<()> {
    let web = logged("plain")?;
    let [access, errors] = web.whole_logs()?;
    for line in access.lines() {
        let object: Result<Value, _> = serde_json::from_str(line);
        ensure!(
            object.is_ok_and(|object| object["source"] == "nginx"),
            "{line}"
        );
    }
    for line in errors.lines() {
        let sources = ["wpimg-init: ", "php-fpm: ", "nginx: "];
        ensure!(
            sources.iter().any(|source| line.starts_with(source)),
            "`{line}` does not say whose it is"
        );
    }
    for line in ["php-fpm: a plugin says\n", "php-fpm: PHP Warning:  beware"] {
        let count = errors.matches(line).count();
        ensure!(count == 1, "`{line}` is there {count} times: {errors}");
    }
    Ok(())
}

#[test]
fn a_format_that_there_is_not_ends_the_container_with_78() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .env("WPIMG_LOG_FORMAT", "xml")
        .start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 78 && logs.contains("`WPIMG_LOG_FORMAT` is `xml`"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}
