//! What the container tells CloudWatch, and what it takes from ECS: on the network of this machine, beside a stand-in for
//! the metadata endpoint.

use std::net::TcpListener;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::task_metadata::TaskMetadata;

const SCRIPT: &str =
    "<?php echo ini_get('opcache.memory_consumption'), ' ', $_SERVER['REMOTE_ADDR'];";

fn launch(endpoint: &str) -> Result<(Launch, Client)> {
    // Free a moment ago, and nobody else looks for one so soon.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let launch = Launch::of(Image::Wordpress.tag()?)
        .host_network()
        .env("WPIMG_HTTP_PORT", &port.to_string())
        .env("ECS_CONTAINER_METADATA_URI_V4", endpoint)
        .file("/var/www/html/size.php", SCRIPT);
    Ok((launch, Client::new(&format!("http://127.0.0.1:{port}"))))
}

fn wait(web: &Container, client: &Client) -> Result<()> {
    poll::until("`/healthz` answers 200", || {
        ensure!(web.is_running()?, "the container has ended");
        let status = client.get("/healthz")?.status;
        ensure!(status == 200, "it answers {status}");
        Ok(())
    })
}

/// Every line of standard output that is one of metrics.
fn reports(web: &Container) -> Result<Vec<Value>> {
    let [out, _] = web.whole_logs()?;
    let objects = out.lines().map(serde_json::from_str::<Value>);
    let objects: Vec<Value> = objects.collect::<Result<_, _>>()?;
    let is_report = |object: &Value| object["_aws"].is_object();
    Ok(objects.into_iter().filter(is_report).collect())
}

#[test]
fn on_ecs_metrics_name_the_service_and_count_what_happened() -> Result<()> {
    let ecs = TaskMetadata::serve(0.25, 512)?;
    let (launch, client) = launch(ecs.url())?;
    let web = launch
        .env("WPIMG_METRICS", "1")
        .env("WPIMG_TRUSTED_PROXIES", "127.0.0.0/8")
        .start()?;
    wait(&web, &client)?;
    for _ in 0..3 {
        ensure!(client.get("/license.txt")?.status == 404);
    }
    let proxied = client.header("X-Forwarded-For", "198.51.100.9, 203.0.113.7");
    for _ in 0..5 {
        let answer = proxied.get("/size.php")?.text();
        // A task of 512 MiB has an opcache of 64, whatever this machine has.
        ensure!(answer == "64 203.0.113.7", "{answer}");
    }
    web.kill_service("nginx")?;
    let total = |reports: &[Value], name: &str| -> u64 {
        reports
            .iter()
            .filter_map(|report| report[name].as_u64())
            .sum()
    };
    let is_complete =
        |report: &&Value| report["NginxConnections"].is_u64() && report["OpcacheUsed"].is_u64();
    let reports = poll::until("all is reported", || {
        let reports = reports(&web)?;
        for (name, expected) in [
            ("Responses2xx", 5),
            ("Responses4xx", 3),
            ("ServiceRestarts", 1),
        ] {
            let count = total(&reports, name);
            ensure!(count == expected, "{name} is {count}");
        }
        // The first one may have met nginx between its death and its new start.
        ensure!(
            reports.iter().any(|report| is_complete(&report)),
            "no report has everything in it"
        );
        Ok(reports)
    })?;
    let [out, _] = web.whole_logs()?;
    ensure!(
        out.lines().all(|line| line.len() < 16 * 1024),
        "a line is too long"
    );
    let complete = reports
        .iter()
        .find(is_complete)
        .context("no report has everything in it")?;
    let definition = &complete["_aws"]["CloudWatchMetrics"][0];
    ensure!(
        definition["Namespace"] == "wpimg"
            && definition["Dimensions"] == serde_json::json!([["Cluster", "Service"]])
            && complete["Cluster"] == "shops"
            && complete["Service"] == "shop-web"
            && complete["TaskId"] == "158d1c80",
        "{complete}"
    );
    for metric in definition["Metrics"].as_array().context("no metrics")? {
        let name = metric["Name"].as_str().unwrap_or_default();
        ensure!(
            complete[name].is_number(),
            "`{name}` has no value: {complete}"
        );
    }
    let workers = complete["PhpWorkersActive"]
        .as_u64()
        .zip(complete["PhpWorkersIdle"].as_u64());
    ensure!(
        workers.is_some_and(|(active, idle)| active + idle == 5),
        "there are {workers:?} workers"
    );
    Ok(())
}

#[test]
fn an_endpoint_that_does_not_answer_costs_a_warning_only() -> Result<()> {
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let (launch, client) = launch(&format!("http://{closed}/v4/x"))?;
    let web = launch.env("WPIMG_METRICS", "off").start()?;
    wait(&web, &client)?;
    let [_, errors] = web.whole_logs()?;
    let first = errors.lines().next().unwrap_or_default();
    let warning: Value = serde_json::from_str(first).with_context(|| first.to_owned())?;
    ensure!(
        warning["level"] == "warning"
            && warning["message"]
                .as_str()
                .is_some_and(|said| said.contains("ECS does not say")),
        "{warning}"
    );
    ensure!(
        reports(&web)?.is_empty(),
        "there are metrics although they are off"
    );
    Ok(())
}

#[test]
fn elsewhere_nothing_is_reported_and_a_person_can_ask() -> Result<()> {
    let (launch, client) = launch("")?;
    let web = launch.env("WPIMG_METRICS", "3600").start()?;
    wait(&web, &client)?;
    let asked: Value = serde_json::from_str(&web.exec(["wpimg-init", "job", "metrics"])?)?;
    ensure!(
        asked["PhpWorkersIdle"].is_u64()
            && asked["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == serde_json::json!([[]]),
        "{asked}"
    );
    Ok(())
}
