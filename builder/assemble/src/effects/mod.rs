//! What the reviewed maintainer scripts would have done, done natively.
//!
//! Each module is one effect and runs when its package is in the image. All of them write to the
//! configuration layer, with the time of the newest package.

mod accounts;
mod alternatives;
mod base_files;
mod ca_certificates;
mod ghostscript;
mod netbase;
mod nginx;
mod php;
mod skeleton;
mod subject_hash;
#[cfg(test)]
mod tests;
mod tzdata;

use std::sync::Arc;

use thiserror::Error;
use wpimg_oci::rootfs::{Content, ContentError, Entry, Kind, TreePath};

use crate::layering::LayerGroup;
use crate::merge::Tree;

/// An effect met something that it does not understand.
#[derive(Debug, Error)]
pub enum EffectError {
    #[error("could not read `/{path}`, which package `{package}` ships")]
    Unreadable {
        path: TreePath,
        package: String,
        #[source]
        source: ContentError,
    },
    #[error("package `{package}` was expected to ship `/{path}`")]
    Missing {
        path: TreePath,
        package: &'static str,
    },
    #[error("`/{path}` is not a PEM certificate: {reason}")]
    Certificate { path: TreePath, reason: String },
    #[error("`/{path}` is not text")]
    NotText { path: TreePath },
    #[error("`/{path}` is not a path in an image")]
    Path { path: String },
}

/// Reproduces the effects of every package in the tree.
pub fn apply(tree: &mut Tree) -> Result<(), EffectError> {
    let mut context = Context {
        mtime: tree.newest(),
        tree,
    };
    skeleton::apply(&mut context)?;
    base_files::apply(&mut context)?;
    netbase::apply(&mut context)?;
    tzdata::apply(&mut context)?;
    accounts::apply(&mut context)?;
    ca_certificates::apply(&mut context)?;
    ghostscript::apply(&mut context)?;
    nginx::apply(&mut context)?;
    php::apply(&mut context)?;
    alternatives::apply(&mut context)
}

/// Files an effect reads are configuration: anything larger is not what we think it is.
const READ_LIMIT: u64 = 4 << 20;

/// The tree as effects see and change it.
struct Context<'a> {
    tree: &'a mut Tree,
    mtime: i64,
}

impl Context<'_> {
    /// Whether anything lies at the path.
    fn exists(&self, path: &str) -> bool {
        path.parse()
            .is_ok_and(|path: TreePath| self.tree.merged().get(&path).is_some())
    }

    /// Whether the package is in the image.
    fn has_package(&self, name: &str) -> bool {
        self.tree.has_package(name)
    }

    /// Whether a directory with nothing in it lies at the path.
    fn is_empty_directory(&self, path: &str) -> Result<bool, EffectError> {
        let path = tree_path(path)?;
        let mut tree = self.tree.merged().range(&path);
        let is_directory = tree.next().is_some_and(|(_, entry)| entry.is_directory());
        Ok(is_directory && tree.next().is_none())
    }

    /// Copies a packaged file to where nothing lies yet; a file left out of the image is no error.
    fn copy(&mut self, from: &str, to: &str) -> Result<(), EffectError> {
        match self.read(&tree_path(from)?)? {
            Some(bytes) if !self.exists(to) => self.file(to, bytes),
            Some(_) | None => Ok(()),
        }
    }

    /// The contents of a packaged file; `None` if it is not there.
    fn read(&self, path: &TreePath) -> Result<Option<Vec<u8>>, EffectError> {
        let Some(Entry {
            kind: Kind::File(content),
            ..
        }) = self.tree.merged().get(path)
        else {
            return Ok(None);
        };
        content
            .read_all(READ_LIMIT)
            .map(Some)
            .map_err(|source| EffectError::Unreadable {
                path: path.clone(),
                package: self.tree.owner(path).unwrap_or_default().to_owned(),
                source,
            })
    }

    /// The contents of a packaged text file; `None` if it is not there.
    fn read_text(&self, path: &str) -> Result<Option<String>, EffectError> {
        let path = tree_path(path)?;
        match self.read(&path)? {
            None => Ok(None),
            Some(bytes) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| EffectError::NotText { path }),
        }
    }

    /// The regular files directly or deeper below a directory, sorted.
    fn files_below(&self, directory: &str) -> Result<Vec<TreePath>, EffectError> {
        let directory = tree_path(directory)?;
        Ok(self
            .tree
            .merged()
            .range(&directory)
            .filter(|(_, entry)| matches!(entry.kind, Kind::File(_)))
            .map(|(path, _)| path.clone())
            .collect())
    }

    fn file(&mut self, path: &str, bytes: impl Into<Arc<[u8]>>) -> Result<(), EffectError> {
        self.file_with(path, 0o644, (0, 0), bytes)
    }

    fn file_with(
        &mut self,
        path: &str,
        mode: u32,
        owner: (u32, u32),
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<(), EffectError> {
        self.generate(path, Kind::File(Content::Inline(bytes.into())), mode, owner)
    }

    fn symlink(&mut self, path: &str, target: &str) -> Result<(), EffectError> {
        self.generate(path, Kind::Symlink(target.to_owned()), 0o777, (0, 0))
    }

    fn directory(&mut self, path: &str, mode: u32, owner: (u32, u32)) -> Result<(), EffectError> {
        self.generate(path, Kind::Directory, mode, owner)
    }

    fn generate(
        &mut self,
        path: &str,
        kind: Kind,
        mode: u32,
        (uid, gid): (u32, u32),
    ) -> Result<(), EffectError> {
        let entry = Entry {
            kind,
            mode,
            uid,
            gid,
            mtime: self.mtime,
        };
        self.tree
            .generate(LayerGroup::Configuration, &tree_path(path)?, &entry);
        Ok(())
    }
}

fn tree_path(path: &str) -> Result<TreePath, EffectError> {
    path.parse().map_err(|_| EffectError::Path {
        path: path.to_owned(),
    })
}
