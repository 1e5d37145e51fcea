//! MiniStack, an emulator of AWS on 127.0.0.1: its container registry is the one that wpimg pushes to as to ECR.
//!
//! `tests/prepare` installs it below the target directory. It needs a port beforehand, so one that was free a moment
//! ago is given to it, and another one if somebody was faster.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::http::Client;
use crate::image::artifacts;
use crate::poll;
use crate::wpimg::Wpimg;

/// The account and region that the emulator plays.
pub const ECR_HOST: &str = "000000000000.dkr.ecr.eu-west-1.amazonaws.com";
pub const REGION: &str = "eu-west-1";
const ATTEMPTS: u32 = 3;

/// Runs until dropped.
pub struct Ministack {
    process: Child,
    directory: TempDir,
    port: u16,
}

impl Ministack {
    pub fn start() -> Result<Self> {
        for _ in 1..ATTEMPTS {
            if let Ok(started) = Self::try_start() {
                return Ok(started);
            }
        }
        Self::try_start()
    }

    fn try_start() -> Result<Self> {
        let program = program()?;
        let directory = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(directory.path().join("log"))?;
        let process = Command::new(&program)
            .current_dir(directory.path())
            .env_clear()
            .env("HOME", directory.path())
            .env("TMPDIR", directory.path())
            .env("PATH", "/usr/bin:/bin")
            // Without it the emulator listens on every address of the machine.
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start `{}`", program.display()))?;
        let mut emulator = Self {
            process,
            directory,
            port,
        };
        emulator.wait()?;
        Ok(emulator)
    }

    fn wait(&mut self) -> Result<()> {
        let client = Client::new(&self.url());
        let mut ended = None;
        poll::until("the emulator answers", || {
            ended = self.process.try_wait()?;
            if ended.is_none() {
                let status = client.get("/_ministack/health")?.status;
                ensure!(status == 200, "its health is {status}");
            }
            Ok(())
        })?;
        if let Some(status) = ended {
            let log = fs::read_to_string(self.directory.path().join("log"))?;
            bail!("MiniStack ended with {status}: {log}");
        }
        Ok(())
    }

    /// Host and port at which Docker reaches the emulator's registry.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Lets a command use the emulator in the place of AWS.
    pub fn instead_of_aws(&self, command: Wpimg) -> Wpimg {
        command
            .env("AWS_ENDPOINT_URL", self.url())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env(
                "WPIMG_REGISTRY_ENDPOINT",
                format!("{ECR_HOST}={}", self.url()),
            )
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Result<PathBuf> {
    let program = artifacts("ministack")?.join("bin/ministack");
    ensure!(
        program.exists(),
        "MiniStack is not installed at `{}`; run `tests/prepare`",
        program.display()
    );
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emulator_has_a_registry() -> Result<()> {
        let emulator = Ministack::start()?;
        let client = Client::new(&emulator.url());
        assert_eq!(client.get("/v2/")?.status, 200);
        Ok(())
    }
}
