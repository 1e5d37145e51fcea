//! The edge to AWS: the SDK's two clients, with its own retries, and what its errors mean.

use std::env;
use std::error::Error;
use std::time::Duration;

use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::types;

use crate::failure::Reason;
use crate::fetch::Vault;
use crate::reference::{Parameter, SecretVersion, Version};
use crate::transport::Transport;
use crate::value::Value;

const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

const PER_TRY: Duration = Duration::from_secs(5);
/// For each call with all its tries; calls go side by side.
const ALTOGETHER: Duration = Duration::from_secs(30);
const TRIES: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The services as this process's environment says how to reach them.
pub(crate) struct Aws {
    configuration: SdkConfig,
}

/// Runs `with` on an event loop of its own. `region` counts where the environment names none.
pub(crate) fn run<T>(region: Option<&str>, with: impl AsyncFnOnce(&Aws) -> T) -> Result<T, Reason> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Reason::Unreachable {
            detail: error.to_string(),
        })?;
    let result = runtime.block_on(async {
        let aws = Aws {
            configuration: configuration(region).await,
        };
        with(&aws).await
    });
    // A request that came too late may still hang in its thread; the process ends without it.
    runtime.shutdown_background();
    Ok(result)
}

async fn configuration(region: Option<&str>) -> SdkConfig {
    let given = |name| env::var(name).ok().filter(|region| !region.is_empty());
    let named = REGION_VARIABLES.into_iter().find_map(given);
    // Without the metadata service of EC2 as the last resort: there is none on Fargate, and asking takes seconds.
    let region = RegionProviderChain::first_try(named.map(Region::new))
        .or_else(ProfileFileRegionProvider::new())
        .or_else(region.map(|name| Region::new(name.to_owned())));
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(PER_TRY)
        .operation_timeout(ALTOGETHER)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(TRIES)
        .with_max_backoff(LONGEST_PAUSE);
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(Transport::new())
        .region(region)
        .timeout_config(timeouts)
        .retry_config(retries)
        .load()
        .await
}

impl Aws {
    /// The reference's own region, else the one of the environment.
    fn region(&self, own: Option<&str>) -> Result<Region, Reason> {
        let own = own.map(|name| Region::new(name.to_owned()));
        own.or_else(|| self.configuration.region().cloned())
            .ok_or(Reason::NoRegion)
    }
}

impl Vault for Aws {
    async fn secret(&self, secret: &SecretVersion) -> Result<Value, Reason> {
        let region = self.region(secret.region.as_deref())?;
        let configuration = aws_sdk_secretsmanager::config::Builder::from(&self.configuration);
        let client =
            aws_sdk_secretsmanager::Client::from_conf(configuration.region(region).build());
        let (stage, id) = match &secret.version {
            Version::Current => (None, None),
            Version::Stage(stage) => (Some(stage.clone()), None),
            Version::Id(id) => (None, Some(id.clone())),
        };
        let answer = client
            .get_secret_value()
            .secret_id(&secret.id)
            .set_version_stage(stage)
            .set_version_id(id)
            .send()
            .await
            .map_err(|error| reason(&error, "secretsmanager:GetSecretValue"))?;
        answer.secret_string.map(Value::new).ok_or(Reason::Binary)
    }

    async fn parameters(&self, parameters: &[Parameter]) -> Result<Vec<Option<Value>>, Reason> {
        let region = parameters.first().and_then(|one| one.region.as_deref());
        let region = self.region(region)?;
        let configuration = aws_sdk_ssm::config::Builder::from(&self.configuration);
        let client = aws_sdk_ssm::Client::from_conf(configuration.region(region).build());
        let names = parameters.iter().map(|one| one.name.clone()).collect();
        let answer = client
            .get_parameters()
            .set_names(Some(names))
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| reason(&error, "ssm:GetParameters"))?;
        let given = answer.parameters.unwrap_or_default();
        let value = |wanted: &Parameter| {
            let answer = given.iter().find(|given| is(given, &wanted.name))?;
            Some(Value::new(answer.value.clone()?))
        };
        Ok(parameters.iter().map(value).collect())
    }
}

/// Whether this is the parameter that was asked for by name or ARN, perhaps with a selector behind.
fn is(given: &types::Parameter, wanted: &str) -> bool {
    let selector = given.selector().unwrap_or_default();
    let bare = wanted.strip_suffix(selector).unwrap_or(wanted);
    [given.name(), given.arn()].contains(&Some(bare))
}

fn reason<E, R>(error: &SdkError<E, R>, action: &'static str) -> Reason
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    if let SdkError::ServiceError(refusal) = error {
        let refusal = refusal.err();
        let message = refusal.message().unwrap_or_default();
        return Reason::of_refusal(refusal.code().unwrap_or("an error"), message, action);
    }
    // The causes above the last say only that there was one.
    let detail = causes(error).last().map(ToString::to_string);
    let detail = detail.unwrap_or_default();
    if causes(error).any(<dyn Error>::is::<CredentialsError>) {
        return Reason::NoCredentials { detail };
    }
    match error {
        SdkError::TimeoutError(_) => Reason::TooLate,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Reason::TooLate,
        _ => Reason::Unreachable { detail },
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_known_by_name_arn_and_selector() {
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/db";
        let given = |selector: Option<&str>| {
            types::Parameter::builder()
                .name("/shop/db")
                .arn(arn)
                .set_selector(selector.map(str::to_owned))
                .build()
        };
        assert!(is(&given(None), "/shop/db"));
        assert!(is(&given(None), arn));
        assert!(is(&given(Some(":3")), "/shop/db:3"));
        assert!(is(&given(Some(":3")), &format!("{arn}:3")));
        assert!(!is(&given(None), "/shop/db2"));
        assert!(!is(&given(Some(":3")), "/shop/db:4"));
    }
}
