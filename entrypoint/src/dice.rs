//! Chance without a source of chance: the same seed gives the same numbers, so what decides stays pure.
//!
//! xorshift64 (Marsaglia 2003): enough to spread what would otherwise happen at once, and nothing here has
//! to be secret.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dice {
    /// Never zero, which would stay zero.
    state: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// Spreads what tasks do that were started in the same second.
    pub(crate) fn seed() -> u64 {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        now.as_secs() ^ u64::from(now.subsec_nanos()) << 32 ^ u64::from(std::process::id())
    }

    /// The duration give or take a tenth.
    pub(crate) fn spread(&mut self, duration: Duration) -> Duration {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let share = u32::try_from(self.state % 201).unwrap_or(100);
        duration * 9 / 10 + duration / 1000 * share
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn durations_stay_within_a_tenth_and_differ() {
        let second = Duration::from_secs(1);
        let mut dice = Dice::new(0);
        let thrown: BTreeSet<Duration> = (0..100).map(|_| dice.spread(second)).collect();
        assert!(thrown.len() > 20, "{thrown:?}");
        assert!(thrown.first() >= Some(&(second * 9 / 10)));
        assert!(thrown.last() <= Some(&(second * 11 / 10)));
    }
}
