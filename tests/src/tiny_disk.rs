//! A disk that is really full: a file system of a few megabytes that one command sees at a path.
//!
//! The tmpfs is mounted in a mount namespace of its own, so it is gone with the command and the machine never sees
//! it. Without root the namespace comes with a user namespace; see unshare(1).

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::requirement::Requirement;
use crate::wrap::wrap;

const MOUNT_AND_RUN: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@""#;

/// Wraps a command so that `directory` is a file system that holds `size` bytes for it.
pub fn limit(command: &Command, directory: &Path, size: u64) -> Result<Command> {
    Requirement::Unshare.check()?;
    let namespaces = usable_namespaces()?;
    let mut wrapped = Requirement::Unshare.command();
    wrapped
        .args(namespaces)
        .args(["sh", "-euc", MOUNT_AND_RUN, "sh"])
        .arg(size.to_string())
        .arg(directory);
    Ok(wrap(wrapped, command))
}

fn usable_namespaces() -> Result<&'static [&'static str]> {
    let candidates: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let mut reasons = String::new();
    for namespaces in candidates {
        let output = Requirement::Unshare
            .command()
            .args(namespaces)
            .args(["sh", "-euc", "mount -t tmpfs -o size=1m tmpfs /mnt"])
            .output()
            .context("cannot start `unshare`")?;
        if output.status.success() {
            return Ok(namespaces);
        }
        reasons += &String::from_utf8_lossy(&output.stderr);
    }
    ensure!(
        false,
        "a full disk needs a mount namespace; run the tests as root or allow unprivileged user namespaces ({})",
        reasons.trim()
    );
    Ok(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_beyond_the_limit_fails_for_lack_of_space() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let mut write = Command::new("dd");
        write
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin")
            .args(["if=/dev/zero", "bs=1M", "count=3"])
            .arg(format!("of={}", directory.path().join("file").display()));
        let output = limit(&write, directory.path(), 1024 * 1024)?.output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("No space left on device"), "{message}");
        assert!(
            !directory.path().join("file").exists(),
            "the disk was mounted for everybody"
        );
        Ok(())
    }
}
