//! The tree: a sorted map from path to entry.
//!
//! It does not police its callers: inserting replaces what was there, and a path may stand without
//! its parents until `ensure_directories` supplies them. Writing a layer is where gaps are refused.

use std::collections::{BTreeMap, btree_map};

use thiserror::Error;

use super::{Entry, TreePath};

/// The merged tree of an image.
#[derive(Debug, Clone, Default)]
pub struct Rootfs {
    entries: BTreeMap<TreePath, Entry>,
}

/// Why a change to the tree was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RootfsError {
    #[error("`{path}` cannot be created because `{ancestor}` is not a directory")]
    NotADirectory { path: TreePath, ancestor: TreePath },
    #[error("hard link `{path}` names `{target}`, which is not a regular file of the tree")]
    DanglingHardlink { path: TreePath, target: TreePath },
}

impl Rootfs {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Puts `entry` at `path` and returns what it replaced.
    pub fn insert(&mut self, path: TreePath, entry: Entry) -> Option<Entry> {
        self.entries.insert(path, entry)
    }

    pub fn get(&self, path: &TreePath) -> Option<&Entry> {
        self.entries.get(path)
    }

    pub fn get_mut(&mut self, path: &TreePath) -> Option<&mut Entry> {
        self.entries.get_mut(path)
    }

    pub fn contains(&self, path: &TreePath) -> bool {
        self.entries.contains_key(path)
    }

    /// Takes away the one entry at `path`; what lies below a directory stays.
    pub fn remove(&mut self, path: &TreePath) -> Option<Entry> {
        self.entries.remove(path)
    }

    /// Takes away `path` and all below it, and returns how many entries that were.
    pub fn remove_tree(&mut self, path: &TreePath) -> usize {
        let doomed: Vec<_> = self.range(path).map(|(path, _)| path.clone()).collect();
        for path in &doomed {
            self.entries.remove(path);
        }
        doomed.len()
    }

    /// Keeps only the entries for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&TreePath, &Entry) -> bool) {
        self.entries.retain(|path, entry| keep(path, entry));
    }

    /// Creates the directories above `path` that are missing: 0755, owned by root.
    ///
    /// An ancestor that is a symbolic link counts as in the way; `resolve` the path first.
    pub fn ensure_directories(&mut self, path: &TreePath, mtime: i64) -> Result<(), RootfsError> {
        for ancestor in path.ancestors() {
            match self.entries.get(&ancestor) {
                Some(entry) if entry.is_directory() => {}
                Some(_) => {
                    return Err(RootfsError::NotADirectory {
                        path: path.clone(),
                        ancestor,
                    });
                }
                None => {
                    self.entries.insert(ancestor, Entry::directory(mtime));
                }
            }
        }
        Ok(())
    }

    /// Returns every entry, parents before children.
    pub fn iter(&self) -> btree_map::Iter<'_, TreePath, Entry> {
        self.entries.iter()
    }

    /// Returns the entry at `prefix` and all below it.
    pub fn range<'a>(
        &'a self,
        prefix: &'a TreePath,
    ) -> impl Iterator<Item = (&'a TreePath, &'a Entry)> {
        self.entries
            .range(prefix..)
            .take_while(|(path, _)| path.starts_with(prefix))
    }

    /// Returns the entries directly inside `directory`, or at the top level for `None`.
    pub fn children<'a>(
        &'a self,
        directory: Option<&'a TreePath>,
    ) -> impl Iterator<Item = (&'a TreePath, &'a Entry)> {
        let depth = directory.map_or(0, |path| path.components().count()) + 1;
        let below: Box<dyn Iterator<Item = _>> = match directory {
            Some(path) => Box::new(self.range(path)),
            None => Box::new(self.entries.iter()),
        };
        below.filter(move |(path, _)| path.components().count() == depth)
    }
}

impl<'a> IntoIterator for &'a Rootfs {
    type Item = (&'a TreePath, &'a Entry);
    type IntoIter = btree_map::Iter<'a, TreePath, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Rootfs {
    type Item = (TreePath, Entry);
    type IntoIter = btree_map::IntoIter<TreePath, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl FromIterator<(TreePath, Entry)> for Rootfs {
    fn from_iter<I: IntoIterator<Item = (TreePath, Entry)>>(entries: I) -> Self {
        Self {
            entries: entries.into_iter().collect(),
        }
    }
}

impl Extend<(TreePath, Entry)> for Rootfs {
    fn extend<I: IntoIterator<Item = (TreePath, Entry)>>(&mut self, entries: I) {
        self.entries.extend(entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        text.parse().unwrap()
    }

    fn tree(paths: &[&str]) -> Rootfs {
        paths
            .iter()
            .map(|text| (path(text), Entry::file("", 0)))
            .collect()
    }

    fn names<'a>(entries: impl Iterator<Item = (&'a TreePath, &'a Entry)>) -> Vec<&'a str> {
        entries.map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn a_range_is_a_subtree_and_nothing_else() {
        let tree = tree(&["a", "a-b", "a/b", "a/b/c", "ab", "b"]);
        assert_eq!(names(tree.range(&path("a"))), ["a", "a/b", "a/b/c"]);
        assert_eq!(names(tree.range(&path("a/b"))), ["a/b", "a/b/c"]);
        assert_eq!(names(tree.range(&path("missing"))), [""; 0]);
    }

    #[test]
    fn children_are_one_level_down() {
        let tree = tree(&["a", "a/b", "a/b/c", "a/d", "e"]);
        assert_eq!(names(tree.children(None)), ["a", "e"]);
        assert_eq!(names(tree.children(Some(&path("a")))), ["a/b", "a/d"]);
        assert_eq!(names(tree.children(Some(&path("e")))), [""; 0]);
    }

    #[test]
    fn missing_parents_are_created_and_existing_ones_kept() {
        let mut tree = Rootfs::new();
        tree.insert(path("var"), Entry::directory(1).with_mode(0o700));
        tree.ensure_directories(&path("var/lib/dpkg/status"), 9)
            .unwrap();
        assert_eq!(names(tree.iter()), ["var", "var/lib", "var/lib/dpkg"]);
        let summary = |name| tree.get(&path(name)).map(|entry| (entry.mode, entry.mtime));
        assert_eq!(summary("var"), Some((0o700, 1)));
        assert_eq!(summary("var/lib"), Some((0o755, 9)));
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let mut tree = tree(&["etc"]);
        let error = tree
            .ensure_directories(&path("etc/php/fpm"), 0)
            .unwrap_err();
        assert_eq!(
            error,
            RootfsError::NotADirectory {
                path: path("etc/php/fpm"),
                ancestor: path("etc")
            }
        );
    }

    #[test]
    fn removing_a_tree_leaves_its_neighbours() {
        let mut tree = tree(&["a", "a/b", "a/b/c", "ab"]);
        assert_eq!(tree.remove_tree(&path("a")), 3);
        assert_eq!(names(tree.iter()), ["ab"]);
    }
}
