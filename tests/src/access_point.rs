//! A directory that behaves as an EFS access point does: whoever makes a file, it belongs to the access point's user, and
//! nobody can give it away or change its mode (EFS user guide, "Enforcing a user identity using an access point").

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::requirement::Requirement;

/// Mounted until it is dropped.
pub struct AccessPoint {
    _files: TempDir,
    mounted: TempDir,
}

impl AccessPoint {
    /// Maps everybody to `user`, who owns the top. Needs root: containers shall see the files as well (fuse(8),
    /// `allow_other`).
    pub fn of(user: u32) -> Result<Self> {
        Requirement::Bindfs.check()?;
        let files = TempDir::new()?;
        let mounted = TempDir::new()?;
        let output = Requirement::Bindfs
            .command()
            .args(
                [
                    "--force-user",
                    "--force-group",
                    "--create-for-user",
                    "--create-for-group",
                ]
                .map(|option| format!("{option}={user}")),
            )
            .args([
                "--chown-deny",
                "--chgrp-deny",
                "--chmod-deny",
                "--perms=a+rwX",
            ])
            .args(["-o", "allow_other"])
            .args([files.path(), mounted.path()])
            .output()
            .context("bindfs cannot be started")?;
        ensure!(
            output.status.success(),
            "bindfs cannot mount; it needs root and /dev/fuse: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(Self {
            _files: files,
            mounted,
        })
    }

    pub fn path(&self) -> &Path {
        self.mounted.path()
    }
}

impl Drop for AccessPoint {
    fn drop(&mut self) {
        // Lazily, because a container may still be about to let go of it. What cannot be unmounted stays until the
        // machine ends, and fails nothing.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}
