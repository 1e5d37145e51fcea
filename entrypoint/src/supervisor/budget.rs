//! The stop budget: how long a stop may take, and what happens when in it.
//!
//! ```text
//! stop signal        drained      cut     hurry         kill    end
//! |-- drain delay ---|-- graceful stop ----|-- TERM -----|-------|
//! ```
//!
//! Each mark is only reached when the processes have not gone by themselves before it. At `cut` nginx
//! by itself closes the connections it still has (`worker_shutdown_timeout`).

use std::ops::Add;
use std::time::Duration;

/// A point in time, counted from the start of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    pub(crate) fn since_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// Time from `earlier` to here; zero when `earlier` is in fact later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// Services that have not stopped gracefully get this long to react to TERM.
const LONGEST_HURRY: Duration = Duration::from_secs(2);

/// What a drain delay must leave for requests to end by themselves, before anything is hurried.
const SHORTEST_STOP: Duration = Duration::from_secs(1);

/// From KILL to the end: the kernel needs a moment to take a process down.
const LONGEST_KILL: Duration = Duration::from_millis(500);

/// The whole time for a stop and the part of it during which everything still serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StopBudget {
    total: Duration,
    drain: Duration,
}

impl StopBudget {
    /// `None` when the drain delay would leave less than [`SHORTEST_STOP`] for an orderly stop.
    pub(crate) fn new(total: Duration, drain: Duration) -> Option<Self> {
        let budget = Self { total, drain };
        let orderly = total.saturating_sub(drain).saturating_sub(budget.hurry());
        (drain.is_zero() || orderly >= SHORTEST_STOP).then_some(budget)
    }

    pub(crate) fn total(self) -> Duration {
        self.total
    }

    pub(super) fn drains(self) -> bool {
        !self.drain.is_zero()
    }

    /// How long nginx may wait for slow clients, so that php-fpm still gets its turn.
    pub(crate) fn connection_timeout(self) -> Duration {
        let graceful = self
            .total
            .saturating_sub(self.drain)
            .saturating_sub(self.hurry());
        graceful.mul_f32(0.9).max(Duration::from_secs(1))
    }

    /// Time kept back for TERM and KILL.
    fn hurry(self) -> Duration {
        LONGEST_HURRY.min(self.total / 5) + self.kill()
    }

    fn kill(self) -> Duration {
        LONGEST_KILL.min(self.total / 20)
    }

    pub(super) fn start(self, now: Moment) -> StopClock {
        let end = now + self.total;
        let drained = (now + self.drain).min(now + self.total.saturating_sub(self.hurry()));
        StopClock {
            drained,
            cut: drained + self.connection_timeout(),
            hurry: now + self.total.saturating_sub(self.hurry()),
            kill: now + self.total.saturating_sub(self.kill()),
            end,
        }
    }
}

/// The marks of one stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StopClock {
    pub(super) drained: Moment,
    pub(super) cut: Moment,
    pub(super) hurry: Moment,
    pub(super) kill: Moment,
    pub(super) end: Moment,
}

impl StopClock {
    /// The same stop when somebody is in a hurry: TERM now, KILL soon, never later than before.
    pub(super) fn hurried(self, now: Moment) -> Self {
        let kill = self.kill.min(now + LONGEST_HURRY);
        Self {
            hurry: now,
            kill,
            end: self.end.min(kill + LONGEST_KILL),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_marks_of_a_stop_come_in_order_for_any_budget() {
        for total in [1, 2, 10, 25, 115, 3600] {
            for drain in [0, 1, total / 2, total - 1] {
                let Some(budget) = StopBudget::new(seconds(total), seconds(drain)) else {
                    continue;
                };
                let now = Moment::since_start(seconds(7));
                let clock = budget.start(now);
                assert!(
                    now <= clock.drained && clock.drained <= clock.hurry,
                    "{total} {drain}"
                );
                assert!(
                    clock.hurry < clock.kill && clock.kill < clock.end,
                    "{total} {drain}"
                );
                assert_eq!(clock.end.since(now), seconds(total));
            }
        }
    }

    #[test]
    fn a_drain_delay_leaves_time_to_stop_or_is_refused() {
        assert!(StopBudget::new(seconds(25), seconds(24)).is_none());
        assert!(StopBudget::new(seconds(25), seconds(22)).is_none());
        assert!(StopBudget::new(seconds(25), seconds(21)).is_some());
        assert!(StopBudget::new(seconds(1), seconds(0)).is_some());
    }

    #[test]
    fn nginx_gives_up_on_slow_clients_before_php_fpm_is_hurried() {
        let budget = StopBudget::new(seconds(25), seconds(5)).unwrap();
        assert!(budget.connection_timeout() < seconds(18));
        assert!(budget.connection_timeout() > seconds(14));
    }

    #[test]
    fn hurrying_never_moves_a_mark_back() {
        let now = Moment::since_start(seconds(0));
        let clock = StopBudget::new(seconds(25), seconds(0)).unwrap().start(now);
        let late = now + seconds(24);
        assert_eq!(clock.hurried(late).end, clock.end);
        assert_eq!(clock.hurried(now).kill, now + LONGEST_HURRY);
    }
}
