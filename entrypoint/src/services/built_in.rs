//! php-fpm and nginx.
//!
//! Signals: nginx, "Controlling nginx"; php-fpm(8). They do not agree: USR2 reloads php-fpm but
//! replaces the binary of nginx, and HUP reloads nginx but does nothing in php-fpm.

use std::fs;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;

use super::{NGINX, PHP_FPM, START_TIMEOUT, ServiceDefinition, ServicesError, scrubbed};
use crate::exit_code::Exit;
use crate::port::INHERITED_SOCKETS;
use crate::process::CommandLine;
use crate::readiness::Check;
use crate::settings::{Environment, ServerSettings};
use crate::setup::{Layout, PING_PATH};
use crate::supervisor::{Importance, RestartPolicy, ServiceId, ServicePolicy};

pub(super) fn php_fpm(
    program: PathBuf,
    layout: &Layout,
    environment: &Environment,
) -> ServiceDefinition {
    let mut environment = scrubbed(environment);
    environment.push((
        "PHP_INI_SCAN_DIR".into(),
        layout.php_scan_directories().into(),
    ));
    ServiceDefinition {
        policy: ServicePolicy {
            name: PHP_FPM,
            graceful_stop: Signal::SIGQUIT,
            fast_stop: Signal::SIGTERM,
            reload: Some(Signal::SIGUSR2),
            reopen_logs: Some(Signal::SIGUSR1),
            importance: Importance::Essential,
            after: Vec::new(),
            is_front: false,
            start_timeout: START_TIMEOUT,
            restart: RestartPolicy::default(),
            // FPM_EXIT_CONFIG in php-fpm's fpm.h.
            misconfigured: Some(Exit::Code(78)),
        },
        command: CommandLine {
            program,
            arguments: vec![
                "--nodaemonize".into(),
                "--fpm-config".into(),
                layout.fpm_configuration().into(),
            ],
            environment,
            inherited: Vec::new(),
        },
        user: None,
        check: Some(Check::FastCgiPing {
            socket: layout.fpm_socket(),
            path: PING_PATH.into(),
        }),
        stale_socket: Some(layout.fpm_socket()),
    }
}

/// Behind php-fpm, which stands first.
pub(super) fn nginx(
    program: PathBuf,
    settings: &ServerSettings,
    layout: &Layout,
    environment: &Environment,
    sockets: Vec<RawFd>,
) -> ServiceDefinition {
    let mut environment = scrubbed(environment);
    let numbers: String = sockets.iter().map(|socket| format!("{socket};")).collect();
    environment.push((INHERITED_SOCKETS.into(), numbers.into()));
    ServiceDefinition {
        policy: ServicePolicy {
            name: NGINX,
            graceful_stop: Signal::SIGQUIT,
            fast_stop: Signal::SIGTERM,
            reload: Some(Signal::SIGHUP),
            reopen_logs: Some(Signal::SIGUSR1),
            importance: Importance::Essential,
            after: vec![ServiceId(0)],
            is_front: true,
            start_timeout: START_TIMEOUT,
            restart: RestartPolicy::default(),
            // For whatever keeps it from starting; with sockets that are ours, that is its configuration.
            misconfigured: Some(Exit::Code(1)),
        },
        command: CommandLine {
            program,
            arguments: vec![
                "-c".into(),
                layout.nginx_configuration().into(),
                // Before the configuration is read there is no `error_log` yet.
                "-e".into(),
                "stderr".into(),
                "-g".into(),
                "daemon off;".into(),
            ],
            environment,
            inherited: sockets,
        },
        user: None,
        check: Some(Check::HttpOk {
            port: settings.http_port.get(),
            path: "/healthz".into(),
        }),
        stale_socket: Some(layout.nginx_status_socket()),
    }
}

/// The program itself or, with a version in its name as Debian has it, the newest one.
pub(super) fn find(layout: &Layout, program: &'static str) -> Result<PathBuf, ServicesError> {
    let directory: &Path = &layout.root().join("usr/sbin");
    let missing = || ServicesError::Missing {
        program,
        directory: directory.to_owned(),
    };
    let entries = fs::read_dir(directory).map_err(|_| missing())?;
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    newest(names, program)
        .map(|name| directory.join(name))
        .ok_or_else(missing)
}

fn newest(names: impl Iterator<Item = String>, program: &str) -> Option<String> {
    let version = |name: &str| -> Option<Vec<u32>> {
        match name.strip_prefix(program)? {
            "" => Some(Vec::new()),
            version => version.split('.').map(|part| part.parse().ok()).collect(),
        }
    };
    names
        .filter_map(|name| Some((version(&name)?, name)))
        .max()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_found_and_other_programs_are_not() {
        let found = |names: &[&str]| newest(names.iter().map(ToString::to_string), "php-fpm");
        assert_eq!(
            found(&["php-fpm8.4", "php-fpm8.10", "php-fpm8.9"]).unwrap(),
            "php-fpm8.10"
        );
        assert_eq!(found(&["php-fpm"]).unwrap(), "php-fpm");
        assert_eq!(found(&["php-fpm8.4.dpkg-new", "php-fpmd", "nginx"]), None);
    }
}
