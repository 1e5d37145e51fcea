//! `php*`: `php.ini` for every SAPI, and every installed extension enabled in it.
//!
//! Stands in for `ucf` and `phpenmod`: an extension's `.ini` names its priority in a comment
//! (`; priority=20`), and a link `conf.d/20-name.ini` enables it. Without these links php-fpm
//! starts with no extension at all.

use std::collections::BTreeMap;

use wpimg_oci::rootfs::TreePath;

use super::{Context, EffectError};

/// A server API, with the template of its `php.ini` in `/usr/lib/php/<version>`.
const SAPIS: &[(&str, &str)] = &[
    ("cli", "php.ini-production.cli"),
    ("fpm", "php.ini-production"),
];

/// What `phpenmod` uses when a module names no priority.
const DEFAULT_PRIORITY: &str = "20";

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    for version in versions(context)? {
        apply_version(context, &version)?;
    }
    if context.exists("var/lib/php/sessions") {
        // dpkg-statoverride of php-common: anyone may create a session, nobody may list them.
        context.directory("var/lib/php/sessions", 0o1733, (0, 0))?;
    }
    Ok(())
}

/// The PHP versions in the image, such as `8.4`.
fn versions(context: &Context<'_>) -> Result<Vec<String>, EffectError> {
    let mut versions: Vec<String> = context
        .files_below("usr/lib/php")?
        .iter()
        .filter_map(|path| path.as_str().strip_suffix("/php.ini-production"))
        .filter_map(|directory| directory.strip_prefix("usr/lib/php/"))
        .map(str::to_owned)
        .collect();
    versions.dedup();
    Ok(versions)
}

fn apply_version(context: &mut Context<'_>, version: &str) -> Result<(), EffectError> {
    let modules = modules(context, version)?;
    for (name, module) in &modules {
        if module.generated {
            let path = format!("etc/php/{version}/mods-available/{name}.ini");
            context.file(&path, module.ini.clone().into_bytes())?;
        }
    }
    for (sapi, template) in SAPIS {
        let is_installed = match *sapi {
            "fpm" => context.exists(&format!("usr/sbin/php-fpm{version}")),
            _ => context.exists(&format!("usr/bin/php{version}")),
        };
        if !is_installed {
            continue;
        }
        let template = format!("usr/lib/php/{version}/{template}");
        let Some(ini) = context.read_text(&template)? else {
            return Err(EffectError::Missing {
                path: super::tree_path(&template)?,
                package: "php-common",
            });
        };
        context.file(
            &format!("etc/php/{version}/{sapi}/php.ini"),
            ini.into_bytes(),
        )?;
        for (name, module) in &modules {
            context.symlink(
                &format!(
                    "etc/php/{version}/{sapi}/conf.d/{}-{name}.ini",
                    module.priority
                ),
                &format!("/etc/php/{version}/mods-available/{name}.ini"),
            )?;
        }
    }
    Ok(())
}

/// An extension's settings.
struct Module {
    ini: String,
    priority: String,
    /// Whether the file in `mods-available` has to be written, or is shipped there.
    generated: bool,
}

fn modules(context: &Context<'_>, version: &str) -> Result<BTreeMap<String, Module>, EffectError> {
    let mut found: Vec<(TreePath, bool)> = Vec::new();
    let shipped = format!("etc/php/{version}/mods-available");
    found.extend(
        context
            .files_below(&shipped)?
            .into_iter()
            .map(|path| (path, false)),
    );
    let packages = format!("usr/share/php{version}-");
    let templates = context
        .files_below("usr/share")?
        .into_iter()
        .filter(|path| {
            // /usr/share/php8.4-mysql/mysql/mysqli.ini
            path.as_str()
                .strip_prefix(&packages)
                .is_some_and(|rest| rest.matches('/').count() == 2)
        });
    found.extend(templates.map(|path| (path, true)));

    let mut modules = BTreeMap::new();
    for (path, generated) in found {
        let Some(name) = path.file_name().strip_suffix(".ini") else {
            continue;
        };
        let name = name.to_owned();
        let ini = context.read_text(path.as_str())?.unwrap_or_default();
        let priority = priority(&ini).to_owned();
        modules.insert(
            name,
            Module {
                ini,
                priority,
                generated,
            },
        );
    }
    Ok(modules)
}

/// The number in the first `; priority=NN` comment.
fn priority(ini: &str) -> &str {
    ini.lines()
        .filter_map(|line| line.strip_prefix(';'))
        .filter_map(|comment| comment.trim().strip_prefix("priority="))
        .map(str::trim)
        .find(|value| !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(DEFAULT_PRIORITY)
}

#[cfg(test)]
mod tests {
    use super::priority;

    #[test]
    fn the_priority_comes_from_the_comment_or_is_twenty() {
        for (ini, expected) in [
            (
                "; configuration for php mysqlnd\n; priority=10\nextension=mysqlnd.so\n",
                "10",
            ),
            ("; priority = 15\n", "20"),
            (";priority=05\n", "05"),
            ("extension=redis.so\n", "20"),
            ("; priority=../../etc\n", "20"),
        ] {
            assert_eq!(priority(ini), expected, "{ini}");
        }
    }
}
