//! `base-files`, `libc-bin`, `netbase` and `openssl`: the skeleton of the file system.

use super::{Context, EffectError};
use crate::merge::MERGED_DIRECTORIES;

/// Directories that every program expects, with their modes.
const DIRECTORIES: &[(&str, u32)] = &[
    ("dev", 0o755),
    ("etc", 0o755),
    ("proc", 0o555),
    ("root", 0o700),
    ("run", 0o755),
    ("run/lock", 0o1777),
    ("sys", 0o555),
    ("tmp", 0o1777),
    ("usr/bin", 0o755),
    ("usr/lib", 0o755),
    ("usr/lib64", 0o755),
    ("usr/local", 0o755),
    ("usr/sbin", 0o755),
    ("var", 0o755),
    ("var/cache", 0o755),
    ("var/lib", 0o755),
    ("var/log", 0o755),
    ("var/tmp", 0o1777),
];

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    for (path, mode) in DIRECTORIES {
        if !context.exists(path) {
            context.directory(path, *mode, (0, 0))?;
        }
    }
    for directory in MERGED_DIRECTORIES {
        if !context.exists(directory) {
            context.symlink(directory, &format!("usr/{directory}"))?;
        }
    }
    for (link, target) in [("var/run", "/run"), ("var/lock", "/run/lock")] {
        if !context.exists(link) {
            context.symlink(link, target)?;
        }
    }
    if let Some(nsswitch) = context.read_text("usr/share/libc-bin/nsswitch.conf")? {
        context.file("etc/nsswitch.conf", nsswitch.into_bytes())?;
    }
    if context.exists("etc/ssl") && !context.exists("usr/lib/ssl") {
        context.symlink("usr/lib/ssl", "/etc/ssl")?;
    }
    // The container runtime mounts its own over it; without a runtime names still resolve.
    if context.exists("etc/protocols") {
        context.file(
            "etc/hosts",
            &b"127.0.0.1\tlocalhost\n::1\t\tlocalhost\n"[..],
        )?;
    }
    Ok(())
}
