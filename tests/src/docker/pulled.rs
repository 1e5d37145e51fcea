//! An image that the engine fetched from a registry.

use std::path::Path;

use anyhow::Result;

use super::{output, run};
use crate::requirement::Requirement;

/// Removed when dropped; declare it before the containers that are made of it.
pub struct PulledImage {
    reference: String,
}

impl PulledImage {
    pub fn pull(reference: &str) -> Result<Self> {
        Self::pull_with(&[], reference)
    }

    /// Pulls with the accounts of this Docker configuration.
    pub fn pull_as(configuration: &Path, reference: &str) -> Result<Self> {
        Self::pull_with(&["--config", &configuration.to_string_lossy()], reference)
    }

    fn pull_with(options: &[&str], reference: &str) -> Result<Self> {
        Requirement::Docker.check()?;
        let words = options.iter().copied();
        run(words.chain(["pull", "--quiet", reference]))?;
        Ok(Self {
            reference: reference.to_owned(),
        })
    }

    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The digest under which the registry gave it.
    pub fn digest(&self) -> Result<String> {
        let format = "{{index .RepoDigests 0}}";
        let name = run(["image", "inspect", "--format", format, &self.reference])?;
        let (_, digest) = name.split_once('@').unwrap_or_default();
        Ok(digest.to_owned())
    }
}

impl Drop for PulledImage {
    fn drop(&mut self) {
        let _ = output(["rmi", "--force", &self.reference]);
    }
}
