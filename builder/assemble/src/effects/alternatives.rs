//! `update-alternatives`: the generic names of programs and files that packages register.
//!
//! Each alternative is a link in `/etc/alternatives`, a link to it at the generic name, and a
//! record in `/var/lib/dpkg/alternatives` in the format of `update-alternatives(1)`. Slaves are
//! left out: all of them are manual pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Context, EffectError};

/// Directory below which PHP's versioned programs are looked for.
const PROGRAMS: &str = "usr/bin";

/// What packages register: name, generic path, the file that it stands for, priority.
const REGISTERED: &[(&str, &str, &str, u32)] = &[
    ("awk", "usr/bin/awk", "usr/bin/mawk", 5),
    ("my.cnf", "etc/mysql/my.cnf", "etc/mysql/mariadb.cnf", 200),
    (
        "my.cnf",
        "etc/mysql/my.cnf",
        "etc/mysql/my.cnf.fallback",
        100,
    ),
    ("pager", "usr/bin/pager", "usr/bin/less", 77),
    ("which", "usr/bin/which", "usr/bin/which.debianutils", 0),
];

/// The programs of ImageMagick, which `imagemagick-7.q16` registers with and without its version.
const IMAGEMAGICK: &[&str] = &[
    "animate",
    "compare",
    "composite",
    "conjure",
    "convert",
    "display",
    "identify",
    "import",
    "magick",
    "magick-script",
    "mogrify",
    "montage",
    "stream",
];
const IMAGEMAGICK_PRIORITY: u32 = 10_000;

/// A generic path, and the files that it may stand for with their priorities.
#[derive(Default)]
struct Alternative {
    link: String,
    choices: BTreeMap<String, u32>,
}

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    for (name, Alternative { link, choices }) in registered(context)? {
        let best = choices.iter().max_by_key(|(_, priority)| **priority);
        let Some((file, _)) = best.filter(|_| !context.exists(&link)) else {
            continue;
        };
        let registered = format!("etc/alternatives/{name}");
        context.symlink(&registered, &format!("/{file}"))?;
        context.symlink(&link, &format!("/{registered}"))?;
        context.file(
            &format!("var/lib/dpkg/alternatives/{name}"),
            record(&link, &choices).into_bytes(),
        )?;
    }
    Ok(())
}

/// What `update-alternatives` remembers: mode, link, no slaves, then each choice and its priority.
fn record(link: &str, choices: &BTreeMap<String, u32>) -> String {
    let mut record = format!("auto\n/{link}\n\n");
    for (file, priority) in choices {
        let _ = writeln!(record, "/{file}\n{priority}");
    }
    record.push('\n');
    record
}

/// The names that the packages in the image register, with the files that are there.
fn registered(context: &Context<'_>) -> Result<BTreeMap<String, Alternative>, EffectError> {
    let mut names: BTreeMap<String, Alternative> = BTreeMap::new();
    let mut register = |name: &str, link: &str, file: String, priority| {
        if context.exists(&file) {
            let alternative = names.entry(name.to_owned()).or_default();
            link.clone_into(&mut alternative.link);
            alternative.choices.insert(file, priority);
        }
    };
    for (name, link, file, priority) in REGISTERED {
        register(name, link, (*file).to_owned(), *priority);
    }
    for program in IMAGEMAGICK {
        let file = format!("{PROGRAMS}/{program}-im7.q16");
        for name in [(*program).to_owned(), format!("{program}-im7")] {
            let link = format!("{PROGRAMS}/{name}");
            register(&name, &link, file.clone(), IMAGEMAGICK_PRIORITY);
        }
    }
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
            let link = format!("{PROGRAMS}/{name}");
            register(name, &link, format!("{link}{version}"), priority);
        }
    }
    Ok(names)
}
