//! What can go wrong between here and ECR, in words that say what to do.

use std::error::Error;

use aws_sdk_ecr::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;
use wpimg_oci::digest::DigestError;

use super::token::TokenProblem;
use crate::{
    cause::{Answer, Cause},
    host::PrivateHost,
};

/// A call to ECR, by the name that IAM has for it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    GetAuthorizationToken,
    CreateRepository,
    DescribeImages,
}

/// Why ECR could not be asked, or what it answered.
#[derive(Debug, Error)]
pub enum EcrError {
    #[error("`public.ecr.aws` has no password from AWS credentials of a region")]
    Public,
    #[error("no AWS credentials were found for `{registry}`")]
    NoCredentials { registry: String },
    #[error("AWS credentials for `{registry}` could not be loaded: {reason}")]
    Credentials { registry: String, reason: String },
    #[error("AWS did not accept the credentials for `{registry}`: {answer}")]
    Rejected { registry: String, answer: Answer },
    #[error("AWS denied `{}` on `{resource}`: {answer}", operation.action())]
    Denied {
        operation: Operation,
        resource: String,
        answer: Answer,
    },
    #[error("registry `{registry}` has no repository `{repository}`")]
    NoRepository {
        registry: String,
        repository: String,
    },
    #[error("ECR failed at `{}` on `{resource}`: {answer}", operation.action())]
    Service {
        operation: Operation,
        resource: String,
        answer: Answer,
    },
    #[error("the answer to `{}` for `{registry}` is none of ECR's ({status}): {reason}", operation.action())]
    Answer {
        operation: Operation,
        registry: String,
        status: u16,
        reason: String,
    },
    #[error("the API of ECR for `{registry}` could not be reached: {reason}")]
    Unreachable { registry: String, reason: String },
    #[error("`{}` for `{registry}` could not be asked: {reason}", operation.action())]
    Request {
        operation: Operation,
        registry: String,
        reason: String,
    },
    #[error("ECR's token for `{registry}` cannot be used: {problem}")]
    Token {
        registry: String,
        problem: TokenProblem,
    },
    #[error("ECR gave an unusable digest for `{repository}:{tag}`")]
    Digest {
        repository: String,
        tag: String,
        #[source]
        source: DigestError,
    },
}

impl Operation {
    /// Returns the name that a policy allows.
    pub fn action(self) -> &'static str {
        match self {
            Self::GetAuthorizationToken => "ecr:GetAuthorizationToken",
            Self::CreateRepository => "ecr:CreateRepository",
            Self::DescribeImages => "ecr:DescribeImages",
        }
    }
}

impl EcrError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Public => Some(
                "log in once with `aws ecr-public get-login-password --region us-east-1 | docker \
                 login --username AWS --password-stdin public.ecr.aws`"
                    .into(),
            ),
            Self::NoCredentials { .. } => Cause::NoCredentials.hint(),
            Self::Credentials { reason, .. } => Cause::Credentials {
                reason: reason.clone(),
            }
            .hint(),
            Self::Rejected { answer, .. } => Cause::Rejected(answer.clone()).hint(),
            Self::Denied {
                operation: Operation::GetAuthorizationToken,
                ..
            } => Some(
                "allow `ecr:GetAuthorizationToken` on `*` in the IAM policy of the caller \
                 (`aws sts get-caller-identity` says who that is)"
                    .into(),
            ),
            Self::Denied {
                operation,
                resource,
                ..
            } => Some(format!(
                "allow `{}` on `{resource}` in the IAM policy of the caller (`aws sts \
                 get-caller-identity` says who that is)",
                operation.action()
            )),
            Self::NoRepository { repository, .. } => Some(format!(
                "create `{repository}` with `--create-repository`, or check account and region"
            )),
            Self::Service { answer, .. } if answer.code == "LimitExceededException" => Some(
                "ask for a higher quota, or remove repositories that are not used any more".into(),
            ),
            Self::Service { answer, .. }
                if answer.status >= 500 || answer.code.contains("Throttl") =>
            {
                Some("try again in some minutes".into())
            }
            Self::Answer { status, reason, .. } => Cause::Foreign {
                status: *status,
                reason: reason.clone(),
            }
            .hint(),
            Self::Unreachable { reason, .. } => Cause::Unreachable {
                reason: reason.clone(),
            }
            .hint(),
            Self::Request { reason, .. } => Cause::Request {
                reason: reason.clone(),
            }
            .hint(),
            Self::Token { .. } => {
                Some("check that `AWS_ENDPOINT_URL` is not set to something else".into())
            }
            Self::Service { .. } | Self::Digest { .. } => None,
        }
    }
}

pub(super) fn has_code<E: ProvideErrorMetadata>(error: &SdkError<E>, code: &str) -> bool {
    error
        .as_service_error()
        .is_some_and(|service| service.code() == Some(code))
}

/// Returns what an error of the SDK means for the person who asked.
pub(super) fn classify<E>(
    operation: Operation,
    host: &PrivateHost,
    repository: Option<&str>,
    error: &SdkError<E>,
) -> EcrError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let registry = host.host().to_owned();
    let resource = match repository {
        Some(repository) => format!("{registry}/{repository}"),
        None => registry.clone(),
    };
    match Cause::of(error) {
        Cause::NoCredentials => EcrError::NoCredentials { registry },
        Cause::Credentials { reason } => EcrError::Credentials { registry, reason },
        Cause::Rejected(answer) => EcrError::Rejected { registry, answer },
        Cause::Denied(answer) => EcrError::Denied {
            operation,
            resource,
            answer,
        },
        Cause::Throttled(answer) | Cause::Service(answer) => match repository {
            Some(repository) if answer.code == "RepositoryNotFoundException" => {
                EcrError::NoRepository {
                    registry,
                    repository: repository.to_owned(),
                }
            }
            Some(_) | None => EcrError::Service {
                operation,
                resource,
                answer,
            },
        },
        Cause::Foreign { status, reason } => EcrError::Answer {
            operation,
            registry,
            status,
            reason,
        },
        Cause::Unreachable { reason } => EcrError::Unreachable { registry, reason },
        Cause::Request { reason } => EcrError::Request {
            operation,
            registry,
            reason,
        },
    }
}
