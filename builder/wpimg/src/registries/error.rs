//! What stands between a command and a registry before either has spoken.

use thiserror::Error;
use wpimg_registry::RegistryError;

use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::hint_from_inherent_method;

/// A registry cannot be used as asked.
#[derive(Debug, Error)]
pub(crate) enum RegistriesError {
    #[error("`WPIMG_REGISTRY_ENDPOINT` has `{text}`, which is not HOST=URL")]
    Endpoint { text: String },
    #[error("`{repository}` does not exist, and only repositories of ECR can be made from here")]
    CannotCreate { repository: String },
    #[error("`--push` does not know where to")]
    NoTarget,
}

impl Hint for RegistriesError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Endpoint { .. } => {
                "write `registry.example=http://127.0.0.1:5000`, several separated by commas"
                    .to_owned()
            }
            Self::CannotCreate { .. } => "make it with the registry's own tools".to_owned(),
            Self::NoTarget => {
                "set `repository` under `[image]` in the recipe, or give `--tag HOST/NAME:TAG`"
                    .to_owned()
            }
        })
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

hint_from_inherent_method!(
    RegistryError,
    wpimg_aws::EcrError,
    wpimg_registry::ReferenceError,
    wpimg_registry::docker_config::ConfigError,
);
