//! Libraries that only WordPress uses: their files lie in the site, so their own place is emptied.

use std::collections::BTreeSet;

use wpimg_oci::rootfs::{Kind, TreePath};

use super::is_part;
use super::links::follow;
use crate::unpack::Unpacked;

/// Whether the package is of a kind that Debian's WordPress links to.
fn is_library(package: &str) -> bool {
    package.starts_with("libjs-") || package == "php-getid3"
}

/// The libraries that WordPress needs, directly or for another such library, and nothing else.
///
/// Any other package that depends on a library or links to its files keeps it whole, and so does a
/// recipe that asks for one by itself.
pub(super) fn emptied(packages: &[Unpacked]) -> BTreeSet<String> {
    let libraries: Vec<Library> = packages
        .iter()
        .filter(|package| is_library(&package.name))
        .map(|package| Library::new(package, packages))
        .collect();
    let mut emptied: BTreeSet<String> = libraries
        .iter()
        .filter(|library| !library.users.is_empty())
        .map(|library| library.name.to_owned())
        .collect();
    // A library that stays keeps those that it uses itself.
    loop {
        let stays = |library: &&Library| {
            let is_elsewhere = |user: &&str| !is_part(user) && !emptied.contains(*user);
            emptied.contains(library.name) && library.users.iter().any(is_elsewhere)
        };
        let Some(library) = libraries.iter().find(stays) else {
            return emptied;
        };
        emptied.remove(library.name);
    }
}

struct Library<'a> {
    name: &'a str,
    /// The other packages that depend on it or link to its files.
    users: BTreeSet<&'a str>,
}

impl<'a> Library<'a> {
    fn new(package: &'a Unpacked, packages: &'a [Unpacked]) -> Self {
        let files: BTreeSet<&TreePath> = package
            .entries
            .iter()
            .filter(|(_, entry)| !entry.is_directory())
            .map(|(path, _)| path)
            .collect();
        let is_used_by = |user: &&Unpacked| {
            user.name != package.name
                && (user.depends().contains(&package.name) || links_to(user, &files))
        };
        Self {
            name: &package.name,
            users: packages
                .iter()
                .filter(is_used_by)
                .map(|user| user.name.as_str())
                .collect(),
        }
    }
}

/// Whether a link of the package leads to one of the files, to a directory above one, or through one.
fn links_to(package: &Unpacked, files: &BTreeSet<&TreePath>) -> bool {
    let mut targets = package.entries.iter().filter_map(|(path, entry)| {
        if let Kind::Symlink(target) = &entry.kind {
            follow(path, target)
        } else {
            None
        }
    });
    targets.any(|target| {
        let mut at_or_below = files.range::<TreePath, _>(&target..);
        at_or_below
            .next()
            .is_some_and(|file| file.starts_with(&target))
            || target.ancestors().any(|above| files.contains(&above))
    })
}
