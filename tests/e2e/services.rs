//! Services of the site's own, and thousands of deaths.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

const FILE: &str = "/etc/wpimg/services.toml";
const PROBE: &str = "/var/www/html/probe.php";

/// Waits for ever without a program of its own: the image has no `sleep`. The inner shell stops itself and holds
/// the pipe that `read` waits at, so it also stands for a child that a killed service leaves behind.
const WAIT: &str = "/bin/sh -c 'kill -STOP $$' | while read -r line; do :; done";

fn launch(services: &str) -> Result<Launch> {
    Ok(Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file(PROBE, "<?php echo 'php answers';")
        .file(FILE, services))
}

fn status(web: &Container) -> Result<Value> {
    let text = web.exec(["/usr/bin/wpimg-init", "status", "--format", "json"])?;
    serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))
}

fn service(web: &Container, name: &str) -> Result<Value> {
    let mut status = status(web)?;
    let services = status["services"].as_array_mut().context("no services")?;
    let found = services.iter().find(|service| service["name"] == name);
    found
        .cloned()
        .with_context(|| format!("no service `{name}` in {status}"))
}

fn wait_for_state(web: &Container, name: &str, state: &str) -> Result<Value> {
    poll::until(&format!("{name} is {state}"), || {
        let service = service(web, name)?;
        ensure!(service["state"] == state, "it is not: {service}");
        Ok(service)
    })
}

