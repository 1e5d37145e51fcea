//! Restarts: exponential back-off, and when to stop trying.
//!
//! A service that fails `LIMIT` times within `WINDOW` will not heal by itself; the orchestrator can
//! move the task elsewhere, so the container ends instead of flapping for ever.

use std::collections::VecDeque;
use std::time::Duration;

use super::Moment;

const LIMIT: usize = 5;
const WINDOW: Duration = Duration::from_mins(1);

/// Long enough for the kernel to free the port of a killed process group.
const FIRST_DELAY: Duration = Duration::from_millis(100);

/// Failures of one service within the last window.
#[derive(Clone, Debug, Default)]
pub(super) struct RestartHistory {
    failures: VecDeque<Moment>,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    RetryAfter(Duration),
    GiveUp { failures: usize },
}

impl RestartHistory {
    #[must_use]
    pub(super) fn record_failure(&mut self, now: Moment) -> Verdict {
        self.failures.retain(|failure| now.since(*failure) < WINDOW);
        self.failures.push_back(now);
        let failures = self.failures.len();
        if failures >= LIMIT {
            return Verdict::GiveUp { failures };
        }
        let doublings = u32::try_from(failures - 1).unwrap_or(u32::MAX);
        Verdict::RetryAfter(FIRST_DELAY.saturating_mul(2_u32.saturating_pow(doublings)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(moments: &[u64]) -> Vec<Verdict> {
        let mut history = RestartHistory::default();
        moments
            .iter()
            .map(|second| history.record_failure(Moment::since_start(Duration::from_secs(*second))))
            .collect()
    }

    #[test]
    fn the_delay_doubles_until_the_fifth_failure_within_a_minute() {
        let retry = |milliseconds| Verdict::RetryAfter(Duration::from_millis(milliseconds));
        assert_eq!(
            verdicts(&[0, 1, 2, 3, 4]),
            [
                retry(100),
                retry(200),
                retry(400),
                retry(800),
                Verdict::GiveUp { failures: 5 }
            ]
        );
    }

    #[test]
    fn failures_that_are_a_window_apart_never_add_up() {
        let rare: Vec<u64> = (0..50).map(|n| n * 60).collect();
        assert!(
            verdicts(&rare)
                .iter()
                .all(|v| *v == Verdict::RetryAfter(FIRST_DELAY))
        );
    }
}
