//! One entry of the tree: what it is, who owns it, when it last changed.
//!
//! Owners are numbers only; names belong to the image's own `/etc/passwd`. Devices, sockets and
//! pipes have no kind: no package ships one and a container engine makes its own.

use super::{Content, TreePath};

/// What lies at a path.
#[derive(Debug, Clone)]
pub struct Entry {
    pub kind: Kind,
    /// Permission bits with setuid, setgid and sticky; no file type bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Seconds after the epoch.
    pub mtime: i64,
}

/// The kinds of entry an image may hold.
#[derive(Debug, Clone)]
pub enum Kind {
    Directory,
    File(Content),
    /// The target as it is stored, which may dangle or be absolute inside the image.
    Symlink(String),
    /// Another name for the regular file at the path.
    Hardlink(TreePath),
}

impl Entry {
    /// A directory of root, 0755.
    pub fn directory(mtime: i64) -> Self {
        Self {
            kind: Kind::Directory,
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime,
        }
    }

    /// A file of root, 0644.
    pub fn file(content: impl Into<Content>, mtime: i64) -> Self {
        Self {
            kind: Kind::File(content.into()),
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime,
        }
    }

    /// A symbolic link of root; its mode is never looked at.
    pub fn symlink(target: impl Into<String>, mtime: i64) -> Self {
        Self {
            kind: Kind::Symlink(target.into()),
            mode: 0o777,
            uid: 0,
            gid: 0,
            mtime,
        }
    }

    #[must_use]
    pub fn with_mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    #[must_use]
    pub fn with_owner(mut self, uid: u32, gid: u32) -> Self {
        self.uid = uid;
        self.gid = gid;
        self
    }

    pub fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory)
    }

    /// Returns the content of a regular file.
    pub fn content(&self) -> Option<&Content> {
        match &self.kind {
            Kind::File(content) => Some(content),
            Kind::Directory | Kind::Symlink(_) | Kind::Hardlink(_) => None,
        }
    }
}
