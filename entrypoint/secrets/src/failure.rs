//! What a refusal means, and what to do about it.

use thiserror::Error;

use crate::document::EntryError;
use crate::reference::Place;

/// One secret or parameter that could not be had, and the variables that wait for it.
#[derive(Debug, Error)]
#[error("cannot fetch {what} for {}", listed(.variables))]
pub struct Failure {
    pub(crate) what: String,
    pub(crate) variables: Vec<String>,
    #[source]
    pub(crate) reason: Reason,
}

impl Failure {
    pub(crate) fn new(place: &Place, variables: Vec<String>, reason: Reason) -> Self {
        let what = place.to_string();
        Self {
            what,
            variables,
            reason,
        }
    }

    pub fn hint(&self) -> String {
        self.reason.hint()
    }
}

fn listed(variables: &[String]) -> String {
    let quoted: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Why a call, or a part of its answer, gave no value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("{} may not `{permission}`", principal.as_deref().map_or("the task's role".to_owned(), |name| format!("`{name}`")))]
    Denied {
        principal: Option<String>,
        permission: String,
    },
    #[error("there is no such {kind} in this account and region")]
    Missing { kind: &'static str },
    #[error("it is going to be deleted")]
    Deleted,
    #[error("its key of KMS cannot be used: {detail}")]
    Key { detail: String },
    #[error("no credentials were found: {detail}")]
    NoCredentials { detail: String },
    #[error("no region is known")]
    NoRegion,
    #[error("AWS did not answer in time")]
    TooLate,
    #[error("AWS cannot be reached: {detail}")]
    Unreachable { detail: String },
    #[error("AWS says {code}: {message}")]
    Refused { code: String, message: String },
    #[error("it is binary")]
    Binary,
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl Reason {
    /// What the service's own words mean. `action` is the permission that the call needs in any case.
    pub(crate) fn of_refusal(code: &str, message: &str, action: &'static str) -> Self {
        let denied = |principal: Option<&str>, permission: &str| Self::Denied {
            principal: principal.map(str::to_owned),
            permission: permission.to_owned(),
        };
        match code {
            // Secrets Manager says so without naming anybody when only the key is out of reach.
            "AccessDeniedException" | "AccessDenied" if message.contains("KMS") => {
                denied(principal(message), "kms:Decrypt")
            }
            "AccessDeniedException" | "AccessDenied" => {
                denied(principal(message), permission(message).unwrap_or(action))
            }
            "ResourceNotFoundException" => Self::Missing {
                kind: "secret, or no such version of it,",
            },
            "InvalidRequestException" if message.contains("marked for deletion") => Self::Deleted,
            "DecryptionFailure" | "DecryptionFailureException" | "InvalidKeyId" => Self::Key {
                detail: message.to_owned(),
            },
            "UnrecognizedClientException" | "InvalidClientTokenId" | "ExpiredTokenException" => {
                Self::NoCredentials {
                    detail: format!("AWS does not accept those given ({code})"),
                }
            }
            _ => Self::Refused {
                code: code.to_owned(),
                message: message.to_owned(),
            },
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Denied { permission, .. } if permission == "kms:Decrypt" => {
                "allow `kms:Decrypt` on the key that encrypts it, in the task role's policy and in the key's own".to_owned()
            }
            Self::Denied { permission, .. } => format!(
                "add `{permission}` on it to the policy of the task role (`taskRoleArn`; the execution role does not \
                 count inside a container)"
            ),
            Self::Missing { .. } => {
                "check the name, the account and the region; a name's last six characters belong to the ARN of a secret"
                    .to_owned()
            }
            Self::Deleted => "restore it with `aws secretsmanager restore-secret`, or refer to another one".to_owned(),
            Self::Key { .. } => {
                "check that the key is enabled and that the task role may `kms:Decrypt` with it".to_owned()
            }
            Self::NoCredentials { .. } => "give the task a `taskRoleArn`, or the container AWS_ACCESS_KEY_ID and \
                                           AWS_SECRET_ACCESS_KEY"
                .to_owned(),
            Self::NoRegion => "set AWS_REGION, or write the whole ARN".to_owned(),
            Self::TooLate | Self::Unreachable { .. } => {
                "check that the task's subnet has a NAT gateway, or VPC endpoints for the service with DNS names, \
                 and that the security groups let port 443 through"
                    .to_owned()
            }
            Self::Refused { .. } => "see the service's own documentation of this error".to_owned(),
            Self::Binary => "store it as text (`SecretString`)".to_owned(),
            Self::Entry(_) => "check the key in the reference, and what is in the secret".to_owned(),
        }
    }
}

/// The X of `User: X is not authorized to perform: Y on resource: Z`.
fn principal(message: &str) -> Option<&str> {
    between(message, "User: ", " is not authorized")
}

/// The Y of it.
fn permission(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("to perform: ")?;
    rest.split([' ', ','])
        .next()
        .filter(|word| !word.is_empty())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTION: &str = "secretsmanager:GetSecretValue";

    #[test]
    fn a_denial_names_the_principal_and_the_permission() {
        let message = "User: arn:aws:sts::123456789012:assumed-role/shop-task/0a1b is not authorized to perform: \
                       ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/db because no \
                       identity-based policy allows the ssm:GetParameters action";
        let reason = Reason::of_refusal("AccessDeniedException", message, ACTION);
        assert_eq!(
            reason.to_string(),
            "`arn:aws:sts::123456789012:assumed-role/shop-task/0a1b` may not `ssm:GetParameters`"
        );
        assert!(reason.hint().contains("taskRoleArn"));
    }

    #[test]
    fn every_refusal_says_what_is_missing() {
        for (code, message, expected) in [
            (
                "AccessDeniedException",
                "Access to KMS is not allowed",
                "may not `kms:Decrypt`",
            ),
            (
                "AccessDeniedException",
                "",
                "may not `secretsmanager:GetSecretValue`",
            ),
            ("ResourceNotFoundException", "", "there is no such secret"),
            (
                "InvalidRequestException",
                "this secret was marked for deletion.",
                "deleted",
            ),
            (
                "InvalidRequestException",
                "odd",
                "AWS says InvalidRequestException: odd",
            ),
            (
                "DecryptionFailure",
                "disabled",
                "KMS cannot be used: disabled",
            ),
            ("ExpiredTokenException", "", "no credentials"),
        ] {
            let reason = Reason::of_refusal(code, message, ACTION);
            assert!(reason.to_string().contains(expected), "{reason}");
            assert!(!reason.hint().is_empty());
        }
    }
}
