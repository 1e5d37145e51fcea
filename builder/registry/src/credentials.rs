//! Who we are at a registry. Secrets never show in `Debug`, errors or logs.

use std::{error::Error, fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::BoxFuture;
use reqwest::header::HeaderValue;

/// Says who we are at a host; asked again when a registry no longer accepts an earlier answer.
///
/// The host is the one of the reference (`docker.io`, `127.0.0.1:5000`). `None` means: go there
/// without a name.
pub trait CredentialSource: Send + Sync {
    fn credentials<'a>(
        &'a self,
        host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>>;
}

/// A name and a password, or a token in their place.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(pub(crate) Kind);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Basic {
        username: String,
        password: String,
    },
    /// Exchanged for a bearer token at the registry's token service (OAuth 2 refresh token).
    Identity(String),
    /// Sent as it is.
    Bearer(String),
}

impl Credentials {
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Kind::Basic {
            username: username.into(),
            password: password.into(),
        })
    }

    pub fn identity_token(token: impl Into<String>) -> Self {
        Self(Kind::Identity(token.into()))
    }

    pub fn bearer_token(token: impl Into<String>) -> Self {
        Self(Kind::Bearer(token.into()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Basic { username, .. } => write!(formatter, "Credentials({username}:****)"),
            Kind::Identity(_) => formatter.write_str("Credentials(identity token ****)"),
            Kind::Bearer(_) => formatter.write_str("Credentials(bearer token ****)"),
        }
    }
}

/// Why a source could not say who we are.
#[derive(Debug)]
pub struct CredentialError {
    source: Box<dyn Error + Send + Sync>,
    hint: Option<String>,
}

impl CredentialError {
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>, hint: Option<String>) -> Self {
        Self {
            source: source.into(),
            hint,
        }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.source, formatter)
    }
}

impl Error for CredentialError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}

/// Nobody in particular, everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

impl CredentialSource for Anonymous {
    fn credentials<'a>(
        &'a self,
        _host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>> {
        Box::pin(async { Ok(None) })
    }
}

/// The same credentials for one host, and none for others.
#[derive(Debug, Clone)]
pub struct ForHost {
    pub host: String,
    pub credentials: Credentials,
}

impl CredentialSource for ForHost {
    fn credentials<'a>(
        &'a self,
        host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>> {
        let found = (host == self.host).then(|| self.credentials.clone());
        Box::pin(async { Ok(found) })
    }
}

/// Several sources; the first that knows a host answers for it.
#[derive(Clone, Default)]
pub struct FirstOf(pub Vec<Arc<dyn CredentialSource>>);

impl CredentialSource for FirstOf {
    fn credentials<'a>(
        &'a self,
        host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>> {
        Box::pin(async move {
            for source in &self.0 {
                if let Some(found) = source.credentials(host).await? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
    }
}

/// Returns the header of HTTP Basic authentication (RFC 7617).
pub(crate) fn basic_header(username: &str, password: &str) -> HeaderValue {
    let encoded = STANDARD.encode(format!("{username}:{password}"));
    let value = HeaderValue::from_str(&format!("Basic {encoded}"));
    sensitive(value.expect("base64 is visible ASCII"))
}

/// Returns the header of a bearer token, unless the token has bytes that no header can have.
pub(crate) fn bearer_header(token: &str) -> Option<HeaderValue> {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    Some(sensitive(value))
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_shows_in_a_debug_text() {
        let all = [
            Credentials::basic("AWS", "hunter2"),
            Credentials::identity_token("hunter2"),
            Credentials::bearer_token("hunter2"),
        ];
        let text = format!("{all:?} {:?}", basic_header("AWS", "hunter2"));
        assert!(text.contains("AWS:****"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(!text.contains(&STANDARD.encode("AWS:hunter2")), "{text}");
    }

    #[tokio::test]
    async fn the_first_source_that_knows_a_host_answers() {
        let known = |host: &str, user: &str| -> Arc<dyn CredentialSource> {
            Arc::new(ForHost {
                host: host.to_owned(),
                credentials: Credentials::basic(user, "x"),
            })
        };
        let sources = FirstOf(vec![known("a", "1"), known("b", "2"), known("a", "3")]);
        let found = async |host| sources.credentials(host).await.unwrap();
        assert_eq!(found("a").await, Some(Credentials::basic("1", "x")));
        assert_eq!(found("b").await, Some(Credentials::basic("2", "x")));
        assert_eq!(found("c").await, None);
    }
}
