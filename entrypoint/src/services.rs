//! The services: what php-fpm and nginx are, in start order.
//!
//! Signals: nginx, "Controlling nginx"; php-fpm(8). They do not agree: USR2 reloads php-fpm but
//! replaces the binary of nginx, and HUP reloads nginx but does nothing in php-fpm.

use std::ffi::OsString;
use std::fs;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use thiserror::Error;

use crate::port::INHERITED_SOCKETS;
use crate::process::CommandLine;
use crate::readiness::Check;
use crate::settings::{Environment, ServerSettings, WordPressSettings};
use crate::setup::{Layout, PING_PATH};
use crate::supervisor::ServicePolicy;

/// A service as the edge sees it; the policy is the supervisor's part.
#[derive(Debug)]
pub(crate) struct ServiceDefinition {
    pub(crate) policy: ServicePolicy,
    pub(crate) command: CommandLine,
    pub(crate) check: Check,
    /// A socket that a killed predecessor cannot have removed.
    pub(crate) stale_socket: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub(crate) enum ServicesError {
    #[error("the image has no `{program}` in `{directory}`")]
    Missing {
        program: &'static str,
        directory: PathBuf,
    },
}

impl ServicesError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Missing { .. } => "build the image with `wpimg build`; to run another command, \
                                     use `wpimg-init -- CMD`"
                .to_owned(),
        }
    }
}

/// php-fpm, then nginx: nothing is served before PHP can answer.
pub(crate) fn definitions(
    settings: &ServerSettings,
    layout: &Layout,
    environment: &Environment,
    sockets: Vec<RawFd>,
) -> Result<Vec<ServiceDefinition>, ServicesError> {
    let programs = layout.root().join("usr/sbin");
    Ok(vec![
        php_fpm(find(&programs, "php-fpm")?, layout, environment),
        nginx(
            find(&programs, "nginx")?,
            settings,
            layout,
            environment,
            sockets,
        ),
    ])
}

fn php_fpm(program: PathBuf, layout: &Layout, environment: &Environment) -> ServiceDefinition {
    let mut environment = scrubbed(environment);
    environment.push((
        "PHP_INI_SCAN_DIR".into(),
        layout.php_scan_directories().into(),
    ));
    ServiceDefinition {
        policy: ServicePolicy {
            name: "php-fpm",
            graceful_stop: Signal::SIGQUIT,
            fast_stop: Signal::SIGTERM,
            reload: Signal::SIGUSR2,
            reopen_logs: Signal::SIGUSR1,
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
        check: Check::FastCgiPing {
            socket: layout.fpm_socket(),
            path: PING_PATH,
        },
        stale_socket: Some(layout.fpm_socket()),
    }
}

fn nginx(
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
            name: "nginx",
            graceful_stop: Signal::SIGQUIT,
            fast_stop: Signal::SIGTERM,
            reload: Signal::SIGHUP,
            reopen_logs: Signal::SIGUSR1,
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
        check: Check::HttpOk {
            port: settings.http_port.get(),
            path: "/healthz",
        },
        stale_socket: None,
    }
}

/// The environment without WordPress's settings, which are in files by now: `phpinfo()`, a debug
/// page or a crash report prints the environment.
fn scrubbed(environment: &Environment) -> Vec<(OsString, OsString)> {
    environment
        .iter()
        .filter(|(name, _)| !name.to_str().is_some_and(WordPressSettings::is_sensitive))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The program itself or, with a version in its name as Debian has it, the newest one.
fn find(directory: &Path, program: &'static str) -> Result<PathBuf, ServicesError> {
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

    #[test]
    fn services_never_see_the_settings_of_wordpress() {
        let environment = [
            ("WORDPRESS_DB_PASSWORD", "hunter2"),
            ("WPIMG_SALT_MASTER_FILE", "/secret"),
            ("TZ", "Europe/Berlin"),
        ];
        assert_eq!(
            scrubbed(&environment.into()),
            [("TZ".into(), "Europe/Berlin".into())]
        );
    }
}
