//! Lays Debian's `wordpress` package out as upstream does, in `/var/www/html`.
//!
//! Debian splits WordPress over `/usr/share/wordpress`, `/var/lib/wordpress` and links into packages
//! of JavaScript and PHP libraries. A site expects one tree: the paths are moved, links into other
//! packages are replaced by the files they point to, and what only Apache or `wp-setup(1)` used is
//! left out. The package database records the new paths.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use thiserror::Error;
use wpimg_oci::rootfs::{Entry, Kind, TreePath};

use crate::unpack::Unpacked;

/// Where the site lies in the image.
pub const DOCUMENT_ROOT: &str = "var/www/html";

/// Debian's directories, and where their contents go.
const MOVES: &[(&str, &str)] = &[
    ("usr/share/wordpress", DOCUMENT_ROOT),
    ("var/lib/wordpress/wp-content", "var/www/html/wp-content"),
];

/// Paths of the package that have no use in the image, before they are moved.
const LEFT_OUT: &[&str] = &[
    "etc/apparmor.d",
    "etc/wordpress",
    "usr/bin/wp-setup",
    "usr/share/wordpress/.htaccess",     // Apache
    "usr/share/wordpress/wp-config.php", // replaced by the image's own
    "usr/share/wordpress/readme.html",
    "var/lib/wordpress/wp-content/themes", // links back to /usr/share/wordpress
];

/// The user `www-data` (Debian's static id), who may write uploads and nothing else.
const WWW_DATA: u32 = 33;

/// A link of the package leads nowhere.
#[derive(Debug, Error)]
#[error(
    "`/{path}` of package `{package}` links to `{target}`, which no package in the image ships"
)]
pub struct DanglingLink {
    package: String,
    path: TreePath,
    target: String,
}

impl DanglingLink {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(format!(
            "take the package that ships `{}` off `omit` under `[debian]` in the recipe",
            self.target
        ))
    }
}

/// The path of a file of a `wordpress` package in the image.
pub fn moved(path: &TreePath) -> TreePath {
    for (from, to) in MOVES {
        if let Some(rest) = below(path.as_str(), from)
            && let Ok(moved) = format!("{to}{rest}").parse()
        {
            return moved;
        }
    }
    path.clone()
}

/// Whether the package is WordPress itself, or a theme or translation of it.
pub fn is_part(package: &str) -> bool {
    package == "wordpress" || package.starts_with("wordpress-")
}

/// Whether the package is one whose files WordPress links to, and that nothing else uses.
fn is_linked_library(package: &str) -> bool {
    package.starts_with("libjs-") || package == "php-getid3"
}

/// Moves the `wordpress` packages and replaces their links into other packages.
pub fn lay_out(packages: &mut [Unpacked]) -> Result<(), DanglingLink> {
    if !packages.iter().any(|package| package.name == "wordpress") {
        return Ok(());
    }
    let shipped: HashMap<TreePath, Entry> = packages
        .iter()
        .flat_map(|package| package.entries.iter().cloned())
        .filter(|(_, entry)| !matches!(entry.kind, Kind::Directory))
        .collect();
    for unpacked in packages {
        let name = unpacked.name.clone();
        if is_linked_library(&name) {
            // The files now lie where WordPress uses them; the licence stays with the package.
            unpacked
                .entries
                .retain(|(path, _)| below(path.as_str(), "usr/share/doc").is_some());
        }
        if !is_part(&name) {
            continue;
        }
        unpacked.entries.retain(|(path, _)| {
            !LEFT_OUT
                .iter()
                .any(|left_out| below(path.as_str(), left_out).is_some())
        });
        for (path, entry) in &mut unpacked.entries {
            if let Kind::Symlink(target) = &entry.kind
                && let Some(file) = linked_file(path, target, &shipped, &name)?
            {
                *entry = file;
            }
            *path = moved(path);
            if below(path.as_str(), "var/www/html/wp-content/uploads").is_some() {
                // Root's group may write too: a container may run as any user, `--user 1234:0`.
                entry.uid = WWW_DATA;
                entry.gid = 0;
                entry.mode = 0o775;
            }
        }
        // `wp-content` is in both moved directories.
        unpacked.entries.sort_by(|a, b| a.0.cmp(&b.0));
        unpacked.entries.dedup_by(|a, b| a.0 == b.0);
    }
    Ok(())
}

/// The file a link points to, if that is in another package; `None` for a link to keep.
fn linked_file(
    path: &TreePath,
    target: &str,
    shipped: &HashMap<TreePath, Entry>,
    package: &str,
) -> Result<Option<Entry>, DanglingLink> {
    // The bundle is generated: the link to it stays.
    if target == "/etc/ssl/certs/ca-certificates.crt" {
        return Ok(None);
    }
    let mut link_path = path.clone();
    let mut link_target = target.to_owned();
    // Libraries link among themselves, a few steps at most.
    for _ in 0..8 {
        let found = follow(&link_path, &link_target).and_then(|path| {
            let entry = shipped.get(&path)?;
            Some((path, entry))
        });
        match found {
            Some((
                next,
                Entry {
                    kind: Kind::Symlink(target),
                    ..
                },
            )) => {
                link_path = next;
                link_target.clone_from(target);
            }
            Some((_, entry)) => return Ok(Some(entry.clone())),
            None => break,
        }
    }
    Err(DanglingLink {
        package: package.to_owned(),
        path: path.clone(),
        target: target.to_owned(),
    })
}

/// The path a link at `path` leads to.
fn follow(path: &TreePath, target: &str) -> Option<TreePath> {
    let joined = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!(
            "{}/{target}",
            path.parent().map(|p| p.to_string()).unwrap_or_default()
        )
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    parts.join("/").parse().ok()
}

/// What follows `directory` in `path`: empty for the directory itself.
fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    path.strip_prefix(directory)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}
