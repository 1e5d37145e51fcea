//! Settings of the container itself: port, sizes, worker count, stop budget and directories.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::metrics::{MetricsSettings, metrics};
use super::php::PhpSettings;
use super::proxies::{self, trusted_proxies};
use super::size::Mebibytes;
use super::{Capacity, Environment, JobSettings, OwnershipSettings, SettingsError};
use crate::supervisor::StopBudget;

/// Above 1023, so that nginx can listen on it without root.
const DEFAULT_HTTP_PORT: NonZero<u16> = NonZero::new(8080).expect("8080 is not zero");

/// ECS sends KILL 30 seconds after TERM unless told otherwise; this leaves it a margin.
const DEFAULT_STOP_TIMEOUT: u64 = 25;

/// Settings of nginx, php-fpm and the supervisor.
#[derive(Debug)]
pub(crate) struct ServerSettings {
    pub(crate) http_port: NonZero<u16>,
    pub(crate) upload_limit: Mebibytes,
    /// What a whole request body may be, a little more than the file in it.
    pub(crate) body_limit: Mebibytes,
    pub(crate) php: PhpSettings,
    pub(crate) nginx_workers: NonZero<usize>,
    pub(crate) stop_budget: StopBudget,
    /// Whether `/readyz` also asks for the database.
    pub(crate) ready_database: bool,
    /// `None` when not given: then the default and its fall-backs are tried.
    pub(crate) run_directory: Option<PathBuf>,
    pub(crate) ownership: OwnershipSettings,
    pub(crate) jobs: JobSettings,
    pub(crate) network: Network,
    /// Whose word about a visitor's address is believed.
    pub(crate) trusted_proxies: Vec<proxies::Network>,
    /// `None`: nothing is reported.
    pub(crate) metrics: Option<MetricsSettings>,
}

/// Whether nginx has to find WordPress's own files below the address of each site of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    Subdirectories,
    /// There is one site, or each has a name of its own.
    None,
}

impl Network {
    /// What else the variable may hold is checked with WordPress's other settings.
    fn of(environment: &Environment) -> Self {
        match environment.get("WPIMG_MULTISITE") {
            Some(value) if value == "subdirectories" => Self::Subdirectories,
            Some(_) | None => Self::None,
        }
    }
}

impl ServerSettings {
    pub(crate) fn resolve(
        environment: &Environment,
        capacity: Capacity,
    ) -> Result<Self, SettingsError> {
        let upload_limit = parsed(environment, "WPIMG_UPLOAD_LIMIT", Mebibytes::EXPECTED)?
            .unwrap_or(Mebibytes::DEFAULT_UPLOAD);
        Ok(Self {
            http_port: http_port(environment)?,
            upload_limit,
            body_limit: upload_limit.with_form_overhead(),
            php: PhpSettings::resolve(environment, capacity)?,
            nginx_workers: capacity.processors,
            stop_budget: stop_budget(environment)?,
            ready_database: parsed(environment, "WPIMG_READY_DATABASE", Switch::EXPECTED)?
                .is_some_and(|Switch(on)| on),
            run_directory: run_directory(environment)?,
            ownership: OwnershipSettings::resolve(environment)?,
            jobs: JobSettings::resolve(environment)?,
            network: Network::of(environment),
            trusted_proxies: trusted_proxies(environment)?,
            metrics: metrics(environment)?,
        })
    }
}

/// `1` or `0`.
struct Switch(bool);

impl Switch {
    const EXPECTED: &'static str = "0 or 1";
}

impl FromStr for Switch {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "1" => Ok(Self(true)),
            "0" => Ok(Self(false)),
            _ => Err(()),
        }
    }
}

/// Whole seconds up to an hour.
pub(super) struct Seconds(pub(super) u64);

impl FromStr for Seconds {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.strip_suffix('s').unwrap_or(text).parse::<u64>() {
            Ok(seconds @ 0..=3600) => Ok(Self(seconds)),
            _ => Err(()),
        }
    }
}

fn stop_budget(environment: &Environment) -> Result<StopBudget, SettingsError> {
    const EXPECTED: &str = "seconds from 1 to 3600";
    let total = match parsed(environment, "WPIMG_STOP_TIMEOUT", EXPECTED)? {
        None => DEFAULT_STOP_TIMEOUT,
        Some(Seconds(0)) => {
            return Err(SettingsError::Invalid {
                variable: "WPIMG_STOP_TIMEOUT",
                value: "0".to_owned(),
                expected: EXPECTED,
            });
        }
        Some(Seconds(total)) => total,
    };
    let drain = parsed(environment, "WPIMG_DRAIN_DELAY", "seconds from 0 to 3600")?
        .map_or(0, |Seconds(drain)| drain);
    StopBudget::new(Duration::from_secs(total), Duration::from_secs(drain))
        .ok_or(SettingsError::DrainTooLong { drain, total })
}

