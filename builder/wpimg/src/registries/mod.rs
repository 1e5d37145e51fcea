//! The registries that a command talks to, and who we are there.
//!
//! ECR asks AWS for its password, from the whole chain of AWS credentials; every other registry
//! gets what `docker login` left in Docker's configuration, credential helpers included; one that
//! neither knows is visited without a name.

mod credentials;
mod error;
mod progress;

pub(crate) use error::RegistriesError;
pub(crate) use progress::PushProgress;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use wpimg_aws::ecr::{Creation, Ecr, RepositoryOptions};
use wpimg_aws::host::EcrHost;
use wpimg_registry::{
    ClientOptions, DockerConfig, PushReport, PushRequest, Registry, RegistryError, Repository,
};

use crate::error_report::Failure;
use crate::fetch::Url;
use crate::report::Report;
use crate::settings::Environment;

/// Whether a repository that is missing may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingRepository {
    Create,
    Refuse,
}

/// A client for every registry, set up from the environment.
pub(crate) fn open(environment: &Environment) -> Result<Registry, Failure> {
    open_as(environment, None)
}

/// The same, with a profile of AWS's own settings for ECR.
pub(crate) fn open_as(
    environment: &Environment,
    profile: Option<&str>,
) -> Result<Registry, Failure> {
    let docker = match docker_config(environment) {
        Some(path) => DockerConfig::read(&path)?,
        None => DockerConfig::default(),
    };
    Ok(Registry::new(ClientOptions {
        credentials: Arc::new(credentials::Known::new(docker, profile.map(str::to_owned))),
        endpoints: endpoints(environment)?,
        ..ClientOptions::default()
    })?)
}

/// Pushes, and makes the repository when that is allowed and needed.
pub(crate) async fn push(
    registry: &Registry,
    request: &PushRequest,
    missing: MissingRepository,
    report: &Report,
) -> Result<PushReport, Failure> {
    let progress = PushProgress::new(report.clone());
    let outcome = registry.push(request, &progress).await;
    progress.finish();
    match outcome {
        Err(RegistryError::RepositoryUnknown { repository })
            if missing == MissingRepository::Create =>
        {
            create(&repository, report).await?;
            let progress = PushProgress::new(report.clone());
            let outcome = registry.push(request, &progress).await;
            progress.finish();
            Ok(outcome?)
        }
        outcome => Ok(outcome?),
    }
}

async fn create(repository: &Repository, report: &Report) -> Result<(), Failure> {
    let host = EcrHost::parse(repository.host());
    let host = host.ok_or_else(|| RegistriesError::CannotCreate {
        repository: repository.to_string(),
    })?;
    let ecr = Ecr::connect(&host, None).await?;
    let created = ecr
        .create_repository(repository.name(), RepositoryOptions::default())
        .await?;
    if created == Creation::Created {
        let message = format!("{repository}: scan on push, immutable tags");
        report.status("Created", &message);
    }
    Ok(())
}

fn docker_config(environment: &Environment) -> Option<PathBuf> {
    let home = environment.home.as_ref().map(|home| home.join(".docker"));
    let directory = environment.docker_config.clone().or(home)?;
    Some(directory.join("config.json"))
}

/// `WPIMG_REGISTRY_ENDPOINT`: `HOST=URL`, several separated by commas.
fn endpoints(environment: &Environment) -> Result<BTreeMap<String, Url>, RegistriesError> {
    let text = environment.registry_endpoint.as_deref().unwrap_or_default();
    let pairs = text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let wrong = || RegistriesError::Endpoint {
                text: pair.to_owned(),
            };
            let (host, url) = pair.split_once('=').ok_or_else(wrong)?;
            let url: Url = url.parse().map_err(|_| wrong())?;
            if host.is_empty() || !matches!(url.scheme(), "http" | "https") {
                return Err(wrong());
            }
            Ok((host.to_owned(), url))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        let environment = Environment {
            registry_endpoint: Some(text.to_owned()),
            ..Environment::default()
        };
        let parsed = endpoints(&environment).map_err(|error| error.to_string())?;
        Ok(parsed
            .iter()
            .map(|(host, url)| format!("{host} -> {url}"))
            .collect())
    }

    #[test]
    fn a_host_can_be_reached_elsewhere() {
        assert_eq!(
            parse("1.dkr.ecr.eu-west-1.amazonaws.com=http://127.0.0.1:4566, r.example=https://x"),
            Ok(vec![
                "1.dkr.ecr.eu-west-1.amazonaws.com -> http://127.0.0.1:4566/".to_owned(),
                "r.example -> https://x/".to_owned(),
            ])
        );
        assert_eq!(parse(""), Ok(Vec::new()));
        for text in ["r.example", "=http://x", "r.example=ftp://x", "r.example=x"] {
            assert!(parse(text).unwrap_err().contains(text), "{text}");
        }
    }
}
