//! Carries the SDK's requests: `ureq` on a thread of tokio's pool, with a TLS that is Rust to the ground.
//!
//! The SDK's own client needs `ring` or `aws-lc`, and those a C compiler for every platform.

use std::env;
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// Where the bundle is named, the SDK's own variable first, and where Debian has it.
const BUNDLE_VARIABLES: [&str; 2] = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"];
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A secret has 64 KiB at most, ten parameters have 80; JSON may triple it.
const LARGEST_ANSWER: u64 = 1024 * 1024;

/// A thread that nobody waits for any more ends by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes connectors that share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    agent: Agent,
    /// For what is on this machine, or stands for it: no proxy is asked.
    direct: Agent,
}

impl Transport {
    pub(crate) fn new() -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls_graviola::default_provider()))
            .root_certs(roots())
            .build();
        let configuration = || {
            Agent::config_builder()
                .tls_config(tls.clone())
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_global(Some(PATIENCE))
        };
        Self {
            agent: configuration().build().into(),
            direct: configuration().proxy(None).build().into(),
        }
    }
}

/// Those of the system. With an empty set every certificate is refused, which says more than a panic.
fn roots() -> RootCerts {
    let named = BUNDLE_VARIABLES.iter().find_map(env::var_os);
    let bundle = fs::read(named.unwrap_or_else(|| BUNDLE.into())).unwrap_or_default();
    let certificates = parse_pem(&bundle).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        Ok(_) | Err(_) => None,
    });
    RootCerts::from(certificates.collect::<Vec<_>>())
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = self.clone();
        HttpConnectorFuture::new(async move {
            let call = move || transport.exchange(request);
            match tokio::task::spawn_blocking(call).await {
                Ok(answer) => answer,
                Err(error) => Err(ConnectorError::other(error.into(), None)),
            }
        })
    }
}

impl Transport {
    fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |error: Box<dyn Error + Send + Sync>| ConnectorError::user(error);
        let request = request.try_into_http1x().map_err(|e| user(e.into()))?;
        let (parts, body) = request.into_parts();
        let body = body.bytes().map(<[u8]>::to_vec);
        let body = body.ok_or_else(|| user("a body that is not in memory".into()))?;
        let agent = match parts.uri.host() {
            Some(host) if is_near(host) => &self.direct,
            Some(_) | None => &self.agent,
        };
        let answer = if body.is_empty() {
            agent.run(http::Request::from_parts(parts, ()))
        } else {
            agent.run(http::Request::from_parts(parts, body))
        };
        let (parts, mut body) = answer.map_err(trouble)?.into_parts();
        let body = body.with_config().limit(LARGEST_ANSWER).read_to_vec();
        let answer = http::Response::from_parts(parts, SdkBody::from(body.map_err(trouble)?));
        HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

/// This machine, and the addresses at which ECS, EKS and EC2 give out credentials.
fn is_near(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost"
        || ["127.", "169.254.", "fd00:ec2:"]
            .iter()
            .any(|near| host.starts_with(near))
        || host == "::1"
}

fn trouble(error: ureq::Error) -> ConnectorError {
    match error {
        ureq::Error::Timeout(_) => ConnectorError::timeout(error.into()),
        ureq::Error::Io(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
            ConnectorError::io(error.into())
        }
        _ => ConnectorError::other(error.into(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_for_this_machine_is_near() {
        for near in [
            "127.0.0.1",
            "localhost",
            "169.254.170.2",
            "[::1]",
            "fd00:ec2::23",
        ] {
            assert!(is_near(near), "{near}");
        }
        for far in [
            "secretsmanager.eu-west-1.amazonaws.com",
            "10.0.0.1",
            "localhost.example",
        ] {
            assert!(!is_near(far), "{far}");
        }
    }
}
