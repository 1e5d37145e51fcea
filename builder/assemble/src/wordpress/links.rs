//! The files that links of WordPress lead to in other packages.

use std::collections::{BTreeSet, HashMap};

use wpimg_oci::rootfs::{Entry, Kind, TreePath};

use super::{DanglingLink, is_left_out, is_part};
use crate::unpack::Unpacked;

/// Libraries link among themselves, a few steps at most.
const LONGEST_CHAIN: usize = 8;

/// The generated bundle of certificates: the link to it stays.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What to put in the place of links.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// The file for each link, by the path that the package has the link at.
    pub(super) files: HashMap<TreePath, Entry>,
    /// The packages that files were found in, or that a link on the way belongs to.
    pub(super) sources: BTreeSet<String>,
}

/// Everything but directories, with the package that ships it.
type Shipped<'a> = HashMap<&'a TreePath, (&'a str, &'a Entry)>;

/// Follows every link of the WordPress packages.
pub(super) fn copies(packages: &[Unpacked]) -> Result<Copies, DanglingLink> {
    let mut shipped = Shipped::new();
    for package in packages {
        for (path, entry) in &package.entries {
            if !entry.is_directory() {
                shipped.insert(path, (package.name.as_str(), entry));
            }
        }
    }
    let mut copies = Copies::default();
    for package in packages.iter().filter(|package| is_part(&package.name)) {
        for (path, entry) in &package.entries {
            let Kind::Symlink(target) = &entry.kind else {
                continue;
            };
            if target == CERTIFICATES || is_left_out(path) {
                continue;
            }
            let file = linked_file(path, target, &shipped, &mut copies.sources);
            let file = file.ok_or_else(|| DanglingLink {
                package: package.name.clone(),
                path: path.clone(),
                target: target.clone(),
            })?;
            copies.files.insert(path.clone(), file);
        }
    }
    Ok(copies)
}

/// The file at the end of a chain of links.
fn linked_file(
    path: &TreePath,
    target: &str,
    shipped: &Shipped<'_>,
    sources: &mut BTreeSet<String>,
) -> Option<Entry> {
    let mut next = follow(path, target)?;
    for _ in 0..LONGEST_CHAIN {
        let (package, entry) = shipped.get(&next)?;
        sources.insert((*package).to_owned());
        next = match &entry.kind {
            Kind::Symlink(target) => follow(&next, target)?,
            Kind::Hardlink(target) => target.clone(),
            Kind::File(_) | Kind::Directory => return Some((*entry).clone()),
        };
    }
    None
}

/// The path a link at `path` leads to.
pub(super) fn follow(path: &TreePath, target: &str) -> Option<TreePath> {
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

#[cfg(test)]
mod tests {
    use super::follow;
    use crate::testing::path;

    #[test]
    fn links_are_followed_from_where_the_package_ships_them() {
        let link = path("usr/share/wordpress/wp-includes/js/underscore.js");
        let library = path("usr/share/javascript/underscore/underscore.js");
        assert_eq!(
            follow(&link, "../../../javascript/underscore/underscore.js"),
            Some(library)
        );
        assert_eq!(follow(&link, "/etc/x"), Some(path("etc/x")));
        assert_eq!(follow(&path("a"), "../../../etc/passwd"), None);
    }
}
