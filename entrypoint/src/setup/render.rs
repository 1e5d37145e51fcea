//! The few lines of configuration that depend on settings.
//!
//! Everything else is in the image under `/etc/wpimg`, where it can be read and reviewed; what is
//! written here includes it. Paths and names contain nothing that needs quoting: `settings` only
//! lets such directories in.

use super::{Identity, Layout};
use crate::port::Ipv6;
use crate::settings::ServerSettings;

/// Where php-fpm answers the readiness check. nginx has no route to it.
pub(crate) const PING_PATH: &str = "/wpimg-ping";

const HEADER: &str = "Written by wpimg-init at every start; what does not vary is in the image.";

pub(super) fn nginx(
    settings: &ServerSettings,
    layout: &Layout,
    identity: &Identity,
    ipv6: Ipv6,
) -> String {
    let run = layout.run().display();
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
    format!(
        "# {HEADER}
{user}worker_processes {workers};
pid {run}/nginx.pid;
worker_shutdown_timeout {shutdown}ms;
include {image}/main.conf;

http {{
    client_max_body_size {body_limit};
    client_body_temp_path {run}/cache/client_body;
    fastcgi_temp_path {run}/cache/fastcgi;
    proxy_temp_path {run}/cache/proxy;
    scgi_temp_path {run}/cache/scgi;
    uwsgi_temp_path {run}/cache/uwsgi;
    include {image}/http.conf;

    upstream php {{
        server unix:{socket};
    }}

    server {{
        listen {port} default_server;
{listen_ipv6}        root {document_root};
        set $draining_marker {marker};
        include {image}/site.conf;
    }}
}}
",
        workers = settings.nginx_workers,
        shutdown = settings.stop_budget.connection_timeout().as_millis(),
        body_limit = settings.body_limit,
        socket = layout.fpm_socket().display(),
        document_root = layout.document_root().display(),
        marker = layout.draining_marker().display(),
    )
}

pub(super) fn php_fpm(settings: &ServerSettings, layout: &Layout, identity: &Identity) -> String {
    let run = layout.run().display();
    let user = match identity {
        Identity::Root { name, .. } => {
            format!("user = {name}\ngroup = {name}\nlisten.owner = {name}\nlisten.group = {name}\n")
        }
        Identity::Unprivileged => String::new(),
    };
    format!(
        "; {HEADER}
include = {image}/php-fpm.conf

[global]
pid = {run}/php-fpm.pid
process_control_timeout = {timeout}

[www]
{user}listen = {socket}
pm.max_children = {workers}
ping.path = {PING_PATH}
env[WPIMG_RUN_DIR] = {run}
env[TMPDIR] = {run}/tmp
",
        image = layout.image_configuration().display(),
        // At least the whole budget: the supervisor, not php-fpm, decides when patience ends.
        timeout = settings.stop_budget.total().as_secs(),
        socket = layout.fpm_socket().display(),
        workers = settings.php_workers,
    )
}

pub(super) fn php(settings: &ServerSettings, layout: &Layout) -> String {
    let run = layout.run().display();
    format!(
        "; {HEADER}
upload_max_filesize = {upload_limit}
post_max_size = {body_limit}
upload_tmp_dir = {run}/tmp
sys_temp_dir = {run}/tmp
session.save_path = {run}/sessions
opcache.lockfile_path = {run}/tmp
",
        upload_limit = settings.upload_limit,
        body_limit = settings.body_limit,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Capacity, Environment, Settings};

    struct Rendered {
        nginx: String,
        fpm: String,
        php: String,
    }

    fn rendered(environment: impl Into<Environment>, identity: &Identity, ipv6: Ipv6) -> Rendered {
        let settings = Settings::resolve(
            &environment.into(),
            &|_, _| unreachable!(),
            Capacity::of_a_small_task(),
        )
        .unwrap()
        .server;
        let layout = Layout::new("/".into(), "/run/wpimg".into());
        Rendered {
            nginx: nginx(&settings, &layout, identity, ipv6),
            fpm: php_fpm(&settings, &layout, identity),
            php: php(&settings, &layout),
        }
    }

    #[test]
    fn nginx_and_php_agree_on_the_largest_request() {
        let rendered = rendered(
            [("WPIMG_UPLOAD_LIMIT", "100M")],
            &Identity::WWW_DATA,
            Ipv6::Missing,
        );
        assert!(rendered.nginx.contains("client_max_body_size 101M;"));
        assert!(rendered.php.contains("post_max_size = 101M"));
        assert!(rendered.php.contains("upload_max_filesize = 100M"));
    }

    #[test]
    fn nginx_and_php_fpm_agree_on_the_socket() {
        let rendered = rendered([], &Identity::WWW_DATA, Ipv6::Missing);
        assert!(
            rendered
                .nginx
                .contains("server unix:/run/wpimg/php-fpm.sock;")
        );
        assert!(rendered.fpm.contains("listen = /run/wpimg/php-fpm.sock\n"));
    }

    #[test]
    fn php_fpm_never_loses_patience_before_the_supervisor() {
        let rendered = rendered(
            [("WPIMG_STOP_TIMEOUT", "110")],
            &Identity::WWW_DATA,
            Ipv6::Missing,
        );
        assert!(rendered.fpm.contains("process_control_timeout = 110\n"));
        assert!(rendered.nginx.contains("worker_shutdown_timeout 96750ms;"));
    }

    #[test]
    fn without_root_no_user_is_named() {
        let rendered = rendered([], &Identity::Unprivileged, Ipv6::Missing);
        assert!(!rendered.nginx.contains("user "));
        assert!(!rendered.fpm.contains("www-data"));
    }

    #[test]
    fn nginx_listens_on_ipv6_only_where_there_is_any() {
        assert!(
            rendered([], &Identity::WWW_DATA, Ipv6::Available)
                .nginx
                .contains("listen [::]:8080")
        );
        assert!(
            !rendered([], &Identity::WWW_DATA, Ipv6::Missing)
                .nginx
                .contains("[::]")
        );
    }

    #[test]
    fn nginx_and_php_fpm_give_up_on_a_request_at_the_same_time() {
        let value = |file: &str, name: &str| -> String {
            let value = file
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            value.trim_end_matches(';').to_owned()
        };
        let nginx = include_str!("../../../docker/rootfs/etc/wpimg/nginx/fastcgi.conf");
        let fpm = include_str!("../../../docker/rootfs/etc/wpimg/php-fpm.conf");
        assert_eq!(
            value(nginx, "fastcgi_read_timeout "),
            value(fpm, "request_terminate_timeout = ")
        );
    }
}
