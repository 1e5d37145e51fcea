//! The files with WordPress's settings, and how they are renewed while everything serves.

use thiserror::Error;

use crate::settings::{Environment, SettingsError, WordPressSettings, read_file};
use crate::setup::{self, Identity, Layout, PerformError};

/// What it takes to write the files again. The environment of a process cannot change, but the files
/// that `NAME_FILE` variables point at can: that is how a mounted secret is rotated.
#[derive(Debug)]
pub(super) struct SecretFiles {
    environment: Environment,
    layout: Layout,
    identity: Identity,
}

#[derive(Debug, Error)]
pub(super) enum RenewError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Perform(#[from] PerformError),
}

impl RenewError {
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Settings(error) => error.hint(),
            Self::Perform(error) => error.hint(),
        }
    }
}

impl SecretFiles {
    pub(super) fn new(environment: Environment, layout: Layout, identity: Identity) -> Self {
        Self {
            environment,
            layout,
            identity,
        }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Reads every `NAME_FILE` again. Nothing is written when one of them is wrong.
    pub(super) fn renew(&self) -> Result<(), RenewError> {
        let settings = WordPressSettings::resolve(&self.environment, &read_file)?;
        let plan = setup::plan_secrets(&settings, &self.layout);
        Ok(setup::perform(&plan, &self.identity)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_rotated_file_counts_after_renewal_and_a_missing_one_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mounted = home.path().join("mounted");
        let environment = [("WORDPRESS_DB_PASSWORD_FILE", mounted.to_str().unwrap())];
        let layout = Layout::new("/".into(), home.path().to_owned());
        let files = SecretFiles::new(environment.into(), layout, Identity::Unprivileged);
        let seen = || fs::read(home.path().join("secrets/WORDPRESS_DB_PASSWORD")).unwrap();

        for password in ["old", "new"] {
            fs::write(&mounted, password).unwrap();
            files.renew().unwrap();
            assert_eq!(seen(), password.as_bytes());
        }
        fs::remove_file(&mounted).unwrap();
        assert!(files.renew().is_err());
        assert_eq!(seen(), b"new");
    }
}
