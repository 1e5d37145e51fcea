//! When an attempt is repeated, and after which pause.
//!
//! Pauses double and are shortened by a random part, so that many clients of one mirror do not come
//! back together. `Retry-After` in seconds (RFC 9110, 10.2.3) is honoured up to a limit; its date
//! form would need a trusted clock and falls back to the ordinary pause.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use reqwest::{
    Response, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

use super::{
    Url,
    error::{Attempt, FetchError},
};

/// How often, and how patiently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// The first attempt included.
    pub(crate) attempts: u32,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    /// The most a server may ask us to wait.
    pub(crate) longest_requested_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(8),
            longest_requested_pause: Duration::from_mins(1),
        }
    }
}

/// Why one attempt failed.
#[derive(Debug)]
pub(super) enum AttemptError {
    /// May work the next time.
    Temporary {
        cause: Attempt,
        requested_pause: Option<Duration>,
    },
    /// Will not.
    Final(FetchError),
}

impl From<FetchError> for AttemptError {
    fn from(error: FetchError) -> Self {
        Self::Final(error)
    }
}

impl AttemptError {
    pub(super) fn temporary(cause: Attempt) -> Self {
        Self::Temporary {
            cause,
            requested_pause: None,
        }
    }

    /// What a failed exchange means; the URL is in our own message already.
    pub(super) fn transport(url: &Url, error: reqwest::Error) -> Self {
        let source = error.without_url();
        if source.is_builder() || source.is_redirect() {
            return Self::Final(FetchError::Request {
                url: url.clone(),
                source,
            });
        }
        Self::temporary(Attempt::Transport(source))
    }
}

/// What a body that broke off means: how far it came says more than the client's own words.
pub(super) fn broken_body(
    url: &Url,
    received: u64,
    expected: Option<u64>,
    error: reqwest::Error,
) -> AttemptError {
    match expected {
        Some(expected) if received < expected && !error.is_timeout() => {
            AttemptError::temporary(Attempt::Truncated { received, expected })
        }
        Some(_) | None => AttemptError::transport(url, error),
    }
}

impl RetryPolicy {
    /// Runs `attempt` until it succeeds, fails for good, or has been tried often enough.
    pub(super) async fn run<T, F: Future<Output = Result<T, AttemptError>>>(
        &self,
        url: &Url,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, FetchError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (cause, requested) = match attempt().await {
                Ok(value) => return Ok(value),
                Err(AttemptError::Final(error)) => return Err(error),
                Err(AttemptError::Temporary {
                    cause,
                    requested_pause,
                }) => (cause, requested_pause),
            };
            if attempts >= self.attempts {
                return Err(FetchError::GaveUp {
                    url: url.clone(),
                    attempts,
                    source: cause,
                });
            }
            tokio::time::sleep(self.pause(attempts, requested)).await;
        }
    }

    fn pause(&self, attempts: u32, requested: Option<Duration>) -> Duration {
        if let Some(requested) = requested {
            return requested.min(self.longest_requested_pause);
        }
        let doublings = (attempts - 1).min(16);
        let pause = self
            .first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause);
        // Between half of the pause and all of it.
        pause.mul_f64(0.5 + random_part() / 2.0)
    }
}

/// Sorts responses into good ones, those worth another attempt, and the others.
pub(super) fn check_status(url: &Url, response: Response) -> Result<Response, AttemptError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(FetchError::NotFound { url: url.clone() }.into())
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(repeatable(status, response.headers()))
        }
        _ if status.is_server_error() => Err(repeatable(status, response.headers())),
        _ => Err(FetchError::Refused {
            url: url.clone(),
            status,
        }
        .into()),
    }
}

fn repeatable(status: StatusCode, headers: &HeaderMap) -> AttemptError {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    AttemptError::Temporary {
        cause: Attempt::Status(status),
        requested_pause: seconds.map(Duration::from_secs),
    }
}

/// A number in 0.0 ..= 1.0. The standard library seeds its hash keys from the system's randomness,
/// which is all that spreading clients out needs.
fn random_part() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RetryPolicy;

    #[test]
    fn pauses_double_up_to_the_longest_and_vary_below_it() {
        let policy = RetryPolicy::default();
        for (attempts, full) in [(1, 250), (2, 500), (3, 1_000), (6, 8_000), (40, 8_000)] {
            let full = Duration::from_millis(full);
            for _ in 0..20 {
                let pause = policy.pause(attempts, None);
                assert!(
                    pause >= full / 2 && pause <= full,
                    "{pause:?} after {attempts} attempts"
                );
            }
        }
    }

    #[test]
    fn a_server_may_ask_for_a_pause_but_not_for_any() {
        let policy = RetryPolicy::default();
        let asked = |seconds| {
            policy
                .pause(1, Some(Duration::from_secs(seconds)))
                .as_secs()
        };
        assert_eq!(asked(3), 3);
        assert_eq!(asked(86_400), 60);
        assert_eq!(asked(0), 0);
    }
}
