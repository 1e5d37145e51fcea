//! php-fpm's pools and PHP's own settings.

use super::{HEADER, PING_PATH, STATUS_PATH};
use crate::settings::{PhpSettings, ProcessManager, ServerSettings};
use crate::setup::{Identity, Layout};

fn process_manager(php: &PhpSettings) -> String {
    let workers = php.workers.get();
    let mut lines = format!(
        "pm = {}\npm.max_children = {workers}\npm.max_requests = {}\n",
        php.process_manager.name(),
        php.max_requests
    );
    match php.process_manager {
        ProcessManager::Static => {}
        // Whoever chooses this wants the memory back soon; php-fpm's own default.
        ProcessManager::OnDemand => lines += "pm.process_idle_timeout = 10s\n",
        ProcessManager::Dynamic => {
            // php-fpm refuses to start unless 1 <= min <= start <= max <= max_children.
            let few = workers.div_ceil(4);
            let many = workers.div_ceil(2);
            let dynamic = format!(
                "pm.start_servers = {few}\npm.min_spare_servers = {few}\npm.max_spare_servers = {many}\n"
            );
            lines += &dynamic;
        }
    }
    lines
}

fn fpm_status(settings: &ServerSettings, layout: &Layout) -> String {
    if settings.metrics.is_none() {
        return String::new();
    }
    let socket = layout.fpm_status_socket();
    format!(
        "pm.status_path = {STATUS_PATH}\npm.status_listen = {}\n",
        socket.display()
    )
}

pub(in crate::setup) fn php_fpm(
    settings: &ServerSettings,
    layout: &Layout,
    identity: &Identity,
) -> String {
    let (run, spool) = (layout.run().display(), layout.spool().display());
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
{process_manager}{status}ping.path = {PING_PATH}
env[WPIMG_RUN_DIR] = {run}
env[TMPDIR] = {spool}/tmp

[jobs]
{user}listen = {jobs_socket}
env[WPIMG_RUN_DIR] = {run}
env[TMPDIR] = {spool}/tmp
",
        image = layout.image_configuration().display(),
        // At least the whole budget: the supervisor, not php-fpm, decides when patience ends.
        timeout = settings.stop_budget.total().as_secs(),
        socket = layout.fpm_socket().display(),
        jobs_socket = layout.fpm_jobs_socket().display(),
        process_manager = process_manager(&settings.php),
        status = fpm_status(settings, layout),
    )
}

/// What follows from the size of the container, and what the site's own files may override.
pub(in crate::setup) fn php_defaults(settings: &ServerSettings) -> String {
    format!("; {HEADER}\n{}", opcache(settings))
}

fn opcache(settings: &ServerSettings) -> String {
    let size = settings.php.opcache.count();
    // The buffer is a part of the memory.
    let strings = (size / 8).max(1);
    format!("opcache.memory_consumption = {size}\nopcache.interned_strings_buffer = {strings}\n")
}

pub(in crate::setup) fn php(settings: &ServerSettings, layout: &Layout) -> String {
    let (run, spool) = (layout.run().display(), layout.spool().display());
    format!(
        "; {HEADER}
{memory_limit}upload_max_filesize = {upload_limit}
post_max_size = {body_limit}
upload_tmp_dir = {spool}/tmp
sys_temp_dir = {spool}/tmp
session.save_path = {run}/sessions
opcache.lockfile_path = {spool}/tmp
{opcache}",
        memory_limit = settings
            .php
            .memory_limit
            .map_or_else(String::new, |limit| format!("memory_limit = {limit}\n")),
        opcache = if settings.php.opcache_given {
            opcache(settings)
        } else {
            String::new()
        },
        upload_limit = settings.upload_limit,
        body_limit = settings.body_limit,
    )
}
