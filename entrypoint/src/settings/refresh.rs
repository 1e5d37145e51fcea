//! How often secrets are fetched again.

use std::str::FromStr;
use std::time::Duration;

use super::server::parsed;
use super::{Environment, References, SettingsError};

const VARIABLE: &str = "WPIMG_SECRETS_REFRESH";
const EXPECTED: &str =
    "a time from 10s to 24h, as in `90s`, `5m`, `1h` or a number of seconds, or 0 for never";
/// Rotation that nobody announces is noticed within this time.
const DEFAULT: Duration = Duration::from_mins(5);
const SHORTEST: u64 = 10;
const LONGEST: u64 = 24 * 60 * 60;

/// The time between two fetches; `None` for never, the default where nothing is fetched.
pub(crate) fn refresh(
    environment: &Environment,
    references: &References,
) -> Result<Option<Duration>, SettingsError> {
    match parsed(environment, VARIABLE, EXPECTED)? {
        Some(Interval(interval)) => Ok(interval),
        None => Ok((!references.wanted().is_empty()).then_some(DEFAULT)),
    }
}

struct Interval(Option<Duration>);

impl FromStr for Interval {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, unit) = match text.char_indices().next_back() {
            Some((end, 's')) => (&text[..end], 1),
            Some((end, 'm')) => (&text[..end], 60),
            Some((end, 'h')) => (&text[..end], 60 * 60),
            Some(_) | None => (text, 1),
        };
        let number: u64 = number.parse().map_err(|_| ())?;
        match number.checked_mul(unit).ok_or(())? {
            0 => Ok(Self(None)),
            seconds @ SHORTEST..=LONGEST => Ok(Self(Some(Duration::from_secs(seconds)))),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(environment: impl Into<Environment>) -> Result<Option<u64>, String> {
        let environment = environment.into();
        let references = References::of(&environment).unwrap();
        let found = refresh(&environment, &references).map_err(|error| error.to_string())?;
        Ok(found.map(|interval| interval.as_secs()))
    }

    #[test]
    fn secrets_are_fetched_again_every_five_minutes_and_where_there_are_none_never() {
        assert_eq!(found([("WORDPRESS_DB_PASSWORD", "ssm:/a")]), Ok(Some(300)));
        assert_eq!(found([("WPIMG_SECRET", "shop")]), Ok(Some(300)));
        assert_eq!(found([("WORDPRESS_DB_PASSWORD", "hunter2")]), Ok(None));
    }

    #[test]
    fn a_given_time_counts_in_any_case() {
        for (text, seconds) in [
            ("0", None),
            ("0s", None),
            ("90", Some(90)),
            ("90s", Some(90)),
            ("5m", Some(300)),
            ("24h", Some(86400)),
        ] {
            assert_eq!(found([(VARIABLE, text)]), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_too_short_is_refused_by_name() {
        for text in [
            "often",
            "9",
            "25h",
            "-1",
            "1.5h",
            "m",
            "5M",
            "99999999999999999999h",
        ] {
            let message = found([(VARIABLE, text)]).unwrap_err();
            assert!(
                message.contains(VARIABLE) && message.contains(text),
                "{message}"
            );
        }
    }
}
