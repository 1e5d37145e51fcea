//! One request and its answer, authentication included.
//!
//! Statuses that may be better the next time become [`Failure::Temporary`] here; all others are
//! the caller's to judge, who knows what it asked for.

use std::{error::Error as _, io, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, WWW_AUTHENTICATE},
};
use tokio::time::timeout;
use wpimg_oci::digest::Digest;

use super::{Diagnostic, Endpoint, Registry, retry::requested_pause};
use crate::{
    auth::{Challenge, Scope},
    error::{Attempt, Object, RegistryError, Target},
};

/// What is read of an error's body.
const LONGEST_DIAGNOSTIC: usize = 64 * 1024;

/// A request that can be repeated: its body is in memory, or empty.
pub(crate) struct Call<'a> {
    pub(crate) target: &'a Target,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) scope: &'a Scope,
}

/// Why one attempt failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// May work the next time.
    Temporary {
        cause: Attempt,
        requested_pause: Option<Duration>,
    },
    /// Will not.
    Final(RegistryError),
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self::Final(error)
    }
}

impl From<Attempt> for Failure {
    fn from(cause: Attempt) -> Self {
        Self::Temporary {
            cause,
            requested_pause: None,
        }
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(target: &'a Target, method: Method, url: Url, scope: &'a Scope) -> Self {
        Self {
            target,
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            scope,
        }
    }
}

impl Registry {
    /// Sends a request; a registry that asks who we are is told, and once more if
    /// it no longer knows us.
    pub(crate) async fn exchange(&self, call: &Call<'_>) -> Result<Response, Failure> {
        let host = call.target.repository.host();
        let ours = same_origin(&call.url, self.endpoint(host)?.base());
        if !ours {
            return self.dispatch(call.target, self.request(call, None)).await;
        }
        let mut authorization = self.authorization(call.target, call.scope).await?;
        let mut renewed = false;
        loop {
            let request = self.request(call, authorization.as_ref());
            let response = self.dispatch(call.target, request).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            if renewed {
                return Err(RegistryError::Unauthorized {
                    host: host.to_owned(),
                    target: call.target.clone(),
                    reason: diagnostic(self, response).await,
                }
                .into());
            }
            // Being asked for the first time says nothing against what we answer then.
            renewed = authorization.is_some();
            let answer = self
                .challenged(call.target, call.scope, response, authorization.as_ref())
                .await?;
            authorization = Some(answer);
        }
    }

    /// Returns the header that the registry is known to want.
    pub(crate) async fn authorization(
        &self,
        target: &Target,
        scope: &Scope,
    ) -> Result<Option<HeaderValue>, Failure> {
        self.authenticator()
            .header(self, &target.repository, scope)
            .await
    }

