//! One entry of site content, relative to the root of the thing it belongs to.
//!
//! There are no owners and no times: everything belongs to 0:0 and takes its time from the image.

use wpimg_oci::rootfs::{Content, TreePath};

/// A file, directory or link of a plugin, a theme, a site.
#[derive(Debug, Clone)]
pub struct SiteEntry {
    pub path: TreePath,
    pub kind: SiteKind,
    /// 0755 for directories and files that anybody may execute, 0644 for other files, 0777 for links.
    pub mode: u32,
}

/// What lies at a path.
#[derive(Debug, Clone)]
pub enum SiteKind {
    Directory,
    File(Content),
    /// The target as it was stored; it stays below the root, and may dangle.
    Symlink(String),
}

impl SiteEntry {
    pub fn directory(path: TreePath) -> Self {
        Self {
            path,
            kind: SiteKind::Directory,
            mode: 0o755,
        }
    }

    /// A file; any execute bit of `mode` makes it executable for all.
    pub fn file(path: TreePath, content: Content, mode: u32) -> Self {
        Self {
            path,
            kind: SiteKind::File(content),
            mode: if mode & 0o111 == 0 { 0o644 } else { 0o755 },
        }
    }

    pub fn symlink(path: TreePath, target: String) -> Self {
        Self {
            path,
            kind: SiteKind::Symlink(target),
            mode: 0o777,
        }
    }

    pub fn is_directory(&self) -> bool {
        matches!(self.kind, SiteKind::Directory)
    }

    /// Returns the content of a regular file.
    pub fn content(&self) -> Option<&Content> {
        match &self.kind {
            SiteKind::File(content) => Some(content),
            SiteKind::Directory | SiteKind::Symlink(_) => None,
        }
    }
}

/// Returns the entry at `path`; `entries` are in path order, as an intake returns them.
pub fn find<'a>(entries: &'a [SiteEntry], path: &str) -> Option<&'a SiteEntry> {
    let path: TreePath = path.parse().ok()?;
    let index = entries
        .binary_search_by(|entry| entry.path.cmp(&path))
        .ok()?;
    entries.get(index)
}
