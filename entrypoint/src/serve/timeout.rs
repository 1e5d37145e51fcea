//! How long `poll` may wait.

use std::time::Duration;

use nix::poll::PollTimeout;

/// Rounded up, so that the deadline has passed when `poll` returns.
pub(super) fn timeout(longest: Option<Duration>) -> PollTimeout {
    let milliseconds = longest.map(|duration| duration.as_millis().saturating_add(1));
    milliseconds.map_or(PollTimeout::NONE, |ms| {
        PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
    })
}
