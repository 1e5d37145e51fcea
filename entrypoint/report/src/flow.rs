//! What to do when a reader of ours is slower than the services write.
//!
//! A reader that keeps up empties the queue within milliseconds: for those we wait, and the services with us, so that
//! nothing is lost. One that does not is waited for [`PATIENCE`] once; from then on what does not fit is dropped, until the
//! queue is half empty again. So a log driver that hangs delays a request by that much and never stops the site, and a
//! service is never slowed down to less than half a queue in that time.

use std::time::{Duration, Instant};

/// How long services may be kept waiting.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// Whether the next line is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Now,
    /// Leave it where it is and ask again.
    Later,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    #[default]
    Open,
    /// The queue was full; services wait until it has room.
    Held { until: Instant },
    /// The reader has used up our patience.
    Dropping,
}

impl Flow {
    /// Decides on a line with this much queued before it.
    pub(super) fn admit(&mut self, queued: usize, capacity: usize, now: Instant) -> Admission {
        if has_room(queued, capacity) {
            *self = Self::Open;
        }
        let full = queued >= capacity;
        match *self {
            Self::Open if !full => Admission::Now,
            Self::Open => {
                *self = Self::Held {
                    until: now + PATIENCE,
                };
                Admission::Later
            }
            Self::Held { until } if now < until => Admission::Later,
            Self::Held { .. } => {
                *self = Self::Dropping;
                self.admit(queued, capacity, now)
            }
            Self::Dropping if full => Admission::Never,
            Self::Dropping => Admission::Now,
        }
    }

    /// Until when services wait, if they do.
    pub(super) fn held_until(self) -> Option<Instant> {
        match self {
            Self::Held { until } => Some(until),
            Self::Open | Self::Dropping => None,
        }
    }
}

/// Half of the queue: with a little room it would be full again with the next line.
pub(super) fn has_room(queued: usize, capacity: usize) -> bool {
    queued <= capacity / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_keeps_up_costs_no_line() {
        let start = Instant::now();
        let mut flow = Flow::default();
        let mut at = |queued, milliseconds| {
            flow.admit(queued, 100, start + Duration::from_millis(milliseconds))
        };
        assert_eq!(at(99, 0), Admission::Now);
        assert_eq!(at(100, 1), Admission::Later);
        // A little room is not enough: it would be full again with the next line.
        assert_eq!(at(51, 300), Admission::Later);
        assert_eq!(at(50, 490), Admission::Now);
        assert_eq!(at(100, 900), Admission::Later, "patience begins anew");
        assert_eq!(at(100, 1390), Admission::Later);
    }

    #[test]
    fn a_reader_that_hangs_is_waited_for_once() {
        let start = Instant::now();
        let mut flow = Flow::default();
        let mut at = |queued, milliseconds| {
            flow.admit(queued, 100, start + Duration::from_millis(milliseconds))
        };
        assert_eq!(at(100, 0), Admission::Later);
        assert_eq!(at(100, 500), Admission::Never);
        // It reads a little now and then: what fits goes through, and nobody waits again.
        assert_eq!(at(90, 600), Admission::Now);
        assert_eq!(at(100, 601), Admission::Never);
        assert_eq!(at(40, 900), Admission::Now);
        assert_eq!(at(100, 901), Admission::Later);
    }
}
