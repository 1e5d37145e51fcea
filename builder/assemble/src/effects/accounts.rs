//! `base-passwd`: `/etc/passwd`, `/etc/group`, their shadows, and no subordinate ids.
//!
//! Formats: passwd(5), group(5), shadow(5), gshadow(5). Every password is locked (`*`).

use super::{Context, EffectError};

/// Group `shadow` of Debian's static ids (Debian Policy 9.2.2).
const SHADOW_GROUP: u32 = 42;
const SECONDS_PER_DAY: i64 = 86_400;

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    let Some(passwd) = context.read_text("usr/share/base-passwd/passwd.master")? else {
        return Ok(());
    };
    let group = context
        .read_text("usr/share/base-passwd/group.master")?
        .unwrap_or_default();
    let has_bash = context.exists("usr/bin/bash");
    let changed_on = context.mtime / SECONDS_PER_DAY;
    context.file("etc/passwd", passwd_file(&passwd, has_bash).into_bytes())?;
    context.file("etc/group", locked(&group).into_bytes())?;
    let shadow = shadow_file(&passwd, changed_on).into_bytes();
    context.file_with("etc/shadow", 0o640, (0, SHADOW_GROUP), shadow)?;
    let gshadow = gshadow_file(&group).into_bytes();
    context.file_with("etc/gshadow", 0o640, (0, SHADOW_GROUP), gshadow)?;
    for path in ["etc/subgid", "etc/subuid"] {
        if !context.exists(path) {
            context.file(path, &b""[..])?;
        }
    }
    Ok(())
}

/// Replaces the password field by `x`: it is in the shadow file.
fn locked(master: &str) -> String {
    master
        .lines()
        .map(|line| line.replacen(":*:", ":x:", 1) + "\n")
        .collect()
}

/// The master file with a root shell that exists: Debian names bash, which the image may not have.
fn passwd_file(master: &str, has_bash: bool) -> String {
    let text = locked(master);
    if has_bash {
        text
    } else {
        text.replace(":/bin/bash\n", ":/bin/sh\n")
    }
}

fn shadow_file(master: &str, changed_on: i64) -> String {
    names(master)
        .map(|name| format!("{name}:*:{changed_on}:0:99999:7:::\n"))
        .collect()
}

fn gshadow_file(master: &str) -> String {
    names(master).map(|name| format!("{name}:*::\n")).collect()
}

fn names(master: &str) -> impl Iterator<Item = &str> {
    master
        .lines()
        .filter_map(|line| line.split(':').next())
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str =
        "root:*:0:0:root:/root:/bin/bash\nwww-data:*:33:33:www-data:/var/www:/usr/sbin/nologin\n";

    #[test]
    fn root_gets_a_shell_that_exists() {
        assert!(passwd_file(MASTER, false).starts_with("root:x:0:0:root:/root:/bin/sh\n"));
        assert!(passwd_file(MASTER, true).starts_with("root:x:0:0:root:/root:/bin/bash\n"));
    }

    #[test]
    fn every_account_is_locked() {
        assert_eq!(
            shadow_file(MASTER, 20_000),
            "root:*:20000:0:99999:7:::\nwww-data:*:20000:0:99999:7:::\n"
        );
        assert_eq!(gshadow_file("root:*:0:\n"), "root:*::\n");
    }
}
