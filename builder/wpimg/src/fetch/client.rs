//! The HTTP client and its limits.

use std::{
    sync::{Arc, Once},
    time::Duration,
};

use reqwest::{Client, redirect};
use tokio::sync::Semaphore;

use super::{FetchError, RetryPolicy, Url, resolver::RememberingResolver};
use crate::settings::Network;

/// More gains nothing on one mirror and is impolite to it.
const CONNECTIONS: usize = 8;
/// Mirrors redirect once, some content networks twice.
const REDIRECTS: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest silence in the middle of a body.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("wpimg/", env!("CARGO_PKG_VERSION"));

/// Fetches files. Clones share connections, looked-up names and the limit on transfers.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    pub(super) client: Client,
    pub(super) transfers: Arc<Semaphore>,
    pub(super) retry: RetryPolicy,
    pub(super) network: Network,
}

impl Fetcher {
    /// Sets the client up; nothing is connected yet.
    pub(crate) fn new(retry: RetryPolicy, network: Network) -> Result<Self, FetchError> {
        install_cryptography();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(STALL_TIMEOUT)
            .pool_max_idle_per_host(CONNECTIONS)
            .dns_resolver(RememberingResolver::default())
            .redirect(redirects())
            .build()
            .map_err(|source| FetchError::Client { source })?;
        Ok(Self {
            client,
            transfers: Arc::new(Semaphore::new(CONNECTIONS)),
            retry,
            network,
        })
    }

    /// Refuses an address on the network where none may be used.
    pub(super) fn check_network(&self, url: &Url) -> Result<(), FetchError> {
        match self.network {
            Network::Used => Ok(()),
            Network::Refused => Err(FetchError::Offline { url: url.clone() }),
        }
    }
}

/// Follows a few redirects, never from https to http.
fn redirects() -> redirect::Policy {
    redirect::Policy::custom(|attempt| {
        let secure = |url: &reqwest::Url| url.scheme() == "https";
        let downgrade = attempt.previous().last().is_some_and(secure) && !secure(attempt.url());
        if attempt.previous().len() > REDIRECTS {
            attempt.error("too many redirects")
        } else if downgrade {
            attempt.error("redirected from https to http")
        } else {
            attempt.follow()
        }
    })
}

/// Chooses ring for TLS; the client is built without a provider of its own.
fn install_cryptography() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that somebody installed one before: just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
