//! A named volume of one test.

use anyhow::Result;

use super::{LABEL, output, run, unique_name};
use crate::requirement::Requirement;

/// Removed when dropped; declare it before the containers that mount it.
pub struct Volume {
    name: String,
}

impl Volume {
    pub fn create() -> Result<Self> {
        Requirement::Docker.check()?;
        let name = unique_name("volume");
        run(["volume", "create", "--label", LABEL, &name])?;
        Ok(Self { name })
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = output(["volume", "rm", "--force", &self.name]);
    }
}
