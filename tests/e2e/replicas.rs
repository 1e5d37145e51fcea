//! Two containers of one image behind a load balancer, with one database.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::load::Load;
use wpimg_e2e::poll;
use wpimg_e2e::site::{Database, WEB_PORT, install, log_in};

const PLAIN: u16 = 8080;
const TLS_TERMINATED: u16 = 8443;

struct Replicas {
    load_balancer: Container,
    sites: [Container; 2],
    _database: Database,
}

fn start() -> Result<Replicas> {
    let database = Database::start()?;
    let sites = [
        database.wordpress("site-1")?.start()?,
        database.wordpress("site-2")?.start()?,
    ];
    for site in &sites {
        site.wait_for_http(WEB_PORT, "/healthz")?;
    }
    let load_balancer = Launch::of(Image::LoadBalancer.tag()?)
        .network(&database.network, "load-balancer")
        .publish(PLAIN)
        .publish(TLS_TERMINATED)
        .start()?;
    load_balancer.wait_for_http(PLAIN, "/healthz")?;
    Ok(Replicas {
        load_balancer,
        sites,
        _database: database,
    })
}

/// Asks for the dashboard until each replica has answered, as the one who logged in.
fn visit_both(client: &Client) -> Result<()> {
    let mut replicas = BTreeSet::new();
    for _ in 0..8 {
        let dashboard = client.get("/wp-admin/")?;
        let replica = dashboard.header("x-replica").to_owned();
        ensure!(
            dashboard.status == 200,
            "{replica} answers {} and sends the visitor to `{}`",
            dashboard.status,
            dashboard.header("location")
        );
        replicas.insert(replica);
    }
    ensure!(replicas.len() == 2, "only {replicas:?} answered");
    Ok(())
}

#[test]
fn no_visitor_notices_that_one_of_two_replicas_stops() -> Result<()> {
    let replicas = start()?;
    let client = replicas.load_balancer.client(PLAIN)?;
    install(&client)?;

    let address = replicas.load_balancer.direct_address(PLAIN)?;
    let load = Load::start(address, "/wp-login.php", "user_login");
    poll::until_true("the load is being answered", || Ok(load.answered() > 40))?;
    let ended = replicas.sites[0].stop(30)?;
    ensure!(
        ended.exit_code == 0,
        "the replica ended with {}",
        ended.exit_code
    );
    let answered = load.answered();
    poll::until_true("the other replica answers", || {
        Ok(load.answered() > answered + 20)
    })?;
    let report = load.finish()?;
    ensure!(report.lost.is_empty() && report.refused == 0, "{report:#?}");
    Ok(())
}

#[test]
fn two_replicas_share_a_login() -> Result<()> {
    let replicas = start()?;
    let client = replicas.load_balancer.client(PLAIN)?;
    install(&client)?;
    log_in(&client).context("through the load balancer")?;
    visit_both(&client)
}

#[test]
fn two_replicas_share_a_login_behind_tls_termination() -> Result<()> {
    let replicas = start()?;
    let client = replicas.load_balancer.client(TLS_TERMINATED)?;
    install(&client)?;
    log_in(&client).context("through the load balancer")?;
    visit_both(&client)
}
