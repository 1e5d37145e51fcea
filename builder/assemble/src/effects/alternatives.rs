//! `update-alternatives`: the generic names of programs that packages register.
//!
//! Each alternative is a link in `/etc/alternatives`, a link to it at the generic name, and a
//! record in `/var/lib/dpkg/alternatives` in the format of `update-alternatives(1)`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Context, EffectError};

/// Directory below which PHP's versioned programs are looked for.
const PROGRAMS: &str = "usr/bin";

/// The programs that one generic name may stand for, with their priorities.
type Choices = BTreeMap<String, u32>;

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    for (name, choices) in registered(context)? {
        let link = format!("{PROGRAMS}/{name}");
        let best = choices.iter().max_by_key(|(_, priority)| **priority);
        let Some((program, _)) = best.filter(|_| !context.exists(&link)) else {
            continue;
        };
        let registered = format!("etc/alternatives/{name}");
        context.symlink(&registered, &format!("/{PROGRAMS}/{program}"))?;
        context.symlink(&link, &format!("/{registered}"))?;
        context.file(
            &format!("var/lib/dpkg/alternatives/{name}"),
            record(&link, &choices).into_bytes(),
        )?;
    }
    Ok(())
}

/// What `update-alternatives` remembers: mode, link, no slaves, then each choice and its priority.
fn record(link: &str, choices: &Choices) -> String {
    let mut record = format!("auto\n/{link}\n\n");
    for (program, priority) in choices {
        let _ = writeln!(record, "/{PROGRAMS}/{program}\n{priority}");
    }
    record.push('\n');
    record
}

/// The names that the packages in the image register, with the programs that are there.
fn registered(context: &Context<'_>) -> Result<BTreeMap<String, Choices>, EffectError> {
    let mut names: BTreeMap<String, Choices> = BTreeMap::new();
    let mut register = |name: &str, program: String, priority| {
        if context.exists(&format!("{PROGRAMS}/{program}")) {
            let choices = names.entry(name.to_owned()).or_default();
            choices.insert(program, priority);
        }
    };
    register("awk", "mawk".to_owned(), 5);
    register("which", "which.debianutils".to_owned(), 0);
    // php8.4 is registered as php with priority 84, and so are phar and phar.phar.
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
            register(name, format!("{name}{version}"), priority);
        }
    }
    Ok(names)
}
