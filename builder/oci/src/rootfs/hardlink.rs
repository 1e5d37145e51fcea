//! Hard links put in order: of all names of one file, the first in path order carries the bytes.
//!
//! A tar reader can only link to what it has already unpacked, and a layer is written in path
//! order, so the order in which a package happened to list its names must not matter.

use std::collections::BTreeMap;

use super::{Kind, Rootfs, RootfsError, TreePath};

/// Packages link straight to the file; the limit only keeps a hostile chain from costing time.
const LONGEST_CHAIN: usize = 40;

impl Rootfs {
    /// Makes the first name of every file the file and all others links straight to it.
    pub fn normalise_hardlinks(&mut self) -> Result<(), RootfsError> {
        let mut names: BTreeMap<TreePath, Vec<TreePath>> = BTreeMap::new();
        for (path, entry) in self.iter() {
            if let Kind::Hardlink(_) = entry.kind {
                names
                    .entry(self.hardlinked_file(path)?)
                    .or_default()
                    .push(path.clone());
            }
        }
        for (file, links) in names {
            // Links were met in path order, so the first of them is the least.
            let first = links[0].clone().min(file.clone());
            let Some(entry) = self.get(&file).cloned() else {
                continue;
            };
            for name in links.into_iter().chain([file]) {
                let mut link = entry.clone();
                if name != first {
                    link.kind = Kind::Hardlink(first.clone());
                }
                self.insert(name, link);
            }
        }
        Ok(())
    }

    /// Follows links to links, a few deep; a circle counts as dangling.
    fn hardlinked_file(&self, link: &TreePath) -> Result<TreePath, RootfsError> {
        let mut path = link;
        for _ in 0..=LONGEST_CHAIN {
            match self.get(path).map(|entry| &entry.kind) {
                Some(Kind::File(_)) => return Ok(path.clone()),
                Some(Kind::Hardlink(target)) => path = target,
                Some(Kind::Directory | Kind::Symlink(_)) | None => break,
            }
        }
        Err(RootfsError::DanglingHardlink {
            path: link.clone(),
            target: path.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::rootfs::{Entry, Kind, Rootfs, RootfsError, TreePath};

    fn path(text: &str) -> TreePath {
        text.parse().unwrap()
    }

    fn link(target: &str) -> Entry {
        Entry {
            kind: Kind::Hardlink(path(target)),
            ..Entry::file("", 0)
        }
    }

    fn tree<const N: usize>(entries: [(&str, Entry); N]) -> Rootfs {
        entries
            .into_iter()
            .map(|(name, entry)| (path(name), entry))
            .collect()
    }

    #[test]
    fn the_first_name_carries_the_bytes() {
        let file = Entry::file("perl", 7).with_mode(0o755);
        let mut tree = tree([
            ("c", file),
            ("a", link("b")),
            ("b", link("c")),
            ("d", link("c")),
        ]);
        tree.normalise_hardlinks().unwrap();
        assert_eq!(tree.get(&path("a")).unwrap().content().unwrap().size(), 4);
        for name in ["b", "c", "d"] {
            let entry = tree.get(&path(name)).unwrap();
            assert!(matches!(&entry.kind, Kind::Hardlink(target) if *target == path("a")));
            assert_eq!((entry.mode, entry.mtime), (0o755, 7));
        }
    }

    #[test]
    fn a_link_to_nothing_or_to_itself_is_refused() {
        for target in ["missing", "a"] {
            let error = tree([("a", link(target))])
                .normalise_hardlinks()
                .unwrap_err();
            assert!(
                matches!(error, RootfsError::DanglingHardlink { .. }),
                "{error}"
            );
        }
        let error = tree([("a", link("b")), ("b", Entry::directory(0))]).normalise_hardlinks();
        assert!(error.is_err());
    }
}
