//! A path inside the image's tree: relative to its root, normalised, UTF-8.
//!
//! Refused are empty components, `.` and `..`, a leading or trailing slash, NUL, and lengths that
//! Linux refuses itself (`PATH_MAX`, `NAME_MAX`; limits.h(0p)). The root is not a path of the tree:
//! it has no entry, so `parent` of a top-level path is `None`.

use std::{cmp::Ordering, fmt, str::FromStr, sync::Arc};

use thiserror::Error;

/// `PATH_MAX` less the terminating NUL.
const LONGEST_PATH: usize = 4095;
/// `NAME_MAX`.
const LONGEST_COMPONENT: usize = 255;

/// A validated path, cheap to clone.
///
/// Paths are ordered by component, not by byte: `a` < `a/b` < `a-b`. A directory is followed by all
/// that is in it before the next sibling comes, so a subtree is one contiguous range.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TreePath(Arc<str>);

/// Why a text is not a path of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreePathError {
    #[error("path is empty")]
    Empty,
    #[error("path `{path}` is absolute")]
    Absolute { path: String },
    #[error("path `{path}` has the component `{component}`, which is not a name")]
    Component { path: String, component: String },
    #[error("path `{path}` contains a NUL byte")]
    Nul { path: String },
    #[error("path `{start}…` is longer than Linux allows ({length} bytes)")]
    TooLong { start: String, length: usize },
}

impl TreePath {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the directory that holds this path, `None` at the top level.
    pub fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| Self(parent.into()))
    }

    /// Returns the last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// Returns `relative` below this path.
    pub fn join(&self, relative: &str) -> Result<Self, TreePathError> {
        format!("{self}/{relative}").parse()
    }

    /// Returns the components from the top down.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// Says whether this path is `ancestor` or lies below it.
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0
            .strip_prefix(ancestor.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns the directories above this path, the topmost first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        self.0
            .match_indices('/')
            .map(|(position, _)| Self(self.0[..position].into()))
    }
}

impl FromStr for TreePath {
    type Err = TreePathError;

    fn from_str(text: &str) -> Result<Self, TreePathError> {
        let shown = || text.chars().take(200).collect::<String>();
        if text.is_empty() {
            return Err(TreePathError::Empty);
        }
        if text.starts_with('/') {
            return Err(TreePathError::Absolute { path: shown() });
        }
        if text.contains('\0') {
            return Err(TreePathError::Nul { path: shown() });
        }
        let longest = text.split('/').map(str::len).max().unwrap_or_default();
        if text.len() > LONGEST_PATH || longest > LONGEST_COMPONENT {
            return Err(TreePathError::TooLong {
                start: shown(),
                length: text.len(),
            });
        }
        match text
            .split('/')
            .find(|component| matches!(*component, "" | "." | ".."))
        {
            Some(component) => Err(TreePathError::Component {
                path: shown(),
                component: component.to_owned(),
            }),
            None => Ok(Self(text.into())),
        }
    }
}

impl Ord for TreePath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.components().cmp(other.components())
    }
}

impl PartialOrd for TreePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl AsRef<str> for TreePath {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        text.parse().unwrap()
    }

    #[test]
    fn what_could_leave_the_tree_is_refused() {
        let long_name = "n".repeat(256);
        let long_path = "d/".repeat(2048) + "f";
        for text in [
            "", "/", "/etc", "a//b", "a/", ".", "./a", "a/./b", "..", "a/../b", "a\0b",
        ]
        .into_iter()
        .chain([long_name.as_str(), long_path.as_str()])
        {
            assert!(text.parse::<TreePath>().is_err(), "{text:?}");
        }
        assert!(path("a").join("../b").is_err());
        assert!(path("a").join("").is_err());
    }

    #[test]
    fn odd_but_lawful_names_are_kept() {
        for text in [
            "...",
            "a b",
            "-rf",
            "tab\there",
            "naïve/文",
            ".hidden",
            "back\\slash",
        ] {
            assert_eq!(path(text).as_str(), text);
        }
    }

    #[test]
    fn a_path_takes_apart_and_comes_together() {
        let full = path("usr/share/php");
        assert_eq!(full.parent(), Some(path("usr/share")));
        assert_eq!(full.file_name(), "php");
        assert_eq!(path("usr").parent(), None);
        assert_eq!(path("usr").join("share/php"), Ok(full.clone()));
        assert_eq!(
            full.ancestors().collect::<Vec<_>>(),
            [path("usr"), path("usr/share")]
        );
    }

    #[test]
    fn a_subtree_is_contiguous_in_the_order() {
        let mut paths = ["a-b", "a/z", "a", "b", "a.c", "a/b/c", "a/b"].map(path);
        paths.sort();
        assert_eq!(
            paths,
            ["a", "a/b", "a/b/c", "a/z", "a-b", "a.c", "b"].map(path)
        );
    }

    #[test]
    fn a_shared_prefix_is_not_ancestry() {
        assert!(path("a/b").starts_with(&path("a")));
        assert!(path("a").starts_with(&path("a")));
        assert!(!path("ab").starts_with(&path("a")));
    }
}
