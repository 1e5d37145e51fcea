//! The calls to ECR that a push needs beside the registry protocol.
//!
//! Each is one request, repeated by the SDK where that is of use. A repository that exists already
//! is as good as a created one, and an image that does not exist is an answer. Source: Amazon ECR
//! API reference, 2015-09-21.

mod connect;
mod error;
#[cfg(test)]
mod tests;
mod token;

use aws_sdk_ecr::{
    Client,
    types::{ImageIdentifier, ImageScanningConfiguration, ImageTagMutability},
};
use wpimg_oci::digest::Digest;

pub use error::{EcrError, Operation};
pub use token::{Authorization, TokenProblem};

use crate::host::{EcrHost, PrivateHost};

/// Who can say what is in a registry of ECR, with the credentials of the surroundings.
pub struct Ecr {
    client: Client,
    host: PrivateHost,
}

/// What a repository is created with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepositoryOptions {
    pub scanning: Scanning,
    pub tags: Tags,
}

/// When ECR looks for known holes in an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scanning {
    #[default]
    OnPush,
    OnDemand,
}

/// Whether a tag can be given to another image later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tags {
    #[default]
    Immutable,
    Mutable,
}

/// What became of a repository that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    Created,
    /// It was there before; its options are whatever they are.
    Existed,
}

impl Ecr {
    /// Prepares to speak to the registry; nothing is sent yet.
    ///
    /// The region is the registry's, whatever the profile says; without a profile it is the usual one.
    pub async fn connect(host: &EcrHost, profile: Option<&str>) -> Result<Self, EcrError> {
        match host {
            EcrHost::Public => Err(EcrError::Public),
            EcrHost::Private(host) => Ok(Self {
                client: connect::client(host, profile).await,
                host: host.clone(),
            }),
        }
    }

    /// Returns the user and password that the registry takes, for twelve hours at most.
    pub async fn authorization(&self) -> Result<Authorization, EcrError> {
        let output = self
            .client
            .get_authorization_token()
            .send()
            .await
            .map_err(|error| self.failed(Operation::GetAuthorizationToken, None, &error))?;
        let malformed = |problem| EcrError::Token {
            registry: self.host.host().to_owned(),
            problem,
        };
        let data = output
            .authorization_data()
            .first()
            .ok_or_else(|| malformed(TokenProblem::Missing))?;
        let token = data
            .authorization_token()
            .ok_or_else(|| malformed(TokenProblem::Missing))?;
        let expires = data
            .expires_at()
            .map(aws_sdk_ecr::primitives::DateTime::secs);
        Authorization::decode(token, expires).map_err(malformed)
    }

    /// Creates a repository, unless there is one of that name.
    ///
    /// Only in an account of one's own: ECR refuses the account of the registry if it is another's.
    pub async fn create_repository(
        &self,
        repository: &str,
        options: RepositoryOptions,
    ) -> Result<Creation, EcrError> {
        let scanning = ImageScanningConfiguration::builder()
            .scan_on_push(options.scanning == Scanning::OnPush)
            .build();
        let tags = match options.tags {
            Tags::Immutable => ImageTagMutability::Immutable,
            Tags::Mutable => ImageTagMutability::Mutable,
        };
        let created = self
            .client
            .create_repository()
            .registry_id(self.host.account())
            .repository_name(repository)
            .image_scanning_configuration(scanning)
            .image_tag_mutability(tags)
            .send()
            .await;
        match created {
            Ok(_) => Ok(Creation::Created),
            Err(error) if error::has_code(&error, "RepositoryAlreadyExistsException") => {
                Ok(Creation::Existed)
            }
            Err(error) => Err(self.failed(Operation::CreateRepository, Some(repository), &error)),
        }
    }

    /// Returns what a tag points at, or nothing where there is no such tag.
    pub async fn image_digest(
        &self,
        repository: &str,
        tag: &str,
    ) -> Result<Option<Digest>, EcrError> {
        let described = self
            .client
            .describe_images()
            .registry_id(self.host.account())
            .repository_name(repository)
            .image_ids(ImageIdentifier::builder().image_tag(tag).build())
            .send()
            .await;
        let output = match described {
            Ok(output) => output,
            Err(error) if error::has_code(&error, "ImageNotFoundException") => return Ok(None),
            Err(error) => {
                return Err(self.failed(Operation::DescribeImages, Some(repository), &error));
            }
        };
        let digest = output
            .image_details()
            .first()
            .and_then(|image| image.image_digest());
        digest
            .map(str::parse)
            .transpose()
            .map_err(|source| EcrError::Digest {
                repository: repository.to_owned(),
                tag: tag.to_owned(),
                source,
            })
    }

    fn failed<E>(
        &self,
        operation: Operation,
        repository: Option<&str>,
        error: &aws_sdk_ecr::error::SdkError<E>,
    ) -> EcrError
    where
        E: std::error::Error + aws_sdk_ecr::error::ProvideErrorMetadata + 'static,
    {
        error::classify(operation, &self.host, repository, error)
    }
}
