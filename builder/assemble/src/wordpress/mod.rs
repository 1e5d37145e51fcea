//! Lays Debian's `wordpress` package out as upstream does, in `/var/www/html`.
//!
//! Debian splits WordPress over `/usr/share/wordpress`, `/var/lib/wordpress` and links into packages
//! of JavaScript and PHP libraries. A site expects one tree: the paths are moved, links into other
//! packages are replaced by the files they point to, and what only Apache or `wp-setup(1)` used is
//! left out. The package database records the new paths.

mod libraries;
mod links;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

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

/// The one directory of the site that holds data.
const UPLOADS: &str = "var/www/html/wp-content/uploads";

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

/// Moves the `wordpress` packages and replaces their links into other packages.
///
/// Returns the packages whose files the site now has copies of: its layer changes when they do.
pub fn lay_out(packages: &mut [Unpacked]) -> Result<BTreeSet<String>, DanglingLink> {
    if !packages.iter().any(|package| package.name == "wordpress") {
        return Ok(BTreeSet::new());
    }
    let mut copies = links::copies(packages)?;
    let emptied = libraries::emptied(packages);
    for unpacked in packages {
        if emptied.contains(&unpacked.name) {
            // The files now lie where WordPress uses them; the licence stays with the package.
            unpacked
                .entries
                .retain(|(path, _)| below(path.as_str(), "usr/share/doc").is_some());
        }
        if !is_part(&unpacked.name) {
            continue;
        }
        unpacked.entries.retain(|(path, _)| !is_left_out(path));
        for (path, entry) in &mut unpacked.entries {
            if let Some(file) = copies.files.remove(path) {
                *entry = file;
            }
            *path = moved(path);
            if let Kind::Hardlink(target) = &mut entry.kind {
                *target = moved(target);
            }
            give_to_root(path, entry);
        }
        // `wp-content` is in both moved directories.
        unpacked.entries.sort_by(|a, b| a.0.cmp(&b.0));
        unpacked.entries.dedup_by(|a, b| a.0 == b.0);
    }
    Ok(copies.sources)
}

/// Takes the site's code out of reach of the web server: Debian lets `www-data` write translations,
/// which are PHP. Uploads alone are written by whoever runs the site.
fn give_to_root(path: &TreePath, entry: &mut Entry) {
    (entry.uid, entry.gid) = (0, 0);
    match entry.kind {
        Kind::Directory if path.as_str() == UPLOADS => {
            // Root's group may write too: a container may run as any user, `--user 1234:0`.
            entry.uid = WWW_DATA;
            entry.mode = 0o775;
        }
        Kind::Directory => entry.mode = 0o755,
        Kind::File(_) | Kind::Hardlink(_) => entry.mode &= 0o755,
        Kind::Symlink(_) => {}
    }
}

fn is_left_out(path: &TreePath) -> bool {
    LEFT_OUT
        .iter()
        .any(|left_out| below(path.as_str(), left_out).is_some())
}

/// What follows `directory` in `path`: empty for the directory itself.
fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    path.strip_prefix(directory)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}
