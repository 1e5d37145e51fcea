//! How the SDK is set up: which HTTP client, which endpoint, which patience.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_ecr::{
    Client,
    config::{RuntimeComponents, SharedHttpClient},
};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::host::{PrivateHost, Stack, Standard};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// All attempts together; the calls answer within a second.
const OPERATION_TIMEOUT: Duration = Duration::from_mins(1);
const ATTEMPTS: u32 = 4;

pub(super) async fn client(host: &PrivateHost, endpoint: Option<&str>) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client())
        .region(Region::new(host.region().to_owned()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts);
    // The name of the registry is the wish; a profile that wishes the same is respected too.
    if host.standard() == Standard::Fips {
        loader = loader.use_fips(true);
    }
    if host.stack() == Stack::Dual {
        loader = loader.use_dual_stack(true);
    }
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    Client::new(&loader.load().await)
}

/// The SDK's own client takes no proxy from the environment, and brings a second TLS library: the
/// rest of the program uses ring.
fn http_client() -> SharedHttpClient {
    // One connector per set of timeouts: instance metadata is asked with a much shorter one.
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring));
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}
