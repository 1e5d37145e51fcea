//! Whether and where numbers are reported.

use std::str::FromStr;
use std::time::Duration;

use super::logging::is_on_ecs;
use super::server::parsed;
use super::{Environment, SettingsError};

/// What metrics are called together in CloudWatch unless somebody chooses a name.
const DEFAULT_NAMESPACE: &str = "wpimg";

/// CloudWatch keeps minutes, unless it is asked, and paid, for more.
const DEFAULT_INTERVAL: Duration = Duration::from_mins(1);

/// Present when metrics are to be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetricsSettings {
    pub(crate) interval: Duration,
}

/// `on`, `off`, or a number of seconds.
enum Choice {
    Off,
    On(Duration),
}

impl Choice {
    const EXPECTED: &'static str =
        "`on`, `off`, or the seconds between two reports, from 1 to 3600";
}

impl FromStr for Choice {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "off" => Ok(Self::Off),
            "on" => Ok(Self::On(DEFAULT_INTERVAL)),
            seconds => match seconds.parse::<u64>() {
                Ok(seconds @ 1..=3600) => Ok(Self::On(Duration::from_secs(seconds))),
                _ => Err(()),
            },
        }
    }
}

/// On by default where there is somebody to read them.
pub(super) fn metrics(environment: &Environment) -> Result<Option<MetricsSettings>, SettingsError> {
    metrics_namespace(environment)?;
    let default = if is_on_ecs(environment) {
        Choice::On(DEFAULT_INTERVAL)
    } else {
        Choice::Off
    };
    let choice = parsed(environment, "WPIMG_METRICS", Choice::EXPECTED)?.unwrap_or(default);
    Ok(match choice {
        Choice::Off => None,
        Choice::On(interval) => Some(MetricsSettings { interval }),
    })
}

/// CloudWatch's rules for a namespace, which also may not begin with a colon.
struct Namespace(String);

impl FromStr for Namespace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/#: ".contains(&byte);
        let acceptable = text.len() <= 255
            && text.bytes().all(allowed)
            && !text.starts_with(':')
            && !text.starts_with("AWS/");
        acceptable.then(|| Self(text.to_owned())).ok_or(())
    }
}

pub(crate) fn metrics_namespace(environment: &Environment) -> Result<String, SettingsError> {
    const EXPECTED: &str =
        "up to 255 letters, digits, spaces and `._-/#:`, not beginning with `AWS/` or `:`";
    let given = parsed(environment, "WPIMG_METRICS_NAMESPACE", EXPECTED)?;
    Ok(given.map_or_else(|| DEFAULT_NAMESPACE.to_owned(), |Namespace(name)| name))
}

#[cfg(test)]
mod tests {
    use super::super::logging::ECS_METADATA;
    use super::*;

    #[test]
    fn metrics_are_on_only_where_somebody_reads_them() {
        let on_ecs = (ECS_METADATA, "http://169.254.170.2/v4/x");
        let every = |seconds| {
            Some(MetricsSettings {
                interval: Duration::from_secs(seconds),
            })
        };
        for (environment, expected) in [
            ([].into(), None),
            ([on_ecs].into(), every(60)),
            ([("WPIMG_METRICS", "on")].into(), every(60)),
            ([("WPIMG_METRICS", "10")].into(), every(10)),
        ] {
            assert_eq!(metrics(&environment).unwrap(), expected, "{environment:?}");
        }
        assert_eq!(
            metrics(&[on_ecs, ("WPIMG_METRICS", "off")].into()).unwrap(),
            None
        );
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        for (name, value) in [
            ("WPIMG_METRICS", "yes"),
            ("WPIMG_METRICS", "0"),
            ("WPIMG_METRICS_NAMESPACE", "AWS/ECS"),
            ("WPIMG_METRICS_NAMESPACE", "a\nb"),
        ] {
            let error = metrics(&[(name, value)].into()).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
