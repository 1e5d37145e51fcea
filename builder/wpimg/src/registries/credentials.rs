//! Who we are at a host: AWS says it for ECR, Docker's configuration for the rest.

use futures_util::future::BoxFuture;
use wpimg_aws::EcrError;
use wpimg_aws::ecr::Ecr;
use wpimg_aws::host::EcrHost;
use wpimg_registry::{CredentialError, CredentialSource, Credentials, DockerConfig};

/// Everything this machine knows.
pub(super) struct Known {
    docker: DockerConfig,
    /// Of AWS's own settings.
    profile: Option<String>,
}

impl Known {
    pub(super) fn new(docker: DockerConfig, profile: Option<String>) -> Self {
        Self { docker, profile }
    }

    async fn find(&self, host: &str) -> Result<Option<Credentials>, CredentialError> {
        let Some(ecr @ EcrHost::Private(_)) = EcrHost::parse(host) else {
            return self.docker.credentials(host).await;
        };
        match from_aws(&ecr, self.profile.as_deref()).await {
            Ok(found) => Ok(Some(found)),
            // A machine without AWS credentials may still have logged in with Docker.
            Err(error) => match self.docker.credentials(host).await {
                Ok(Some(found)) => Ok(Some(found)),
                Ok(None) | Err(_) => {
                    let hint = error.hint();
                    Err(CredentialError::new(error, hint))
                }
            },
        }
    }
}

async fn from_aws(host: &EcrHost, profile: Option<&str>) -> Result<Credentials, EcrError> {
    let ecr = Ecr::connect(host, profile).await?;
    let authorization = ecr.authorization().await?;
    Ok(Credentials::basic(
        authorization.user(),
        authorization.password(),
    ))
}

impl CredentialSource for Known {
    fn credentials<'a>(
        &'a self,
        host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>> {
        Box::pin(self.find(host))
    }
}
