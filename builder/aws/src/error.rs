//! A call to AWS that came to nothing: which, on what, why.

use std::error::Error;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

use crate::cause::Cause;

/// One failed call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{action}` on `{resource}` failed")]
pub struct AwsError {
    /// The name that IAM has for the call, such as `ecs:UpdateService`.
    pub action: &'static str,
    /// What it was about, as a person knows it.
    pub resource: String,
    #[source]
    pub cause: Cause,
}

impl AwsError {
    pub(crate) fn of<E>(
        action: &'static str,
        resource: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        Self {
            action,
            resource: resource.to_owned(),
            cause: Cause::of(error),
        }
    }

    /// An answer without what every such answer has.
    pub(crate) fn lacking(action: &'static str, resource: &str, what: &str) -> Self {
        Self {
            action,
            resource: resource.to_owned(),
            cause: Cause::Foreign {
                status: 200,
                reason: format!("it has no {what}"),
            },
        }
    }

    /// Whether AWS has answered with this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.cause.code() == Some(code)
    }

    /// The message of AWS, where there is one.
    pub fn message(&self) -> Option<&str> {
        match &self.cause {
            Cause::Rejected(answer)
            | Cause::Denied(answer)
            | Cause::Throttled(answer)
            | Cause::Service(answer) => Some(&answer.message),
            Cause::NoCredentials
            | Cause::Credentials { .. }
            | Cause::Foreign { .. }
            | Cause::Unreachable { .. }
            | Cause::Request { .. } => None,
        }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match &self.cause {
            Cause::Denied(_) => Some(format!(
                "allow `{}` on `{}` in the IAM policy of the caller (`aws sts \
                 get-caller-identity` says who that is)",
                self.action, self.resource
            )),
            cause => cause.hint(),
        }
    }
}
