//! How often an operation is tried, and after which pauses.
//!
//! Pauses double, without a random part: a push is one client, and its tests want to know. A
//! registry may ask for a longer one with `Retry-After` (RFC 9110, 10.2.3), up to a limit; its
//! date form is read against the answer's own `Date`, so no clock of ours has to be right.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use super::{Failure, Registry};
use crate::{
    error::{RegistryError, Target},
    observer::Observer,
};

/// How often, and how patiently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The first attempt included.
    pub attempts: u32,
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// The most a registry may ask us to wait.
    pub longest_requested_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(8),
            longest_requested_pause: Duration::from_mins(1),
        }
    }
}

impl RetryPolicy {
    fn pause(&self, attempts: u32, requested: Option<Duration>) -> Duration {
        let doublings = (attempts.max(1) - 1).min(16);
        let ours = self
            .first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause);
        match requested {
            Some(requested) => requested.min(self.longest_requested_pause).max(ours),
            None => ours,
        }
    }
}

/// The attempts at one operation: makes a pause after a failure, or gives up.
pub(crate) struct Tries<'a> {
    policy: RetryPolicy,
    target: &'a Target,
    observer: &'a dyn Observer,
    attempts: u32,
}

impl Registry {
    pub(crate) fn tries<'a>(&self, target: &'a Target, observer: &'a dyn Observer) -> Tries<'a> {
        Tries {
            policy: self.options().retry,
            target,
            observer,
            attempts: 0,
        }
    }
}

impl Tries<'_> {
    /// Returns when it is time for the next attempt.
    pub(crate) async fn after(&mut self, failure: Failure) -> Result<(), RegistryError> {
        self.attempts += 1;
        let (cause, requested) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Temporary {
                cause,
                requested_pause,
            } => (cause, requested_pause),
        };
        if self.attempts >= self.policy.attempts {
            return Err(RegistryError::GaveUp {
                target: self.target.clone(),
                attempts: self.attempts,
                source: cause,
            });
        }
        let pause = self.policy.pause(self.attempts, requested);
        self.observer.retrying(self.target, &cause, pause);
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// Reads how long a registry wants us to wait.
pub(super) fn requested_pause(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wish = text(RETRY_AFTER)?;
    if let Ok(seconds) = wish.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| -> Option<SystemTime> { httpdate::parse_http_date(text).ok() };
    let until = date(wish)?;
    let now = date(text(DATE)?)?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        for (attempts, pause) in [(1, 500), (2, 1_000), (5, 8_000), (40, 8_000)] {
            assert_eq!(policy.pause(attempts, None), Duration::from_millis(pause));
        }
        let asked = |seconds| policy.pause(1, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(3), Duration::from_secs(3));
        assert_eq!(asked(86_400), Duration::from_mins(1));
        assert_eq!(asked(0), Duration::from_millis(500));
    }

    #[test]
    fn both_forms_of_retry_after_are_understood() {
        let pause = |wish: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, wish.parse().unwrap());
            if let Some(date) = date {
                headers.insert(DATE, date.parse().unwrap());
            }
            requested_pause(&headers).map(|pause| pause.as_secs())
        };
        let now = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(pause("7", None), Some(7));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(10));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:07 GMT", now), Some(0));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:47 GMT", None), None);
        for nonsense in ["", "-1", "soon", "99999999999999999999999"] {
            assert_eq!(pause(nonsense, now), None, "{nonsense}");
        }
    }
}
