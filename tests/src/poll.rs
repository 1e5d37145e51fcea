//! Waiting for something real to happen: asks again and again, gives up at a deadline, never sleeps for luck.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How long a container may take to become useful on a busy two-core machine; a hang guard, not an expectation.
pub const PATIENCE: Duration = Duration::from_secs(90);

const PAUSE: Duration = Duration::from_millis(25);
/// For moments that pass quickly.
const SHORT_PAUSE: Duration = Duration::from_millis(1);

/// Calls `attempt` until it gives a value.
///
/// An error from `attempt` means "not yet"; the last one explains the failure when time is up.
pub fn until<T>(what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
    with_pause(PAUSE, what, attempt)
}

/// As [`until`], but so often that a moment of a few milliseconds is not missed.
pub fn often<T>(what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
    with_pause(SHORT_PAUSE, what, attempt)
}

fn with_pause<T>(pause: Duration, what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(reason) if Instant::now() >= deadline => {
                return Err(reason)
                    .with_context(|| format!("gave up after {} s: {what}", PATIENCE.as_secs()));
            }
            Err(_) => thread::sleep(pause),
        }
    }
}

/// Waits until `holds` answers true.
pub fn until_true(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    until(what, || {
        if holds()? {
            return Ok(());
        }
        bail!("it did not become true")
    })
}
