//! Images made in memory, looked at from outside.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compare;
mod documents;
mod hostile;
mod merge;
mod page;
mod report;
mod sample;
