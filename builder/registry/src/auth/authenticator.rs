//! What is known about how each host wants to be spoken to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::header::HeaderValue;

use super::{
    Challenge, Scope,
    token::{Token, TokenService},
};
use crate::{
    client::{Failure, Registry},
    credentials::{CredentialSource, Credentials, Kind, basic_header, bearer_header},
    error::RegistryError,
    reference::Repository,
};

/// Remembers challenges and tokens. One host's are asked for one at a time, so that eight blobs
/// that start together fetch one token.
pub(crate) struct Authenticator {
    source: Arc<dyn CredentialSource>,
    hosts: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Scheme>>>>,
}

/// How a host wants to be spoken to.
enum Scheme {
    /// It has not asked.
    Open,
    Fixed(HeaderValue),
    Bearer {
        service: TokenService,
        tokens: HashMap<Scope, Token>,
    },
}

impl Authenticator {
    pub(crate) fn new(source: Arc<dyn CredentialSource>) -> Self {
        Self {
            source,
            hosts: Mutex::default(),
        }
    }

    /// Returns the header for a request, as far as the host has asked for one.
    pub(crate) async fn header(
        &self,
        registry: &Registry,
        repository: &Repository,
        scope: &Scope,
    ) -> Result<Option<HeaderValue>, Failure> {
        let host = self.host(repository.host());
        let mut scheme = host.lock().await;
        match &mut *scheme {
            Scheme::Open => Ok(None),
            Scheme::Fixed(header) => Ok(Some(header.clone())),
            Scheme::Bearer { service, tokens } => {
                if let Some(token) = tokens.get(scope).filter(|token| token.is_fresh()) {
                    return Ok(Some(token.header.clone()));
                }
                let credentials = self.credentials(repository.host()).await?;
                let token = service
                    .token(registry, repository, scope, credentials.as_ref())
                    .await?;
                let header = token.header.clone();
                tokens.insert(scope.clone(), token);
                Ok(Some(header))
            }
        }
    }

    /// Answers a challenge to a request that was sent with the header `used`.
    pub(crate) async fn answer(
        &self,
        registry: &Registry,
        repository: &Repository,
        scope: &Scope,
        challenges: &[Challenge],
        used: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Failure> {
        let host = self.host(repository.host());
        let mut scheme = host.lock().await;
        // Another blob may have been asked before us, and then the answer is known.
        let known = match &*scheme {
            Scheme::Open => None,
            Scheme::Fixed(header) => Some(header),
            Scheme::Bearer { tokens, .. } => tokens.get(scope).map(|token| &token.header),
        };
        if let Some(known) = known.filter(|known| Some(*known) != used) {
            return Ok(Some(known.clone()));
        }
        let credentials = self.credentials(repository.host()).await?;
        if let Some(Kind::Bearer(token)) = credentials.as_ref().map(|found| &found.0) {
            let header = bearer_header(token);
            if let Some(header) = &header {
                *scheme = Scheme::Fixed(header.clone());
            }
            return Ok(header);
        }
        match choose(challenges, credentials.as_ref()) {
            Some(Choice::Basic(header)) => {
                *scheme = Scheme::Fixed(header.clone());
                Ok(Some(header))
            }
            Some(Choice::Bearer(service)) => {
                let token = service
                    .token(registry, repository, scope, credentials.as_ref())
                    .await?;
                let header = token.header.clone();
                let tokens = HashMap::from([(scope.clone(), token)]);
                match &mut *scheme {
                    Scheme::Bearer {
                        service: known,
                        tokens: all,
                    } => {
                        *known = service;
                        all.extend(tokens);
                    }
                    _ => *scheme = Scheme::Bearer { service, tokens },
                }
                Ok(Some(header))
            }
            // Some proxies answer 401 to a header they accepted a moment ago and ask for nothing.
            None if challenges.is_empty() => Ok(used.cloned()),
            None if credentials.is_none() && challenges.contains(&Challenge::Basic) => Ok(None),
            None => Err(RegistryError::Challenge {
                host: repository.host().to_owned(),
                challenge: challenges
                    .iter()
                    .map(describe)
                    .collect::<Vec<_>>()
                    .join(", "),
            }
            .into()),
        }
    }

    fn host(&self, host: &str) -> Arc<tokio::sync::Mutex<Scheme>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.entry(host.to_owned());
        Arc::clone(known.or_insert_with(|| Arc::new(tokio::sync::Mutex::new(Scheme::Open))))
    }

    async fn credentials(&self, host: &str) -> Result<Option<Credentials>, RegistryError> {
        let found = self.source.credentials(host).await;
        found.map_err(|source| RegistryError::Credentials {
            host: host.to_owned(),
            source,
        })
    }
}

enum Choice {
    Basic(HeaderValue),
    Bearer(TokenService),
}

/// Prefers tokens, which also work without a name.
fn choose(challenges: &[Challenge], credentials: Option<&Credentials>) -> Option<Choice> {
    let bearer = challenges.iter().find_map(|challenge| match challenge {
        Challenge::Bearer {
            realm,
            service,
            scope,
        } => Some(Choice::Bearer(TokenService {
            realm: realm.clone(),
            service: service.clone(),
            scope: scope.clone(),
        })),
        Challenge::Basic | Challenge::Other(_) => None,
    });
    bearer.or_else(|| match credentials.map(|found| &found.0) {
        Some(Kind::Basic { username, password }) if challenges.contains(&Challenge::Basic) => {
            Some(Choice::Basic(basic_header(username, password)))
        }
        _ => None,
    })
}

fn describe(challenge: &Challenge) -> String {
    match challenge {
        Challenge::Basic => "Basic".to_owned(),
        Challenge::Bearer { .. } => "Bearer".to_owned(),
        Challenge::Other(scheme) => scheme.chars().filter(|c| !c.is_control()).collect(),
    }
}
