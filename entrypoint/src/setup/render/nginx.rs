//! nginx's main file.

use super::{DATABASE_PAGE, HEADER, NGINX_STATUS_PATH, PING_PATH};
use crate::port::Ipv6;
use crate::settings::{Network, ServerSettings};
use crate::setup::{Identity, Layout};

pub(in crate::setup) fn nginx(
    settings: &ServerSettings,
    layout: &Layout,
    identity: &Identity,
    ipv6: Ipv6,
) -> String {
    let (run, spool) = (layout.run().display(), layout.spool().display());
    let image = layout.image_configuration().join("nginx");
    let image = image.display();
    let user = match identity {
        Identity::Root { name, .. } => format!("user {name};\n"),
        Identity::Unprivileged => String::new(),
    };
    let port = settings.http_port;
    let listen_ipv6 = match ipv6 {
        Ipv6::Available => format!("        listen [::]:{port} default_server;\n"),
        Ipv6::Missing => String::new(),
    };
    let network = match settings.network {
        Network::Subdirectories => format!("        include {image}/network.conf;\n"),
        Network::None => String::new(),
    };
    format!(
        "# {HEADER}
{user}worker_processes {workers};
pid {run}/nginx.pid;
worker_shutdown_timeout {shutdown}ms;
include {image}/main.conf;

http {{
    client_max_body_size {body_limit};
    client_body_temp_path {spool}/cache/client_body;
    fastcgi_temp_path {spool}/cache/fastcgi;
    proxy_temp_path {spool}/cache/proxy;
    scgi_temp_path {spool}/cache/scgi;
    uwsgi_temp_path {spool}/cache/uwsgi;
{trusted}    include {image}/http.conf;

    upstream php {{
        server unix:{socket};
    }}

    server {{
        listen {port} default_server;
{listen_ipv6}        root {document_root};
        set $draining_marker {draining};
        set $ready_marker {ready};
        set $readiness_page {readiness_page};
{network}        include {image}/site.conf;
    }}
{status}}}
",
        trusted = trusted_proxies(settings),
        status = nginx_status(settings, layout),
        workers = settings.nginx_workers,
        shutdown = settings.stop_budget.connection_timeout().as_millis(),
        body_limit = settings.body_limit,
        socket = layout.fpm_socket().display(),
        document_root = layout.document_root().display(),
        draining = layout.draining_marker().display(),
        ready = layout.ready_marker().display(),
        readiness_page = readiness_page(settings),
    )
}

/// What php-fpm is asked by `/readyz`.
fn readiness_page(settings: &ServerSettings) -> &'static str {
    if settings.ready_database {
        DATABASE_PAGE
    } else {
        PING_PATH
    }
}

/// Makes `$remote_addr`, in the log and for PHP, the address that the last proxy we trust has seen.
fn trusted_proxies(settings: &ServerSettings) -> String {
    let mut lines: String = settings
        .trusted_proxies
        .iter()
        .map(|network| format!("    set_real_ip_from {network};\n"))
        .collect();
    if !lines.is_empty() {
        lines += "    real_ip_header X-Forwarded-For;\n    real_ip_recursive on;\n";
    }
    lines
}

fn nginx_status(settings: &ServerSettings, layout: &Layout) -> String {
    if settings.metrics.is_none() {
        return String::new();
    }
    let socket = layout.nginx_status_socket();
    format!(
        "
    server {{
        listen unix:{socket};
        access_log off;
        location = {NGINX_STATUS_PATH} {{
            stub_status;
        }}
        location / {{
            return 404;
        }}
    }}
",
        socket = socket.display()
    )
}
