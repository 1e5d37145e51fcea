//! Following symbolic links inside the tree, as the kernel would with the tree as its root.
//!
//! `..` never climbs above the root, absolute targets start at the root of the tree, and after as
//! many links as Linux follows (`path_resolution(7)`: 40) the path counts as missing.

use super::{Kind, Rootfs, TreePath};

const MOST_LINKS: usize = 40;

impl Rootfs {
    /// Returns where `path` leads after every link, including a last one, has been followed.
    ///
    /// `None` if it leads nowhere, in circles, through something that is not a directory, or to
    /// the root itself.
    pub fn resolve(&self, path: &TreePath) -> Option<TreePath> {
        let mut pending: Vec<&str> = path.components().rev().collect();
        let mut reached: Option<TreePath> = None;
        let mut links = 0;
        while let Some(component) = pending.pop() {
            match component {
                "" | "." => continue,
                ".." => {
                    reached = reached.and_then(|path| path.parent());
                    continue;
                }
                _ => {}
            }
            let next = match &reached {
                Some(directory) => directory.join(component).ok()?,
                None => component.parse().ok()?,
            };
            match &self.get(&next)?.kind {
                Kind::Directory => reached = Some(next),
                Kind::File(_) | Kind::Hardlink(_) if pending.is_empty() => reached = Some(next),
                Kind::File(_) | Kind::Hardlink(_) => return None,
                Kind::Symlink(target) => {
                    links += 1;
                    if links > MOST_LINKS || target.is_empty() {
                        return None;
                    }
                    if target.starts_with('/') {
                        reached = None;
                    }
                    pending.extend(target.split('/').rev());
                }
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use crate::rootfs::{Entry, Rootfs, TreePath};

    fn path(text: &str) -> TreePath {
        text.parse().unwrap()
    }

    fn tree() -> Rootfs {
        let directory = || Entry::directory(0);
        let link = |target: &str| Entry::symlink(target, 0);
        [
            ("bin", link("usr/bin")),
            ("usr", directory()),
            ("usr/bin", directory()),
            ("usr/bin/sh", link("dash")),
            ("usr/bin/dash", Entry::file("", 0)),
            ("usr/bin/absolute", link("/bin/../bin//./sh")),
            ("usr/bin/climbs", link("../../../../usr/bin/dash")),
            ("usr/bin/slash", link("dash/")),
            ("loop", link("loop")),
            ("ping", link("pong")),
            ("pong", link("/ping")),
            ("doubling", link("doubling/doubling")),
            ("dangling", link("nowhere")),
            ("usr/empty", link("")),
            ("root", link("/")),
        ]
        .into_iter()
        .map(|(name, entry)| (path(name), entry))
        .collect()
    }

    fn check(from: &str, expected: Option<&str>) {
        assert_eq!(tree().resolve(&path(from)), expected.map(path), "{from}");
    }

    #[test]
    fn links_are_followed_as_if_the_tree_were_the_root() {
        for from in [
            "bin/sh",
            "usr/bin/absolute",
            "usr/bin/climbs",
            "root/bin/dash",
        ] {
            check(from, Some("usr/bin/dash"));
        }
        check("bin", Some("usr/bin"));
        check("usr", Some("usr"));
    }

    #[test]
    fn what_leads_nowhere_is_none() {
        for from in [
            "loop",
            "ping",
            "doubling",
            "dangling",
            "missing",
            "bin/sh/more",
            "root",
        ] {
            check(from, None);
        }
        for from in ["usr/empty", "usr/bin/slash"] {
            check(from, None);
        }
    }
}
