//! Where the SDK looks for credentials, for people who have none there.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

/// The order of the SDK's default chain.
pub(crate) const SOURCES: &str = "`AWS_ACCESS_KEY_ID` in the environment, the profile in `~/.aws` \
     (`AWS_PROFILE`), a web identity token, the ECS container endpoint and EC2 instance metadata";

/// Returns the error of the credential chain inside an error of the SDK.
pub(crate) fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<CredentialsError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
