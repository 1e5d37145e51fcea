//! The network edge: files over HTTP, checked while they arrive.
//!
//! `small` answers with bytes in memory, never more than a limit. `download` puts a file into the
//! cache and gives it its name only when size and SHA-256 are right. `download_many` runs several
//! and hands each over as soon as it is complete, so that unpacking need not wait for the last.
//!
//! At most eight transfers run at once, over connections that are kept alive; a host's name is
//! looked up once. What is worth repeating is repeated with growing pauses (`retry`); a complete
//! file with the wrong content never is. Proxies come from the usual environment variables. HTTP
//! semantics: RFC 9110.

mod client;
mod download;
mod error;
#[cfg(test)]
mod fake_server;
mod many;
mod resolver;
mod retry;
mod small;
mod unpinned;

pub(crate) use client::Fetcher;
pub(crate) use download::{Download, Expected};
pub(crate) use error::{Attempt, FetchError, Redacted};
pub(crate) use retry::RetryPolicy;

pub(crate) use reqwest::Url;

#[cfg(test)]
mod tests;
