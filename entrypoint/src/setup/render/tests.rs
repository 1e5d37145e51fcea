use super::*;
use crate::port::Ipv6;
use crate::settings::{Capacity, Environment, ServerSettings};
use crate::setup::{Identity, Layout};

struct Rendered {
    nginx: String,
    fpm: String,
    php: String,
}

fn rendered(environment: impl Into<Environment>, identity: &Identity, ipv6: Ipv6) -> Rendered {
    let settings =
        ServerSettings::resolve(&environment.into(), Capacity::of_a_small_task()).unwrap();
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
fn a_size_that_nobody_chose_leaves_the_last_word_to_the_site() {
    let settings = ServerSettings::resolve(&[].into(), Capacity::of_a_small_task()).unwrap();
    let layout = Layout::new("/".into(), "/run/wpimg".into());
    assert!(!php(&settings, &layout).contains("opcache.memory"));
    assert!(php_defaults(&settings).contains("opcache.memory_consumption = 192\n"));
    assert_eq!(
        layout.php_scan_directories(),
        ":/run/wpimg/php/defaults.d:/etc/wpimg/php.d:/run/wpimg/php/conf.d"
    );
}

#[test]
fn only_trusted_proxies_are_believed() {
    let none = rendered([], &Identity::WWW_DATA, Ipv6::Missing);
    assert!(!none.nginx.contains("real_ip"));
    let trusted = [("WPIMG_TRUSTED_PROXIES", "10.0.0.0/16 fd00::/8")];
    let nginx = rendered(trusted, &Identity::WWW_DATA, Ipv6::Missing).nginx;
    for line in [
        "set_real_ip_from 10.0.0.0/16;",
        "set_real_ip_from fd00::/8;",
        "real_ip_header X-Forwarded-For;",
        "real_ip_recursive on;",
    ] {
        assert!(nginx.contains(line), "{line}");
    }
}

#[test]
fn status_pages_exist_only_where_metrics_are_reported() {
    let off = rendered([], &Identity::WWW_DATA, Ipv6::Missing);
    assert!(!off.nginx.contains("stub_status") && !off.fpm.contains("status"));
    let on = rendered(
        [("WPIMG_METRICS", "on")],
        &Identity::WWW_DATA,
        Ipv6::Missing,
    );
    assert!(
        on.nginx
            .contains("listen unix:/run/wpimg/nginx-status.sock;")
    );
    assert!(
        on.fpm
            .contains("pm.status_listen = /run/wpimg/php-fpm-status.sock\n")
    );
}

#[test]
fn spare_workers_are_numbers_that_php_fpm_accepts() {
    for workers in 1..=40 {
        let count = workers.to_string();
        let environment = [("WPIMG_PHP_PM", "dynamic"), ("WPIMG_PHP_WORKERS", &count)];
        let fpm = rendered(environment, &Identity::WWW_DATA, Ipv6::Missing).fpm;
        let number = |name: &str| -> usize {
            let line = fpm.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim_start_matches(" = ").parse().unwrap()
        };
        let least = number("pm.min_spare_servers");
        let most = number("pm.max_spare_servers");
        let start = number("pm.start_servers");
        assert!(1 <= least && least <= start && start <= most, "{fpm}");
        assert!(most <= number("pm.max_children"), "{fpm}");
    }
}

#[test]
fn sizes_reach_php() {
    let environment = [
        ("WPIMG_PHP_MEMORY_LIMIT", "512M"),
        ("WPIMG_OPCACHE_MEMORY", "128M"),
        ("WPIMG_PHP_PM", "ondemand"),
        ("WPIMG_PHP_MAX_REQUESTS", "0"),
    ];
    let rendered = rendered(environment, &Identity::WWW_DATA, Ipv6::Missing);
    assert!(rendered.php.contains("memory_limit = 512M\n"));
    assert!(rendered.php.contains("opcache.memory_consumption = 128\n"));
    assert!(
        rendered
            .php
            .contains("opcache.interned_strings_buffer = 16\n")
    );
    assert!(rendered.fpm.contains("pm = ondemand\n"));
    assert!(rendered.fpm.contains("pm.max_requests = 0\n"));
}

#[test]
fn uploads_go_where_there_is_room_and_secrets_stay() {
    let settings = ServerSettings::resolve(&[].into(), Capacity::of_a_small_task()).unwrap();
    let layout = Layout::new("/".into(), "/dev/shm/wpimg".into()).with_spool("/tmp/wpimg".into());
    let identity = &Identity::WWW_DATA;
    let nginx = nginx(&settings, &layout, identity, Ipv6::Missing);
    assert!(nginx.contains("client_body_temp_path /tmp/wpimg/cache/client_body;"));
    let php = php(&settings, &layout);
    assert!(php.contains("upload_tmp_dir = /tmp/wpimg/tmp\n"));
    assert!(php.contains("session.save_path = /dev/shm/wpimg/sessions\n"));
    let fpm = php_fpm(&settings, &layout, identity);
    assert!(fpm.contains("listen = /dev/shm/wpimg/php-fpm.sock\n"));
}

#[test]
fn without_root_no_user_is_named() {
    let rendered = rendered([], &Identity::Unprivileged, Ipv6::Missing);
    assert!(!rendered.nginx.contains("user "));
    assert!(!rendered.fpm.contains("www-data"));
}

#[test]
fn readyz_asks_the_database_only_on_request() {
    let nginx = |variables: &[(&'static str, &'static str)]| {
        let environment: Environment = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        rendered(environment, &Identity::WWW_DATA, Ipv6::Missing).nginx
    };
    assert!(nginx(&[]).contains("set $readiness_page /wpimg-ping;"));
    let asked = nginx(&[("WPIMG_READY_DATABASE", "1")]);
    assert!(asked.contains("set $readiness_page /usr/share/wpimg/ready.php;"));
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
fn only_a_network_in_subdirectories_has_rules_of_its_own() {
    let rendered = |network| rendered([network], &Identity::WWW_DATA, Ipv6::Missing).nginx;
    let include = "include /etc/wpimg/nginx/network.conf;";
    assert!(rendered(("WPIMG_MULTISITE", "subdirectories")).contains(include));
    assert!(!rendered(("WPIMG_MULTISITE", "subdomains")).contains(include));
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
    let nginx = include_str!("../../../../docker/rootfs/etc/wpimg/nginx/fastcgi.conf");
    let fpm = include_str!("../../../../docker/rootfs/etc/wpimg/php-fpm.conf");
    assert_eq!(
        value(nginx, "fastcgi_read_timeout "),
        value(fpm, "request_terminate_timeout = ")
    );
}
