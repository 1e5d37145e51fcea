//! What can go wrong between here and ECR, in words that say what to do.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecr::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;
use wpimg_oci::digest::DigestError;

use super::{credentials, token::TokenProblem};
use crate::host::PrivateHost;

/// Longest text of AWS in a message, in characters; denials name users and policies in full.
const LONGEST: usize = 600;
/// Most causes of an SDK error that a message lists.
const MOST_CAUSES: usize = 8;

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
    #[error("AWS did not accept the credentials for `{registry}`: {code} ({status}): {message}")]
    Rejected {
        registry: String,
        status: u16,
        code: String,
        message: String,
    },
    #[error("AWS denied `{}` on `{resource}`: {code} ({status}): {message}", operation.action())]
    Denied {
        operation: Operation,
        resource: String,
        status: u16,
        code: String,
        message: String,
    },
    #[error("registry `{registry}` has no repository `{repository}`")]
    NoRepository {
        registry: String,
        repository: String,
    },
    #[error("ECR failed at `{}` on `{resource}`: {code} ({status}): {message}", operation.action())]
    Service {
        operation: Operation,
        resource: String,
        status: u16,
        code: String,
        message: String,
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
            Self::NoCredentials { .. } => Some(format!(
                "tried were {}; sign in with `aws sso login` or `aws login`, or name a profile in \
                 `AWS_PROFILE`",
                credentials::SOURCES
            )),
            Self::Credentials { .. } => Some(format!(
                "sign in again with `aws sso login` or `aws login`, and check with `aws sts \
                 get-caller-identity`; tried in this order are {}",
                credentials::SOURCES
            )),
            Self::Rejected { message, .. } if is_about_time(message) => {
                Some("set this machine's clock: AWS takes no request that is minutes old".into())
            }
            Self::Rejected { .. } => Some(
                "sign in again with `aws sso login` or `aws login`, or renew the access key".into(),
            ),
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
            Self::Service { code, .. } if code == "LimitExceededException" => Some(
                "ask for a higher quota, or remove repositories that are not used any more".into(),
            ),
            Self::Service { status, code, .. } if *status >= 500 || code.contains("Throttl") => {
                Some("try again in some minutes".into())
            }
            Self::Answer {
                status: 429 | 502..=504,
                ..
            } => Some("try again in some minutes".into()),
            Self::Answer { .. } => {
                Some("check that `AWS_ENDPOINT_URL` and `HTTPS_PROXY` name what they should".into())
            }
            Self::Unreachable { reason, .. } if reason.contains("certificate") => Some(
                "install the package `ca-certificates`, or name your company's certificates in \
                 `SSL_CERT_FILE` (`AWS_CA_BUNDLE` is not read)"
                    .into(),
            ),
            Self::Unreachable { .. } => Some(
                "check the connection, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`, and that the region \
                 exists"
                    .into(),
            ),
            Self::Request { .. } => {
                Some("check `AWS_ENDPOINT_URL` and the settings in `~/.aws/config`".into())
            }
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
    if let SdkError::ServiceError(service) = error {
        let status = service.raw().status().as_u16();
        return match service.err().code() {
            Some(code) => of_service(operation, host, repository, (status, code), service.err()),
            None => EcrError::Answer {
                operation,
                registry,
                status,
                reason: causes(service.err()),
            },
        };
    }
    if let SdkError::ResponseError(response) = error {
        return EcrError::Answer {
            operation,
            registry,
            status: response.raw().status().as_u16(),
            reason: causes(error),
        };
    }
    if let Some(found) = credentials::find(error) {
        return match found {
            CredentialsError::CredentialsNotLoaded(_) => EcrError::NoCredentials { registry },
            _ => EcrError::Credentials {
                registry,
                reason: causes(found),
            },
        };
    }
    // The outermost text only says which of these cases it is.
    let reason = error.source().map_or_else(|| causes(error), causes);
    let sent = match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::DispatchFailure(failure) => failure.is_io() || failure.is_timeout(),
        _ => true,
    };
    if sent {
        EcrError::Unreachable { registry, reason }
    } else {
        EcrError::Request {
            operation,
            registry,
            reason,
        }
    }
}

fn of_service(
    operation: Operation,
    host: &PrivateHost,
    repository: Option<&str>,
    (status, code): (u16, &str),
    error: &impl ProvideErrorMetadata,
) -> EcrError {
    let registry = host.host().to_owned();
    let code = excerpt(code);
    let message = excerpt(error.message().unwrap_or("no message"));
    let resource = match repository {
        Some(repository) => format!("{registry}/{repository}"),
        None => registry.clone(),
    };
    match (code.as_str(), repository) {
        ("RepositoryNotFoundException", Some(repository)) => EcrError::NoRepository {
            registry,
            repository: repository.to_owned(),
        },
        ("AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation", _) => {
            EcrError::Denied {
                operation,
                resource,
                status,
                code,
                message,
            }
        }
        (
            "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException",
            _,
        ) => EcrError::Rejected {
            registry,
            status,
            code,
            message,
        },
        _ => EcrError::Service {
            operation,
            resource,
            status,
            code,
            message,
        },
    }
}

/// `Signature expired: … is now earlier than …`, `Signature not yet current: …`.
fn is_about_time(message: &str) -> bool {
    message.contains("Signature expired") || message.contains("not yet current")
}

/// Joins an error with its causes, which the SDK's own `Display` leaves out.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next.filter(|_| texts.len() < MOST_CAUSES) {
        let text = error.to_string();
        // Wrappers that print their cause would say it twice.
        if !texts.iter().any(|earlier| earlier.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    excerpt(&texts.join(": "))
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
