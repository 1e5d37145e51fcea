//! `update-alternatives`: the generic names of programs that packages register.
//!
//! Each alternative is a link in `/etc/alternatives`, a link to it at the generic name, and a
//! record in `/var/lib/dpkg/alternatives` in the format of `update-alternatives(1)`.

use super::{Context, EffectError};

/// Directory below which PHP's versioned programs are looked for.
const PROGRAMS: &str = "usr/bin";

struct Alternative {
    name: String,
    program: String,
    priority: u32,
}

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    let mut alternatives = vec![
        Alternative {
            name: "awk".to_owned(),
            program: "mawk".to_owned(),
            priority: 5,
        },
        Alternative {
            name: "which".to_owned(),
            program: "which.debianutils".to_owned(),
            priority: 0,
        },
    ];
    alternatives.extend(php_programs(context)?);
    for alternative in alternatives {
        let Alternative {
            name,
            program,
            priority,
        } = &alternative;
        let link = format!("{PROGRAMS}/{name}");
        if !context.exists(&format!("{PROGRAMS}/{program}")) || context.exists(&link) {
            continue;
        }
        context.symlink(
            &format!("etc/alternatives/{name}"),
            &format!("/{PROGRAMS}/{program}"),
        )?;
        context.symlink(&link, &format!("/etc/alternatives/{name}"))?;
        let record = format!("auto\n/{link}\n\n/{PROGRAMS}/{program}\n{priority}\n\n");
        context.file(
            &format!("var/lib/dpkg/alternatives/{name}"),
            record.into_bytes(),
        )?;
    }
    Ok(())
}

/// `php8.4` is registered as `php` with priority 84, and so are `phar` and `phar.phar`.
fn php_programs(context: &Context<'_>) -> Result<Vec<Alternative>, EffectError> {
    let mut alternatives = Vec::new();
    let prefix = format!("{PROGRAMS}/php");
    for path in context.files_below(PROGRAMS)? {
        let Some(version) = path.as_str().strip_prefix(&prefix) else {
            continue;
        };
        let digits: String = version.chars().filter(|c| *c != '.').collect();
        let Ok(priority) = digits.parse() else {
            continue;
        };
        for name in ["php", "phar", "phar.phar"] {
            alternatives.push(Alternative {
                name: name.to_owned(),
                program: format!("{name}{version}"),
                priority,
            });
        }
    }
    Ok(alternatives)
}
