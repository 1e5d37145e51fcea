//! Tokens: what a token service gives for our credentials.

use std::time::Duration;

use reqwest::{
    Method, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde::Deserialize;
use tokio::time::Instant;

use super::Scope;
use crate::{
    client::{Failure, Registry, read_bounded, refusal},
    credentials::{Credentials, Kind, basic_header, bearer_header},
    error::{Object, RegistryError, Target},
    reference::Repository,
};

const LARGEST: usize = 1024 * 1024;
/// The token specification's default, and the least a token may promise.
const SHORTEST_LIFE: Duration = Duration::from_mins(1);
/// A token this close to its end is not started with.
const MARGIN: Duration = Duration::from_secs(10);

/// A bearer token, as the header it is sent in.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    expires: Instant,
}

impl Token {
    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() + MARGIN < self.expires
    }
}

/// Where tokens come from.
#[derive(Clone)]
pub(super) struct TokenService {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    pub(super) scope: Option<String>,
}

/// Both names are in use; Azure has further ones that we have no need of.
#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl TokenService {
    /// Fetches a token, with retries of its own so that a busy service costs no upload.
    pub(super) async fn token(
        &self,
        registry: &Registry,
        repository: &Repository,
        scope: &Scope,
        credentials: Option<&Credentials>,
    ) -> Result<Token, RegistryError> {
        let target = Target::new(repository, Object::Token);
        let mut tries = registry.tries(&target, &());
        loop {
            match self.fetch(registry, &target, scope, credentials).await {
                Ok(token) => return Ok(token),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    async fn fetch(
        &self,
        registry: &Registry,
        target: &Target,
        scope: &Scope,
        credentials: Option<&Credentials>,
    ) -> Result<Token, Failure> {
        let url = self.url(registry, target)?;
        let wishes = scope.wishes(self.scope.as_deref());
        let client = registry.client_for(&url);
        let request = match credentials.map(|credentials| &credentials.0) {
            Some(Kind::Identity(secret)) => {
                let mut headers = HeaderMap::new();
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(CONTENT_TYPE, form);
                let body = self.form(&url, &wishes, secret);
                client
                    .request(Method::POST, url)
                    .headers(headers)
                    .body(body)
            }
            Some(Kind::Basic { username, password }) => client
                .get(self.query(url, &wishes))
                .header(AUTHORIZATION, basic_header(username, password)),
            Some(Kind::Bearer(_)) | None => client.get(self.query(url, &wishes)),
        };
        let asked = Instant::now();
        let response = registry.dispatch(target, request).await?;
        let host = target.repository.host();
        match response.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let (host, target) = (host.to_owned(), target.clone());
                let reason = crate::client::diagnostic(registry, response).await;
                return Err(match credentials {
                    Some(_) => RegistryError::Unauthorized {
                        host,
                        target,
                        reason,
                    },
                    None => RegistryError::CredentialsMissing {
                        host,
                        target,
                        reason,
                    },
                }
                .into());
            }
            _ => return Err(refusal(registry, target, response).await),
        }
        let body = read_bounded(registry, target, response, LARGEST).await?;
        parse(&body, asked).ok_or_else(|| self.unusable(host).into())
    }

    /// Refuses to carry credentials in the clear for a registry that is encrypted.
    fn url(&self, registry: &Registry, target: &Target) -> Result<Url, RegistryError> {
        let host = target.repository.host();
        let secure = registry.endpoint_of(target)?.base().scheme() == "https";
        let url = self.realm.parse::<Url>().ok().filter(Url::has_host);
        match url.as_ref().map(Url::scheme) {
            Some("https") => {}
            Some("http") if !secure => {}
            _ => return Err(self.unusable(host)),
        }
        url.ok_or_else(|| self.unusable(host))
    }

    fn unusable(&self, host: &str) -> RegistryError {
        RegistryError::Token {
            host: host.to_owned(),
            realm: self
                .realm
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
        }
    }

    fn query(&self, mut url: Url, wishes: &[&str]) -> Url {
        let mut query = url.query_pairs_mut();
        if let Some(service) = &self.service {
            query.append_pair("service", service);
        }
        for wish in wishes {
            query.append_pair("scope", wish);
        }
        drop(query);
        url
    }

    fn form(&self, url: &Url, wishes: &[&str], secret: &str) -> String {
        // A URL's query is a form; the address itself only lends its writer.
        let mut form = url.clone();
        form.set_query(None);
        let mut pairs = form.query_pairs_mut();
        pairs.append_pair("grant_type", "refresh_token");
        pairs.append_pair("client_id", "wpimg");
        if let Some(service) = &self.service {
            pairs.append_pair("service", service);
        }
        pairs.append_pair("scope", &wishes.join(" "));
        pairs.append_pair("refresh_token", secret);
        drop(pairs);
        form.query().unwrap_or_default().to_owned()
    }
}

fn parse(body: &[u8], asked: Instant) -> Option<Token> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let text = answer.token.or(answer.access_token)?;
    if text.is_empty() {
        return None;
    }
    let life = answer.expires_in.map_or(SHORTEST_LIFE, Duration::from_secs);
    // More than a day is as good as forever, and keeps the sum below from overflowing.
    let life = life.clamp(SHORTEST_LIFE, Duration::from_hours(24));
    Some(Token {
        header: bearer_header(&text)?,
        expires: asked + life,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_token_are_read() {
        let header = |body: &str| {
            let token = parse(body.as_bytes(), Instant::now())?;
            assert!(token.is_fresh());
            Some(token.header.to_str().unwrap().to_owned())
        };
        assert_eq!(header(r#"{"token":"a"}"#).as_deref(), Some("Bearer a"));
        let body = r#"{"access_token":"b","expires_in":18446744073709551615}"#;
        assert_eq!(header(body).as_deref(), Some("Bearer b"));
        for unusable in ["", "{}", r#"{"token":""}"#, r#"{"token":"a\nb"}"#, "[]"] {
            assert_eq!(header(unusable), None, "{unusable}");
        }
    }

    #[test]
    fn a_token_about_to_end_is_not_used() {
        let long_ago = Instant::now().checked_sub(Duration::from_secs(55)).unwrap();
        let token = parse(br#"{"token":"a","expires_in":60}"#, long_ago).unwrap();
        assert!(!token.is_fresh());
    }
}
