//! The skeleton of the file system, which a container needs whichever packages it has; and what
//! `libc-bin`, `openssl` and `readline-common` add to it.

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
        let merged = format!("usr/{directory}");
        if context.exists(&merged) && !context.exists(directory) {
            context.symlink(directory, &merged)?;
        }
    }
    for (link, target) in [("var/run", "/run"), ("var/lock", "/run/lock")] {
        // base-files ships empty directories, which its postinst turns into the links.
        if !context.exists(link) || context.is_empty_directory(link)? {
            context.symlink(link, target)?;
        }
    }
    if let Some(nsswitch) = context.read_text("usr/share/libc-bin/nsswitch.conf")? {
        context.file("etc/nsswitch.conf", nsswitch.into_bytes())?;
    }
    context.copy("usr/share/readline/inputrc", "etc/inputrc")?;
    if context.exists("etc/ssl") && !context.exists("usr/lib/ssl") {
        context.symlink("usr/lib/ssl", "/etc/ssl")?;
    }
    Ok(())
}
