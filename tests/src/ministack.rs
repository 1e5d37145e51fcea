//! MiniStack, an emulator of AWS on 127.0.0.1: its container registry is the one that wpimg pushes to as to ECR.
//!
//! `tests/prepare` installs it below the target directory. It needs a port beforehand, so one that was free a moment
//! ago is given to it, and another one if somebody was faster.

use std::{
    ffi::OsStr,
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

/// A program in Python that starts the emulator.
const HEALTH_CHECKED: &str = include_str!("aws/health_checked.py");

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

    /// With tasks as containers of Docker, on the network that the container `relay` is on. It is what they take for AWS.
    pub fn start_for_tasks(port: u16, relay: &str) -> Result<Self> {
        let python = Command::new(artifacts("ministack")?.join("bin/python3"));
        Self::start_on(port, with_health_checks(python), &[("HOSTNAME", relay)])
    }

    fn try_start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // What it finds of Docker it would start containers with.
        let environment = [("DOCKER_HOST", "unix:///nonexistent")];
        Self::start_on(port, Command::new(program()?), &environment)
    }

    fn start_on(port: u16, mut program: Command, environment: &[(&str, &str)]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let log = File::create(directory.path().join("log"))?;
        let process = program
            .current_dir(directory.path())
            .env_clear()
            .env("HOME", directory.path())
            .env("TMPDIR", directory.path())
            .env("PATH", "/usr/bin:/bin")
            // Without it the emulator listens on every address of the machine.
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            // Of requests that nobody has signed, such as a visitor's.
            .env("MINISTACK_REGION", REGION)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {program:?}"))?;
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

    /// Ends it; nothing starts containers any more.
    pub fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
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
        self.stop();
    }
}

/// The emulator with a load balancer that looks where it sends visitors.
fn with_health_checks(mut python: Command) -> Command {
    python.args([
        OsStr::new("-c"),
        OsStr::new(HEALTH_CHECKED),
        OsStr::new(REGION),
    ]);
    python
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
