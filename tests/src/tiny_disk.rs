//! A disk that is really full, or cannot be written to: a file system that one command sees at a path.
//!
//! It is mounted in a mount namespace of its own, so it is gone with the command and the machine never sees it; what a
//! test wants to look at afterwards is copied out. Without root the namespace comes with a user namespace; see
//! unshare(1), and tmpfs(5) for how a page or an inode counts.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Result, anyhow, ensure};

use crate::requirement::Requirement;
use crate::wrap::wrap;

/// The smallest amount that a tmpfs can have more or less of.
pub const PAGE: u64 = 4096;

/// The old directory stays reachable through descriptor 9 when the disk lies over it. The working directory is entered
/// again by its name, since it may be on the disk.
const MOUNT: &str = r#"
used() { df --block-size=1 --output="$1" "$directory" | tail -n 1; }
directory=$1 bytes=$2 files=$3 kept=$4
shift 4
exec 9<"$directory"
mount -t tmpfs tmpfs "$directory"
cp -a /proc/self/fd/9/. "$directory"
exec 9<&-
mount -o "remount,size=$(($(used used) + bytes)),nr_inodes=$(($(used iused) + files))" "$directory"
cd "$(pwd)"
status=0
"$@" || status=$?
if [ -n "$kept" ]; then cp -a "$directory/." "$kept"; fi
exit "$status"
"#;

const MOUNT_READ_ONLY: &str = r#"
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
shift
cd "$(pwd)"
exec "$@"
"#;

/// A disk over a directory: it begins with what the directory holds and has this much room beyond that.
#[derive(Debug, Clone)]
pub struct TinyDisk {
    directory: PathBuf,
    bytes: u64,
    files: u64,
    kept: Option<PathBuf>,
}

impl TinyDisk {
    /// A disk with no room for a byte, but for any number of empty files.
    pub fn over(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            bytes: 0,
            files: 1_000_000,
            kept: None,
        }
    }

    /// Room for so many bytes. None at all needs something in the directory: a tmpfs of size 0 has no limit.
    #[must_use]
    pub fn bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// Room for so many files and directories.
    #[must_use]
    pub fn files(mut self, files: u64) -> Self {
        self.files = files;
        self
    }

    /// Copies what the disk holds in the end into this directory, with owners and times.
    #[must_use]
    pub fn keep_in(mut self, directory: &Path) -> Self {
        self.kept = Some(directory.to_owned());
        self
    }

    /// Wraps a command so that it sees the disk.
    pub fn wrap(&self, command: &Command) -> Result<Command> {
        let mut wrapped = in_namespace(MOUNT)?;
        wrapped
            .arg(&self.directory)
            .arg(self.bytes.to_string())
            .arg(self.files.to_string())
            .arg(self.kept.as_deref().unwrap_or(Path::new("")));
        Ok(wrap(wrapped, command))
    }
}

/// Wraps a command so that `directory` is a file system that holds `size` bytes for it.
pub fn limit(command: &Command, directory: &Path, size: u64) -> Result<Command> {
    TinyDisk::over(directory).bytes(size).wrap(command)
}

/// Wraps a command so that nobody, not even root, can write below `directory`.
pub fn read_only(command: &Command, directory: &Path) -> Result<Command> {
    let mut wrapped = in_namespace(MOUNT_READ_ONLY)?;
    wrapped.arg(directory);
    Ok(wrap(wrapped, command))
}

fn in_namespace(script: &str) -> Result<Command> {
    let mut command = Requirement::Unshare.command();
    command
        .args(usable_namespaces()?)
        .args(["sh", "-euc", script, "sh"]);
    Ok(command)
}

fn usable_namespaces() -> Result<&'static [&'static str]> {
    static USABLE: OnceLock<Result<&'static [&'static str], String>> = OnceLock::new();
    USABLE
        .get_or_init(|| find_namespaces().map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(|message| anyhow!("{message}"))
}

fn find_namespaces() -> Result<&'static [&'static str]> {
    Requirement::Unshare.check()?;
    let candidates: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let mut reasons = String::new();
    for namespaces in candidates {
        let output = Requirement::Unshare
            .command()
            .args(namespaces)
            .args(["sh", "-euc", "mount -t tmpfs -o size=1m tmpfs /mnt"])
            .output()?;
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
    use std::fs;

    use super::*;

    fn shell(script: &str, directory: &Path) -> Command {
        let mut shell = Command::new("sh");
        shell
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin")
            .args(["-euc", script])
            .current_dir(directory);
        shell
    }

    #[test]
    fn a_write_beyond_the_limit_fails_for_lack_of_space() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let write = shell("head -c 3M /dev/zero > file", directory.path());
        let output = limit(&write, directory.path(), 1024 * 1024)?.output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("No space left on device"), "{message}");
        assert!(
            !directory.path().join("file").exists(),
            "the disk was mounted for everybody"
        );
        Ok(())
    }

    #[test]
    fn a_disk_begins_with_what_is_there_and_has_exactly_the_room_it_says() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let kept = tempfile::tempdir()?;
        fs::write(directory.path().join("old"), "here before")?;
        let disk = TinyDisk::over(directory.path())
            .bytes(PAGE)
            .files(2)
            .keep_in(kept.path());
        let script = "cat old > one; : > two; ! cat old > three; ! cat old > two";
        let output = disk.wrap(&shell(script, directory.path()))?.output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{message}");
        assert_eq!(message.matches("No space left on device").count(), 2);
        assert_eq!(fs::read(kept.path().join("one"))?, b"here before");
        assert_eq!(fs::read_dir(kept.path())?.count(), 3);
        assert_eq!(fs::read_dir(directory.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn nobody_writes_to_a_read_only_directory() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let write = shell("echo words > file", directory.path());
        let output = read_only(&write, directory.path())?.output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("Read-only file system"), "{message}");
        Ok(())
    }
}