/// The parsed value of a variable; an empty one counts as unset, as in a compose file's `${X:-}`.
pub(super) fn parsed<T: FromStr>(
    environment: &Environment,
    variable: &'static str,
    expected: &'static str,
) -> Result<Option<T>, SettingsError> {
    let Some(value) = environment.get(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    match value.to_str().and_then(|text| text.trim().parse().ok()) {
        Some(parsed) => Ok(Some(parsed)),
        None => Err(SettingsError::Invalid {
            variable,
            value: value.to_string_lossy().into_owned(),
            expected,
        }),
    }
}

/// An absolute directory whose name needs no quoting in the configuration of nginx and php-fpm.
pub(super) struct Directory(pub(super) PathBuf);

/// A unix socket's path has room for 107 bytes (unix(7)); the socket's own name is in them too.
const LONGEST_DIRECTORY: usize = 80;

impl FromStr for Directory {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
        let acceptable = text.starts_with('/')
            && text.len() <= LONGEST_DIRECTORY
            && text.bytes().all(plain)
            && !text.split('/').any(|part| part == "..");
        if acceptable {
            Ok(Self(Path::new(text).to_owned()))
        } else {
            Err(())
        }
    }
}

/// The port nginx listens on.
pub(crate) fn http_port(environment: &Environment) -> Result<NonZero<u16>, SettingsError> {
    let port = parsed(environment, "WPIMG_HTTP_PORT", "a port from 1 to 65535")?;
    Ok(port.unwrap_or(DEFAULT_HTTP_PORT))
}

/// The directory that `WPIMG_RUN_DIR` names.
pub(crate) fn run_directory(environment: &Environment) -> Result<Option<PathBuf>, SettingsError> {
    directory(environment, "WPIMG_RUN_DIR")
}

fn directory(
    environment: &Environment,
    variable: &'static str,
) -> Result<Option<PathBuf>, SettingsError> {
    const EXPECTED: &str =
        "an absolute path of at most 80 letters, digits, dots, dashes and underscores";
    Ok(parsed(environment, variable, EXPECTED)?.map(|Directory(path)| path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(environment: impl Into<Environment>) -> Result<ServerSettings, SettingsError> {
        ServerSettings::resolve(&environment.into(), Capacity::of_a_small_task())
    }

    fn check_refused(variable: &str, value: &str) {
        let message = resolve([(variable, value)]).unwrap_err().to_string();
        assert!(
            message.contains(variable) && message.contains(value),
            "{message}"
        );
    }

    #[test]
    fn defaults_fit_a_small_task() {
        let settings = resolve([]).unwrap();
        assert_eq!(settings.http_port.get(), 8080);
        assert_eq!(settings.upload_limit.to_string(), "64M");
        assert_eq!(settings.php.workers.get(), 5);
        assert_eq!(settings.stop_budget.total(), Duration::from_secs(25));
        assert_eq!(settings.run_directory, None);
    }

    #[test]
    fn a_request_body_may_be_larger_than_the_file_in_it() {
        let settings = resolve([("WPIMG_UPLOAD_LIMIT", "1G")]).unwrap();
        assert!(settings.body_limit > settings.upload_limit);
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        check_refused("WPIMG_HTTP_PORT", "0");
        check_refused("WPIMG_HTTP_PORT", "http");
        check_refused("WPIMG_UPLOAD_LIMIT", "64MB");
        check_refused("WPIMG_PHP_WORKERS", "0");
        check_refused("WPIMG_TRUSTED_PROXIES", "alb");
        check_refused("WPIMG_METRICS", "yes");
        check_refused("WPIMG_STOP_TIMEOUT", "0");
        check_refused("WPIMG_STOP_TIMEOUT", "1m");
        check_refused("WPIMG_READY_DATABASE", "yes");
        check_refused("WPIMG_RUN_DIR", "run/wpimg");
        check_refused("WPIMG_RUN_DIR", "/run/x;user root");
        check_refused("WPIMG_RUN_DIR", "/run/../etc");
        check_refused("WPIMG_UPLOADS", "app/uploads");
    }

    #[test]
    fn an_empty_value_counts_as_unset() {
        assert_eq!(
            resolve([("WPIMG_HTTP_PORT", "")]).unwrap().http_port,
            DEFAULT_HTTP_PORT
        );
    }

    #[test]
    fn a_drain_delay_must_leave_time_to_stop() {
        let environment = [("WPIMG_STOP_TIMEOUT", "20"), ("WPIMG_DRAIN_DELAY", "20s")];
        let error = resolve(environment).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`WPIMG_DRAIN_DELAY` (20 s) does not fit into `WPIMG_STOP_TIMEOUT` (20 s)"
        );
        assert!(error.hint().unwrap().contains("35"));
    }

    #[test]
    fn the_image_exposes_the_default_port() {
        let recipe = include_str!("../../../docker/recipe.toml");
        assert!(recipe.contains(&format!("ports = [\"{DEFAULT_HTTP_PORT}/tcp\"]")));
    }
}
