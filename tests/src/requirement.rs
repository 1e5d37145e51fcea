//! The tools a test needs from the machine, and the one sentence that says how to get a missing one.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Something that must be installed or running before a test can say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    Docker,
    Chromium,
    ChromeDriver,
    Skopeo,
    Umoci,
    Dpkg,
    Unshare,
    Setpriv,
    Taskset,
    Faketime,
    Git,
    Openssl,
    DockerRegistry,
    Qemu,
    Bindfs,
}

impl Requirement {
    pub fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromedriver",
            Self::Skopeo => "skopeo",
            Self::Umoci => "umoci",
            Self::Dpkg => "dpkg",
            Self::Unshare => "unshare",
            Self::Setpriv => "setpriv",
            Self::Taskset => "taskset",
            Self::Faketime => "faketime",
            Self::Git => "git",
            Self::Openssl => "openssl",
            Self::DockerRegistry => "docker-registry",
            Self::Qemu => "qemu-aarch64-static",
            Self::Bindfs => "bindfs",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Docker => "docker.io",
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromium-driver",
            Self::Skopeo => "skopeo",
            Self::Umoci => "umoci",
            Self::Dpkg => "dpkg",
            Self::Unshare | Self::Setpriv | Self::Taskset => "util-linux",
            Self::Faketime => "faketime",
            Self::Git => "git",
            Self::Openssl => "openssl",
            Self::DockerRegistry => "docker-registry",
            Self::Qemu => "qemu-user-static",
            Self::Bindfs => "bindfs",
        }
    }

    /// Starts a command line of this tool.
    pub fn command(self) -> Command {
        Command::new(self.program())
    }

    /// Where the tool lies.
    pub fn path(self) -> Result<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .map(|directory| directory.join(self.program()))
            .find(|candidate| candidate.is_file())
            .with_context(|| format!("`{}` is not on PATH", self.program()))
    }

    /// Fails with the command that mends it when the tool cannot be used.
    pub fn check(self) -> Result<()> {
        let version = match self {
            Self::Docker => &["version", "--format", "{{.Server.Version}}"][..],
            Self::Openssl => &["version"],
            Self::Chromium
            | Self::ChromeDriver
            | Self::Skopeo
            | Self::Umoci
            | Self::Dpkg
            | Self::Unshare
            | Self::Setpriv
            | Self::Taskset
            | Self::Faketime
            | Self::Git
            | Self::DockerRegistry
            | Self::Qemu
            | Self::Bindfs => &["--version"][..],
        };
        let output = self
            .command()
            .args(version)
            .stdin(Stdio::null())
            .output()
            .with_context(|| {
                format!(
                    "`{}` is not installed; run `apt-get install {}` or `tests/run`, which does it",
                    self.program(),
                    self.package()
                )
            })?;
        if output.status.success() {
            return Ok(());
        }
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.trim();
        if self == Self::Docker {
            bail!("the Docker daemon does not answer; start it or set DOCKER_HOST ({reason})");
        }
        bail!("`{}` does not run ({reason})", self.program())
    }
}
