//! How the SDK is set up: which HTTP client, which patience, whose credentials.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_ecr::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use thiserror::Error;

use crate::{
    balancers::Balancers, ecs::Services, error::AwsError, logs::Logs, parameters::Parameters,
    stacks::Stacks,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// All attempts together; the calls answer within a second.
const OPERATION_TIMEOUT: Duration = Duration::from_mins(1);

const ATTEMPTS: u32 = 4;

/// Credentials and a region, with which everything is asked.
#[derive(Clone, Debug)]
pub struct Session {
    config: SdkConfig,
    region: String,
}

/// Who AWS takes us for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// Of the user or the session of a role.
    pub arn: String,
}

/// There is nowhere to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no AWS region is chosen")]
pub struct NoRegion;

impl NoRegion {
    pub fn hint(&self) -> Option<String> {
        let hint = "write `region = \"…\"` below `[infra]` in `wpimg.toml`, or set `AWS_REGION`";
        Some(hint.to_owned())
    }
}

impl Session {
    /// Reads what the SDK reads: variables and files. Nothing is sent yet.
    pub async fn open(profile: Option<&str>, region: Option<&str>) -> Result<Self, NoRegion> {
        let mut loader = loader();
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = region {
            loader = loader.region(Region::new(region.to_owned()));
        }
        let config = loader.load().await;
        let region = config.region().ok_or(NoRegion)?.to_string();
        Ok(Self { config, region })
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// Asks AWS who is asking; every set of credentials may.
    pub async fn identity(&self) -> Result<Identity, AwsError> {
        const ACTION: &str = "sts:GetCallerIdentity";
        let client = aws_sdk_sts::Client::new(&self.config);
        let output = client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, &self.region, &error))?;
        let lacking = |what| AwsError::lacking(ACTION, &self.region, what);
        Ok(Identity {
            account: output.account.ok_or_else(|| lacking("account"))?,
            arn: output.arn.ok_or_else(|| lacking("ARN"))?,
        })
    }

    pub fn stacks(&self) -> Stacks {
        Stacks::new(&self.config)
    }

    pub fn services(&self) -> Services {
        Services::new(&self.config)
    }

    pub fn logs(&self) -> Logs {
        Logs::new(&self.config)
    }

    pub fn parameters(&self) -> Parameters {
        Parameters::new(&self.config)
    }

    pub fn balancers(&self) -> Balancers {
        Balancers::new(&self.config)
    }
}

/// What every client of AWS here has in common.
pub(crate) fn loader() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
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
