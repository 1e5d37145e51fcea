//! How often ECS is asked.

use std::time::Duration;

use super::target::SHORTEST_POLL;

/// Slower than this nobody would believe that anything is being watched.
const LONGEST_POLL: Duration = Duration::from_secs(30);

/// Twice as slow after each refusal, twice as fast again after each answer: several deployments that were throttled together
/// would otherwise be throttled together again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    usual: Duration,
    current: Duration,
}

impl Pace {
    pub(super) fn new(usual: Duration) -> Self {
        let usual = usual.clamp(SHORTEST_POLL, LONGEST_POLL);
        Self {
            usual,
            current: usual,
        }
    }

    pub(super) fn after_answer(&mut self) -> Duration {
        self.current = (self.current / 2).max(self.usual);
        self.current
    }

    pub(super) fn after_refusal(&mut self) -> Duration {
        self.current = (self.current * 2).min(LONGEST_POLL);
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_slow_down_and_answers_speed_up_within_limits() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(seconds(3));
        assert_eq!(pace.after_answer(), seconds(3));
        let slower = [(); 5].map(|()| pace.after_refusal().as_secs());
        assert_eq!(slower, [6, 12, 24, 30, 30]);
        let faster = [(); 5].map(|()| pace.after_answer().as_millis());
        assert_eq!(faster, [15_000, 7500, 3750, 3000, 3000]);
    }

    #[test]
    fn nobody_can_choose_to_ask_all_the_time_or_never() {
        assert_eq!(Pace::new(Duration::ZERO).after_answer(), SHORTEST_POLL);
        assert_eq!(Pace::new(Duration::MAX).after_answer(), LONGEST_POLL);
    }
}
