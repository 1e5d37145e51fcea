//! The client against a registry in this process and against Debian's `docker-registry`.

#![expect(
    clippy::unwrap_used,
    reason = "in a test an unexpected error is a failure"
)]

mod authentication;
mod copying;
mod faults;
mod pushing;
mod quirks;
mod reading;
mod real;
mod referrers;
mod sample;
mod sources;