#[test]
fn an_added_worker_runs_as_www_data_without_secrets_and_is_started_again() -> Result<()> {
    let script = format!(
        "echo \"secret is <${{WORDPRESS_DB_PASSWORD-none}}>, queue is <$QUEUE>\"; : > /run/wpimg/tmp/begun; {WAIT}"
    );
    let script = script.replace('\\', "\\\\").replace('"', "\\\"");
    let web = launch(&format!(
        "[[service]]\nname = \"queue\"\ncommand = [\"/bin/sh\", \"-c\", \"{script}\"]\n\
         after = [\"php-fpm\"]\nenvironment = {{ QUEUE = \"mail\" }}\n\
         readiness = {{ exec = [\"/bin/sh\", \"-c\", \"[ -e /run/wpimg/tmp/begun ]\"] }}\n"
    ))?
    .env("WORDPRESS_DB_PASSWORD", "hunter2")
    .start()?;
    let before = wait_for_state(&web, "queue", "ready")?;
    web.wait_for_log("secret is <none>, queue is <mail>")?;

    let pid = before["pid"].as_u64().context("it has no pid")?;
    let ids = format!(
        "while read -r key ids; do [ \"$key\" = Uid: ] && echo $ids; done < /proc/{pid}/status; true"
    );
    ensure!(
        web.shell(&ids)? == "33 33 33 33",
        "it does not run as www-data"
    );
    web.shell(&format!("kill -9 {pid}"))?;
    poll::until_true("another one is ready", || {
        let after = service(&web, "queue")?;
        Ok(after["state"] == "ready" && after["restarts"] == 1 && after["pid"] != before["pid"])
    })?;
    ensure!(service(&web, "queue")?["last_exit"]["signal"] == 9);

    let ended = web.stop(30)?;
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_worker_that_cannot_run_never_ends_the_container() -> Result<()> {
    let web = launch(
        "[[service]]\nname = \"broken\"\ncommand = [\"/bin/sh\", \"-c\", \"exit 3\"]\n\
         restart = { first-delay = \"10ms\", longest-delay = \"20ms\" }\n\
         [[service]]\nname = \"absent\"\ncommand = [\"/no/such/program\"]\n",
    )?
    .start()?;
    web.wait_for_http(WEB_PORT, "/readyz")?;
    poll::until_true(
        "it has failed more often than an essential service may",
        || Ok(service(&web, "broken")?["restarts"].as_u64() > Some(20)),
    )?;
    ensure!(service(&web, "broken")?["last_exit"]["code"] == 3);
    ensure!(service(&web, "absent")?["last_exit"]["code"] == 127);
    ensure!(web.client(WEB_PORT)?.get("/probe.php")?.text() == "php answers");
    ensure!(status(&web)?["stage"] == "ready");
    Ok(())
}

#[test]
fn an_essential_worker_that_cannot_run_ends_the_container_with_its_code() -> Result<()> {
    let web = launch(
        "[[service]]\nname = \"broken\"\ncommand = [\"/bin/sh\", \"-c\", \"exit 3\"]\nessential = true\n",
    )?
    .start()?;
    let ended = web.wait()?;
    ensure!(
        ended.exit_code == 3,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line_and_ends_the_container_with_78() -> Result<()> {
    let web = launch("[[service]]\nname = \"queue\"\ncomand = [\"/bin/worker\"]\n")?.start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 78,
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    ensure!(
        logs.contains("services.toml`, line 3: unknown key `comand`")
            && logs.contains("`command`?"),
        "{logs}"
    );
    Ok(())
}

#[test]
fn a_thousand_kills_at_random_lose_neither_a_service_nor_a_process() -> Result<()> {
    let script = format!("echo $$ > /run/wpimg/tmp/victim; {WAIT}").replace('"', "\\\"");
    let web = launch(&format!(
        "[[service]]\nname = \"victim\"\ncommand = [\"/bin/sh\", \"-c\", \"{script}\"]\n\
         restart = {{ first-delay = \"1ms\", longest-delay = \"1ms\" }}\n\
         [[service]]\nname = \"php-fpm\"\nrestart = {{ longest-delay = \"100ms\", limit = 1000 }}\n\
         [[service]]\nname = \"nginx\"\nrestart = {{ longest-delay = \"100ms\", limit = 1000 }}\n"
    ))?
    .start()?;
    web.wait_for_http(WEB_PORT, "/probe.php")?;

    // Inside, because a thousand `docker exec` would take minutes. The pause between two kills varies, so that a
    // death comes at any moment of a life; every fiftieth hits nginx or php-fpm as well.
    let kills = web.shell(
        "n=0; last=; dice=1; \
         while [ $n -lt 1000 ]; do \
           pid=; read -r pid < /run/wpimg/tmp/victim || continue; \
           [ \"$pid\" = \"$last\" ] && continue; \
           dice=$(( (dice * 1103515245 + 12345) % 2147483648 )); \
           pause=$(( dice / 65536 % 400 )); while [ $pause -gt 0 ]; do pause=$((pause - 1)); done; \
           kill -9 $pid && n=$((n + 1)); last=$pid; \
           case $((n % 100)) in \
             25) read -r pid < /run/wpimg/nginx.pid; kill -9 $pid;; \
             75) read -r pid < /run/wpimg/php-fpm.pid; kill -9 $pid;; \
           esac; \
         done 2>/dev/null; echo $n",
    )?;
    ensure!(kills == "1000", "only {kills} kills");

    for (name, least) in [("victim", 1000), ("php-fpm", 1), ("nginx", 1)] {
        let service = wait_for_state(&web, name, "ready")?;
        ensure!(service["restarts"].as_u64() >= Some(least), "{service}");
    }
    web.wait_for_http(WEB_PORT, "/probe.php")?;

    // Every shell that a victim left behind went with it: one victim is left, with two of its own kind.
    let shells = "for stat in /proc/[0-9]*/stat; do read -r pid comm state rest <$stat || continue; \
         case $comm$state in '(sh)Z') echo zombie;; '(sh)T') echo stopped;; esac; done 2>/dev/null; true";
    poll::until_true("what they left behind is gone", || {
        Ok(web.shell(shells)? == "stopped")
    })?;
    let ended = web.stop(30)?;
    ensure!(
        ended.exit_code == 0,
        "the container ended with {}",
        ended.exit_code
    );
    Ok(())
}
