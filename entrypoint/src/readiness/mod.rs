//! Readiness: asks a service, in its own protocol, whether it can serve.
//!
//! Checks never block and need no client program in the image. Their retry interval is short
//! because every millisecond of it is start time; it only runs while a service starts.

pub(crate) mod fastcgi;
mod probe;

pub(crate) use probe::{Check, Probe, RETRY_INTERVAL, Readiness};
