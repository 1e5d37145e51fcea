//! Why a call to AWS came to nothing, in kinds that differ in what to do about them.
//!
//! The SDK has repeated what is worth it by then; what arrives here is the last answer, or that there was none.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

use crate::credentials;

/// Longest text of AWS in a message, in characters; denials name users and policies in full.
const LONGEST: usize = 600;

/// Most causes of an SDK error that a message lists.
const MOST_CAUSES: usize = 8;

/// What stood in the way.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Cause {
    /// None are configured.
    #[error("no AWS credentials were found")]
    NoCredentials,
    /// Those that are configured could not be had, or are over.
    #[error("the AWS credentials could not be loaded: {reason}")]
    Credentials { reason: String },
    /// AWS does not accept them.
    #[error("AWS did not accept the credentials: {0}")]
    Rejected(Answer),
    #[error("AWS denied it: {0}")]
    Denied(Answer),
    /// It was asked too often, and the SDK's patience is over.
    #[error("AWS wants to be asked less often: {0}")]
    Throttled(Answer),
    /// An answer with a code, which is the caller's to understand.
    #[error("{0}")]
    Service(Answer),
    /// Somebody answered who is not AWS.
    #[error("the answer is none of AWS's ({status}): {reason}")]
    Foreign { status: u16, reason: String },
    #[error("AWS could not be reached: {reason}")]
    Unreachable { reason: String },
    /// It was never sent.
    #[error("the request could not be made: {reason}")]
    Request { reason: String },
}

/// An error as AWS answers it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} ({status}): {message}")]
pub struct Answer {
    pub code: String,
    /// HTTP's.
    pub status: u16,
    pub message: String,
}

impl Cause {
    /// Returns what an error of the SDK means.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        if let SdkError::ServiceError(service) = error {
            let status = service.raw().status().as_u16();
            return match service.err().code() {
                Some(code) => Self::of_answer(Answer {
                    code: excerpt(code),
                    status,
                    message: excerpt(service.err().message().unwrap_or("no message")),
                }),
                None => Self::Foreign {
                    status,
                    reason: causes(service.err()),
                },
            };
        }
        if let SdkError::ResponseError(response) = error {
            return Self::Foreign {
                status: response.raw().status().as_u16(),
                reason: causes(error),
            };
        }
        if let Some(found) = credentials::find(error) {
            return match found {
                CredentialsError::CredentialsNotLoaded(_) => Self::NoCredentials,
                // Who gives them does not answer: that passes.
                CredentialsError::ProviderTimedOut(_) => Self::Unreachable {
                    reason: causes(found),
                },
                _ => Self::Credentials {
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
            Self::Unreachable { reason }
        } else {
            Self::Request { reason }
        }
    }

    /// The codes that services share (API references, "Common errors").
    fn of_answer(answer: Answer) -> Self {
        match answer.code.as_str() {
            "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
                Self::Denied(answer)
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Self::Rejected(answer),
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException" => Self::Throttled(answer),
            _ => Self::Service(answer),
        }
    }

    /// Whether nothing can be asked any more with what there is.
    pub fn is_about_credentials(&self) -> bool {
        match self {
            Self::NoCredentials | Self::Credentials { .. } | Self::Rejected(_) => true,
            Self::Denied(_)
            | Self::Throttled(_)
            | Self::Service(_)
            | Self::Foreign { .. }
            | Self::Unreachable { .. }
            | Self::Request { .. } => false,
        }
    }

    /// The code that AWS has answered with, where no other kind is meant by it.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Service(answer) => Some(&answer.code),
            Self::NoCredentials
            | Self::Credentials { .. }
            | Self::Rejected(_)
            | Self::Denied(_)
            | Self::Throttled(_)
            | Self::Foreign { .. }
            | Self::Unreachable { .. }
            | Self::Request { .. } => None,
        }
    }

    /// Returns what a person can do about it, where it does not depend on what was asked.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoCredentials => Some(format!(
                "tried were {}; sign in with `aws sso login` or `aws login`, or name a profile in \
                 `AWS_PROFILE`",
                credentials::SOURCES
            )),
            Self::Credentials { .. } => Some(format!(
                "sign in again with `aws sso login` or `aws login`, and check with `aws sts \
                 get-caller-identity`; tried in this order are {}",
                credentials::SOURCES
            )),
            Self::Rejected(answer) if is_about_time(&answer.message) => {
                Some("set this machine's clock: AWS takes no request that is minutes old".into())
            }
            Self::Rejected(_) => Some(
                "sign in again with `aws sso login` or `aws login`, or renew the access key".into(),
            ),
            Self::Throttled(_)
            | Self::Foreign {
                status: 429 | 502..=504,
                ..
            } => Some("try again in some minutes".into()),
            Self::Service(answer) if answer.status >= 500 => {
                Some("try again in some minutes".into())
            }
            Self::Foreign { .. } => {
                Some("check that `AWS_ENDPOINT_URL` and `HTTPS_PROXY` name what they should".into())
            }
            Self::Unreachable { reason } if reason.contains("certificate") => Some(
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
            Self::Denied(_) | Self::Service(_) => None,
        }
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
