//! `base-files`: what its postinst makes on a first installation, beyond the skeleton.
//!
//! Left out: `/etc/motd`, which only login(1) shows; `/usr/share/info/dir`, as no documentation is
//! read in a container; `wtmp`, `btmp` and `lastlog` in `/var/log`, as nobody logs in; the group
//! `staff` for `/usr/local`, which the postinst sets only where an administrator asked for it; and
//! the diversions of `/lib32` and its like, which guard upgrades of systems that are not merged-/usr.

use super::{Context, EffectError};

/// The directories, with mode and group.
const DIRECTORIES: &[(&str, u32, u32)] = &[
    ("etc/opt", 0o755, ROOT_GROUP),
    ("media", 0o755, ROOT_GROUP),
    ("mnt", 0o755, ROOT_GROUP),
    ("opt", 0o755, ROOT_GROUP),
    ("srv", 0o755, ROOT_GROUP),
    ("usr/local/bin", 0o755, ROOT_GROUP),
    ("usr/local/etc", 0o755, ROOT_GROUP),
    ("usr/local/games", 0o755, ROOT_GROUP),
    ("usr/local/include", 0o755, ROOT_GROUP),
    ("usr/local/lib", 0o755, ROOT_GROUP),
    ("usr/local/libexec", 0o755, ROOT_GROUP),
    ("usr/local/sbin", 0o755, ROOT_GROUP),
    ("usr/local/share", 0o755, ROOT_GROUP),
    ("usr/local/share/man", 0o755, ROOT_GROUP),
    ("usr/local/src", 0o755, ROOT_GROUP),
    ("var/mail", 0o2775, MAIL_GROUP),
    ("var/opt", 0o755, ROOT_GROUP),
];

const ROOT_GROUP: u32 = 0;
/// Group `mail` of Debian's static ids (Debian Policy 9.2.2).
const MAIL_GROUP: u32 = 8;

const LINKS: &[(&str, &str)] = &[
    ("usr/local/man", "share/man"),
    ("var/spool/mail", "../mail"),
];

/// Files that are copied from `/usr/share/base-files`, where the image has that.
const DEFAULTS: &[(&str, &str)] = &[
    ("dot.bashrc", "root/.bashrc"),
    ("dot.profile", "root/.profile"),
    ("profile", "etc/profile"),
];

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    if !context.has_package("base-files") {
        return Ok(());
    }
    for (path, mode, group) in DIRECTORIES {
        if !context.exists(path) {
            context.directory(path, *mode, (0, *group))?;
        }
    }
    for (link, target) in LINKS {
        if !context.exists(link) {
            context.symlink(link, target)?;
        }
    }
    for (default, path) in DEFAULTS {
        context.copy(&format!("usr/share/base-files/{default}"), path)?;
    }
    if context.exists("etc/dpkg/origins/debian") && !context.exists("etc/dpkg/origins/default") {
        context.symlink("etc/dpkg/origins/default", "debian")?;
    }
    Ok(())
}
