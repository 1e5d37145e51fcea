//! The client and how it is set up.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Once},
    time::Duration,
};

use reqwest::{Client, Url, redirect};

use super::{
    Endpoint, RetryPolicy,
    endpoint::{Transport, is_loopback},
};
use crate::{
    auth::Authenticator,
    credentials::{Anonymous, CredentialSource},
    error::RegistryError,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Registries redirect once, to where they keep blobs.
const REDIRECTS: usize = 5;

/// How a client behaves.
#[derive(Clone)]
pub struct ClientOptions {
    pub credentials: Arc<dyn CredentialSource>,
    /// Hosts whose registry is at another address, as with an emulator of ECR.
    pub endpoints: BTreeMap<String, Url>,
    /// Hosts spoken to without encryption; those of this machine always are.
    pub plain_http: BTreeSet<String>,
    pub retry: RetryPolicy,
    /// The longest silence in the middle of a body.
    pub stall_timeout: Duration,
    /// The longest wait for an answer to something sent: a registry hashes a layer before it
    /// answers.
    pub answer_timeout: Duration,
    /// Blobs on their way at the same time. ECR throttles above ten uploads a second.
    pub jobs: usize,
    pub user_agent: String,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            credentials: Arc::new(Anonymous),
            endpoints: BTreeMap::new(),
            plain_http: BTreeSet::new(),
            retry: RetryPolicy::default(),
            stall_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_mins(3),
            jobs: 8,
            user_agent: concat!("wpimg/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientOptions")
            .field("endpoints", &self.endpoints)
            .field("plain_http", &self.plain_http)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A client for any number of registries. Clones share connections and tokens.
#[derive(Clone)]
pub struct Registry {
    shared: Arc<Shared>,
}

struct Shared {
    options: ClientOptions,
    /// Honours the proxy settings of the machine.
    client: Client,
    /// For this machine, which no proxy can reach.
    direct: Client,
    authenticator: Authenticator,
}

impl Registry {
    /// Sets the client up; nothing is connected yet.
    pub fn new(options: ClientOptions) -> Result<Self, RegistryError> {
        install_cryptography();
        let builder = || {
            Client::builder()
                .user_agent(&options.user_agent)
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_max_idle_per_host(options.jobs)
                .redirect(redirects())
        };
        let failed = |source| RegistryError::Client { source };
        let client = builder().build().map_err(failed)?;
        let direct = builder().no_proxy().build().map_err(failed)?;
        let authenticator = Authenticator::new(Arc::clone(&options.credentials));
        Ok(Self {
            shared: Arc::new(Shared {
                options,
                client,
                direct,
                authenticator,
            }),
        })
    }

    pub(crate) fn options(&self) -> &ClientOptions {
        &self.shared.options
    }

    pub(crate) fn authenticator(&self) -> &Authenticator {
        &self.shared.authenticator
    }

    pub(crate) fn client_for(&self, url: &Url) -> &Client {
        match url.host_str() {
            Some(host) if is_loopback(host) => &self.shared.direct,
            _ => &self.shared.client,
        }
    }

    pub(crate) fn endpoint(&self, host: &str) -> Result<Endpoint, RegistryError> {
        let options = self.options();
        if let Some(base) = options.endpoints.get(host) {
            return Endpoint::at(base);
        }
        let transport = if options.plain_http.contains(host) {
            Transport::Plain
        } else {
            Transport::Secure
        };
        Endpoint::of(host, transport)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Registry")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}

/// Follows a few redirects, never from https to http. The HTTP client keeps our credentials from
/// another host.
fn redirects() -> redirect::Policy {
    redirect::Policy::custom(|attempt| {
        let secure = |url: &Url| url.scheme() == "https";
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
