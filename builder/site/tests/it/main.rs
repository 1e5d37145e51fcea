//! Site content from the outside: archives and directories in, entries or a named problem out.

#![expect(
    clippy::unwrap_used,
    reason = "what a test builds is there, or the test has failed"
)]

mod bombs;
mod detection;
mod digests;
mod directories;
mod equality;
mod hostile_tar;
mod hostile_zip;
mod identity;
mod left_out;
mod pack;
mod random;
