//! A bridge network of one test, on which containers find each other by alias.

use anyhow::Result;

use super::{LABEL, output, run, unique_name};
use crate::requirement::Requirement;

/// Removed when dropped; declare it before the containers that join it.
pub struct Network {
    name: String,
}

impl Network {
    pub fn create() -> Result<Self> {
        Requirement::Docker.check()?;
        let name = unique_name("network");
        run(["network", "create", "--label", LABEL, &name])?;
        Ok(Self { name })
    }

    /// Removes what is on the network and has this label: containers that others than a test have started.
    pub fn remove_containers_of(&self, label: &str) {
        let (network, label) = (format!("network={}", self.name), format!("label={label}"));
        let found = run([
            "ps", "--all", "--quiet", "--filter", &network, "--filter", &label,
        ]);
        for id in found.unwrap_or_default().lines() {
            let _ = output(["rm", "--force", "--volumes", id]);
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Nothing useful can be done about a failure here; the label lets people clean up.
        let _ = output(["network", "rm", &self.name]);
    }
}
