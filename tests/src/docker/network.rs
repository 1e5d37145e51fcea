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
