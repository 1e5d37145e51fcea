//! Restarts: exponential back-off, and when to stop trying.
//!
//! A service that fails again and again will not heal by itself; the orchestrator can move the task
//! elsewhere, so for an essential one the container ends instead of flapping for ever. One that is
//! not essential is tried for ever, ever more rarely.

use std::collections::VecDeque;
use std::time::Duration;

use super::Moment;
use crate::dice::Dice;

/// How a service is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RestartPolicy {
    /// After the first failure; doubles with each further one.
    pub(crate) first_delay: Duration,
    pub(crate) longest_delay: Duration,
    /// One that was ready for this long counts as healthy again: its delays begin anew.
    pub(crate) stable_after: Duration,
    /// So many failures within the window are too many, and so are as many starts in a row that never
    /// got ready, however long each took.
    pub(crate) limit: usize,
    pub(crate) window: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            // Long enough for the kernel to free the port of a killed process group.
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_mins(1),
            stable_after: Duration::from_mins(1),
            limit: 5,
            window: Duration::from_mins(1),
        }
    }
}

/// The failures of one service, as far as they still matter.
#[derive(Clone, Debug, Default)]
pub(super) struct RestartHistory {
    /// Those within the window, and never more than the limit.
    failures: VecDeque<Moment>,
    /// Since it was last stable.
    streak: u32,
    /// Since it was last ready.
    stillborn: usize,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    RetryAfter(Duration),
    /// Only for a service that the container cannot do without.
    TooMany {
        failures: usize,
    },
}

impl RestartHistory {
    /// `ready_since` is when the service that has just ended became ready, if it did. A service without a
    /// limit (`None`) is never too much.
    #[must_use]
    pub(super) fn record_failure(
        &mut self,
        now: Moment,
        ready_since: Option<Moment>,
        policy: &RestartPolicy,
        limit: Option<usize>,
        dice: &mut Dice,
    ) -> Verdict {
        if ready_since.is_some_and(|since| now.since(since) >= policy.stable_after) {
            self.streak = 0;
        }
        self.streak = self.streak.saturating_add(1);
        self.stillborn = match ready_since {
            Some(_) => 0,
            None => self.stillborn.saturating_add(1),
        };
        if let Some(limit) = limit {
            self.failures
                .retain(|failure| now.since(*failure) < policy.window);
            self.failures.push_back(now);
            let failures = self.failures.len().max(self.stillborn);
            if failures >= limit {
                return Verdict::TooMany { failures };
            }
        }
        let doubled = 2_u32.saturating_pow(self.streak - 1);
        let delay = policy
            .first_delay
            .saturating_mul(doubled)
            .min(policy.longest_delay);
        Verdict::RetryAfter(dice.spread(delay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A failure at this second of a service that had been ready for so many seconds.
    type Failure = (u64, Option<u64>);

    fn verdicts(limit: Option<usize>, failures: &[Failure]) -> Vec<Verdict> {
        let at = |second| Moment::since_start(Duration::from_secs(second));
        let mut history = RestartHistory::default();
        let (policy, mut dice) = (RestartPolicy::default(), Dice::new(1));
        failures
            .iter()
            .map(|(second, ready_for)| {
                let ready = ready_for.map(|seconds| at(second - seconds));
                history.record_failure(at(*second), ready, &policy, limit, &mut dice)
            })
            .collect()
    }

    fn delays(verdicts: &[Verdict]) -> Vec<u128> {
        let delay = |verdict: &Verdict| match verdict {
            Verdict::RetryAfter(delay) => delay.as_millis(),
            Verdict::TooMany { .. } => 0,
        };
        verdicts.iter().map(delay).collect()
    }

    #[track_caller]
    fn check_delays(verdicts: &[Verdict], expected: &[u128]) {
        let actual = delays(verdicts);
        let near = |(actual, expected): (&u128, &u128)| {
            (expected * 9 / 10..=expected * 11 / 10).contains(actual)
        };
        assert!(
            actual.len() == expected.len() && actual.iter().zip(expected).all(near),
            "{actual:?}"
        );
    }

    #[test]
    fn the_delay_doubles_until_the_fifth_failure_within_a_minute() {
        let verdicts = verdicts(
            Some(5),
            &[(0, Some(0)), (1, None), (2, None), (3, None), (4, None)],
        );
        check_delays(&verdicts[..4], &[100, 200, 400, 800]);
        assert_eq!(verdicts[4], Verdict::TooMany { failures: 5 });
    }

    #[test]
    fn failures_that_are_a_window_apart_never_add_up() {
        let rare: Vec<Failure> = (1..50).map(|n| (n * 61, Some(60))).collect();
        check_delays(&verdicts(Some(5), &rare), &[100; 49]);
    }

    #[test]
    fn starts_that_never_get_ready_add_up_however_long_they_take() {
        let slow: Vec<Failure> = (1..6).map(|n| (n * 90, None)).collect();
        assert_eq!(
            verdicts(Some(5), &slow).last(),
            Some(&Verdict::TooMany { failures: 5 })
        );
    }

    #[test]
    fn without_a_limit_it_goes_on_for_ever_and_the_delay_stays_bounded() {
        let many: Vec<Failure> = (0..100).map(|n| (n, None)).collect();
        let verdicts = verdicts(None, &many);
        check_delays(&verdicts[9..12], &[51_200, 60_000, 60_000]);
        check_delays(&verdicts[98..], &[60_000, 60_000]);
    }

    #[test]
    fn one_that_was_stable_begins_with_the_shortest_delay_again() {
        let failures = [
            (100, None),
            (101, None),
            (102, None),
            (300, Some(60)),
            (301, Some(0)),
        ];
        check_delays(&verdicts(None, &failures), &[100, 200, 400, 100, 200]);
    }
}