    /// Answers a 401: with a new header, or with an error if we have nothing to say.
    pub(crate) async fn challenged(
        &self,
        target: &Target,
        scope: &Scope,
        response: Response,
        used: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Failure> {
        let challenges: Vec<Challenge> = response
            .headers()
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(Challenge::parse_all)
            .collect();
        let reason = diagnostic(self, response).await;
        let authenticator = self.authenticator();
        let answer = authenticator
            .answer(self, &target.repository, scope, &challenges, used)
            .await?;
        answer.ok_or_else(|| {
            RegistryError::CredentialsMissing {
                host: target.repository.host().to_owned(),
                target: target.clone(),
                reason,
            }
            .into()
        })
    }

    fn request(&self, call: &Call<'_>, authorization: Option<&HeaderValue>) -> RequestBuilder {
        let client = self.client_for(&call.url);
        let mut request = client
            .request(call.method.clone(), call.url.clone())
            .headers(call.headers.clone());
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        match &call.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    /// Sends one request and waits for the head of its answer.
    pub(crate) async fn dispatch(
        &self,
        target: &Target,
        request: RequestBuilder,
    ) -> Result<Response, Failure> {
        let limit = self.options().answer_timeout;
        let answer = timeout(limit, request.send()).await;
        let answer = answer.map_err(|_| Attempt::Stalled { silence: limit })?;
        let response = answer.map_err(|error| transport(target, error))?;
        self.judge(response).await
    }

    /// Sorts out the statuses that may be better the next time.
    pub(crate) async fn judge(&self, response: Response) -> Result<Response, Failure> {
        let status = response.status();
        let temporary = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504);
        if !temporary {
            return Ok(response);
        }
        let requested_pause = requested_pause(response.headers());
        let reason = diagnostic(self, response).await;
        Err(Failure::Temporary {
            cause: Attempt::Status { status, reason },
            requested_pause,
        })
    }

    pub(crate) fn endpoint_of(&self, target: &Target) -> Result<Endpoint, RegistryError> {
        self.endpoint(target.repository.host())
    }
}

/// What a failed exchange means. The address may carry a signature, so it is left out.
pub(crate) fn transport(target: &Target, error: reqwest::Error) -> Failure {
    let source = error.without_url();
    if source.is_builder() || source.is_redirect() {
        return RegistryError::Request {
            target: target.clone(),
            source,
        }
        .into();
    }
    Attempt::Transport(source).into()
}

/// Says what an answer that is not the hoped-for one means.
pub(crate) async fn refusal(registry: &Registry, target: &Target, response: Response) -> Failure {
    let status = response.status();
    let reason = diagnostic(registry, response).await;
    let (target, code) = (target.clone(), reason.code().unwrap_or_default());
    match (status.as_u16(), code) {
        (404, "NAME_UNKNOWN" | "REPOSITORY_NOT_FOUND") => RegistryError::RepositoryUnknown {
            repository: target.repository,
        },
        // An upload needs nothing but its repository.
        (404, _) if matches!(target.object, Object::Upload(_)) => {
            RegistryError::RepositoryUnknown {
                repository: target.repository,
            }
        }
        (400 | 404 | 422, "MANIFEST_BLOB_UNKNOWN" | "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN")
            if status != StatusCode::NOT_FOUND || code == "MANIFEST_BLOB_UNKNOWN" =>
        {
            RegistryError::Incomplete { target, reason }
        }
        (404, _) => RegistryError::NotFound { target },
        (401 | 403, _) => RegistryError::Denied { target, reason },
        _ => RegistryError::Refused {
            target,
            status,
            reason,
        },
    }
    .into()
}

/// Reads what the registry says about a failure; a body that does not come is no further failure.
pub(crate) async fn diagnostic(registry: &Registry, mut response: Response) -> Diagnostic {
    let mut body = BytesMut::new();
    let limit = registry.options().stall_timeout;
    while let Ok(Ok(Some(chunk))) = timeout(limit, response.chunk()).await {
        if body.len() + chunk.len() > LONGEST_DIAGNOSTIC {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Diagnostic::parse(&body)
}

/// Reads all of a body that may have up to `limit` bytes.
pub(crate) async fn read_bounded(
    registry: &Registry,
    target: &Target,
    mut response: Response,
    limit: usize,
) -> Result<Bytes, Failure> {
    let expected = response.content_length();
    let mut body = BytesMut::new();
    loop {
        let received = body.len() as u64;
        let Some(chunk) = next_chunk(registry, target, &mut response, received, expected).await?
        else {
            return Ok(body.freeze());
        };
        if body.len() + chunk.len() > limit {
            let limit = limit as u64;
            return Err(RegistryError::TooLarge {
                target: target.clone(),
                limit,
            }
            .into());
        }
        body.extend_from_slice(&chunk);
    }
}

/// Waits for the next part of a body; how far it came says more than the client's own words.
pub(crate) async fn next_chunk(
    registry: &Registry,
    target: &Target,
    response: &mut Response,
    received: u64,
    expected: Option<u64>,
) -> Result<Option<Bytes>, Failure> {
    let silence = registry.options().stall_timeout;
    match timeout(silence, response.chunk()).await {
        Err(_) => Err(Attempt::Stalled { silence }.into()),
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => match expected {
            Some(expected) if received < expected && !is_reset(&error) => {
                Err(Attempt::Truncated { received, expected }.into())
            }
            _ => Err(transport(target, error)),
        },
    }
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::ConnectionReset;
        }
        cause = error.source();
    }
    false
}

/// Returns what the registry says the digest of its answer is. One that cannot be read is told
/// apart from none.
pub(crate) fn content_digest(headers: &HeaderMap) -> Option<Result<Digest, String>> {
    let value = headers.get("docker-content-digest")?;
    let text = String::from_utf8_lossy(value.as_bytes());
    let excerpt = || text.chars().filter(|c| !c.is_control()).take(100).collect();
    Some(text.trim().parse().map_err(|_| excerpt()))
}

/// Returns the media type of an answer without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let text = text.split(';').next()?.trim();
    (!text.is_empty() && text.len() <= 200).then(|| text.to_owned())
}

/// Our credentials are for one scheme, host and port.
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}
