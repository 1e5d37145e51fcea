//! Settings of the jobs that run WordPress's code.

use std::str::FromStr;
use std::time::Duration;

use super::server::{Seconds, parsed};
use super::site::{CRON, CRON_EXPECTED};
use super::{Environment, SettingsError};

/// A database that is failing over or starting with the task is back within a minute.
const DEFAULT_DATABASE_WAIT: u64 = 60;

/// An event that takes longer is stuck, as far as a site that runs one each minute is concerned.
const DEFAULT_CRON_TIMEOUT: u64 = 300;

/// When the jobs run and how long they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobSettings {
    /// How long to wait for the database at start; zero: not at all.
    pub(crate) database_wait: Duration,
    pub(crate) cron: Cron,
    /// What one run of cron may take.
    pub(crate) cron_timeout: Duration,
}

/// Whether PID 1 runs due events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cron {
    EveryMinute,
    /// Nobody does, or WordPress itself: `wp-config.php` knows which.
    NotByUs,
}

impl JobSettings {
    pub(crate) fn resolve(environment: &Environment) -> Result<Self, SettingsError> {
        const SECONDS: &str = "seconds from 0 to 3600";
        let wait = parsed(environment, "WPIMG_DATABASE_WAIT", SECONDS)?
            .map_or(DEFAULT_DATABASE_WAIT, |Seconds(wait)| wait);
        let timeout = parsed(environment, "WPIMG_CRON_TIMEOUT", CronTimeout::EXPECTED)?
            .map_or(DEFAULT_CRON_TIMEOUT, |CronTimeout(timeout)| timeout);
        Ok(Self {
            database_wait: Duration::from_secs(wait),
            cron: parsed(environment, "WPIMG_CRON", CRON_EXPECTED)?.unwrap_or(Cron::EveryMinute),
            cron_timeout: Duration::from_secs(timeout),
        })
    }
}

impl FromStr for Cron {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "on" => Ok(Self::EveryMinute),
            other if CRON.contains(&other) => Ok(Self::NotByUs),
            _ => Err(()),
        }
    }
}

struct CronTimeout(u64);

impl CronTimeout {
    const EXPECTED: &str = "seconds from 10 to 3600";
}

impl FromStr for CronTimeout {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.parse()? {
            Seconds(seconds @ 10..) => Ok(Self(seconds)),
            Seconds(_) => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, value: &str) -> Result<JobSettings, String> {
        JobSettings::resolve(&[(name, value)].into()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_wait_of_nothing_is_allowed_and_a_cron_without_time_is_not() {
        let none = resolve("WPIMG_DATABASE_WAIT", "0").unwrap();
        assert_eq!(none.database_wait, Duration::ZERO);
        assert_eq!(none.cron, Cron::EveryMinute);
        for (name, value) in [
            ("WPIMG_DATABASE_WAIT", "1h"),
            ("WPIMG_CRON_TIMEOUT", "9"),
            ("WPIMG_CRON_TIMEOUT", "3601"),
            ("WPIMG_CRON", "1"),
        ] {
            let message = resolve(name, value).unwrap_err();
            assert!(
                message.contains(name) && message.contains(value),
                "{message}"
            );
        }
    }

    #[test]
    fn cron_can_be_left_to_visitors_or_to_nobody() {
        for who in ["off", "visitors"] {
            assert_eq!(resolve("WPIMG_CRON", who).unwrap().cron, Cron::NotByUs);
        }
    }
}
