//! Merges packages into one tree and remembers which package and which layer each path came from.
//!
//! Every layer group has a tree of its own, so that a layer is a function of its own packages; the
//! merged tree is what effects and checks look at.

#[cfg(test)]
mod tests;
mod usr;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use wpimg_oci::rootfs::{Entry, Kind, Rootfs, RootfsError, TreePath};

pub use self::usr::MERGED_DIRECTORIES;
use crate::layering::LayerGroup;
use crate::unpack::Unpacked;

/// Two inputs do not fit into one tree.
#[derive(Debug, Error)]
pub enum MergeError {
    /// Two packages ship different things at one path, and neither replaces the other.
    #[error("`/{path}` is in package `{first}` and in package `{second}`")]
    FileConflict {
        path: TreePath,
        first: String,
        second: String,
    },
    /// A path lies below something that is not a directory.
    #[error("`/{path}` of `{owner}` lies below `/{parent}`, which is not a directory")]
    ParentNotDirectory {
        path: TreePath,
        parent: TreePath,
        owner: String,
    },
    /// A hard link names something that is not a file of its layer.
    #[error(transparent)]
    HardLink(#[from] RootfsError),
}

impl MergeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::FileConflict { second, .. } => Some(format!(
                "leave the path out with `drop` under `[image]`, or do without package `{second}`"
            )),
            Self::ParentNotDirectory { parent, .. } => Some(format!(
                "leave `/{parent}` out with `drop` under `[image]`, or change the path"
            )),
            Self::HardLink(
                RootfsError::DanglingHardlink { path, .. }
                | RootfsError::NotADirectory { path, .. },
            ) => Some(format!("leave `/{path}` out with `drop` under `[image]`")),
        }
    }
}

/// The tree of the image, split by layer.
#[derive(Debug, Default)]
pub struct Tree {
    merged: Rootfs,
    groups: BTreeMap<LayerGroup, Rootfs>,
    owners: BTreeMap<TreePath, String>,
    packages: BTreeSet<String>,
    /// Which package says of which others that it replaces their files.
    replaces: BTreeSet<(String, String)>,
    newest: i64,
}

/// Whose file stays: of the package that was there, or of the one that is added.
enum Winner {
    First,
    Second,
}

impl Tree {
    /// Adds the files of a package to a layer.
    pub fn add_package(
        &mut self,
        group: LayerGroup,
        unpacked: &Unpacked,
    ) -> Result<(), MergeError> {
        let replaced = unpacked.replaced().iter();
        self.replaces
            .extend(replaced.map(|other| (unpacked.name.clone(), other.clone())));
        self.packages.insert(unpacked.name.clone());
        for (path, entry) in &unpacked.entries {
            let (path, entry) = usr::placed(path, entry);
            if let Some(existing) = self.merged.get(&path) {
                let both_directories = matches!(
                    (&existing.kind, &entry.kind),
                    (Kind::Directory, Kind::Directory)
                );
                // dpkg lets a directory lie where a link to a directory is: /lib below merged-/usr.
                let through_link = matches!(existing.kind, Kind::Symlink(_))
                    && matches!(entry.kind, Kind::Directory);
                if through_link {
                    continue;
                }
                if !both_directories {
                    match self.winner(group, &path, unpacked)? {
                        Winner::First => {
                            // Hidden by the layer above, which holds the winner.
                            if self.top_group(&path) > Some(group) {
                                let layer = self.groups.entry(group).or_default();
                                insert_newest_directory(layer, &path, &entry);
                            }
                            continue;
                        }
                        Winner::Second => self.forget(group, &path),
                    }
                }
            }
            self.newest = self.newest.max(entry.mtime);
            self.owners
                .entry(path.clone())
                .or_insert_with(|| unpacked.name.clone());
            self.insert(group, &path, &entry);
        }
        Ok(())
    }

    /// Decides which package's file stays at a path that is taken already.
    ///
    /// Packages come in no order that means anything, so either may replace the other. As a layer is
    /// a function of its own packages, a file gives way only within its layer or to one above.
    fn winner(
        &self,
        group: LayerGroup,
        path: &TreePath,
        unpacked: &Unpacked,
    ) -> Result<Winner, MergeError> {
        let first = self.owners.get(path).cloned().unwrap_or_default();
        let second = unpacked.name.clone();
        let replaces = |one: &String, other: &String| {
            let pair = (one.clone(), other.clone());
            self.replaces.contains(&pair)
        };
        let first_group = self.top_group(path);
        if replaces(&first, &second) && first_group >= Some(group) {
            Ok(Winner::First)
        } else if replaces(&second, &first) && first_group <= Some(group) {
            Ok(Winner::Second)
        } else {
            let path = path.clone();
            Err(MergeError::FileConflict {
                path,
                first,
                second,
            })
        }
    }

    /// The highest layer that has the path: the one whose entry is seen.
    fn top_group(&self, path: &TreePath) -> Option<LayerGroup> {
        let mut groups = self.groups.iter().rev();
        groups
            .find(|(_, layer)| layer.contains(path))
            .map(|(group, _)| *group)
    }

    /// Adds an entry that no package ships; a path in `/bin` or its like goes to `/usr`.
    pub fn generate(&mut self, group: LayerGroup, path: &TreePath, entry: &Entry) {
        let (path, entry) = usr::placed(path, entry);
        self.forget(group, &path);
        self.insert(group, &path, &entry);
    }

    /// Whether the package is in the image.
    pub fn has_package(&self, name: &str) -> bool {
        self.packages.contains(name)
    }

    /// The merged tree.
    pub fn merged(&self) -> &Rootfs {
        &self.merged
    }

    /// Whether the file that the package has at the path gave way to another package's.
    pub fn is_replaced(&self, path: &TreePath, package: &str) -> bool {
        if usr::is_merged_directory(path) {
            return false;
        }
        let path = usr::merged(path);
        let is_directory = self.merged.get(&path).is_some_and(Entry::is_directory);
        !is_directory && self.owner(&path).is_some_and(|owner| owner != package)
    }

    /// The package that ships the path.
    pub fn owner(&self, path: &TreePath) -> Option<&str> {
        self.owners.get(path).map(String::as_str)
    }

    /// The newest modification time of any packaged file, in seconds since the epoch.
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// Checks the whole tree and hands out the layers, lowest first.
    pub fn into_layers(mut self) -> Result<Vec<(LayerGroup, Rootfs)>, MergeError> {
        for (path, _) in &self.merged {
            let mut ancestor = path.parent();
            while let Some(parent) = ancestor {
                if let Some(entry) = self.merged.get(&parent)
                    && !matches!(entry.kind, Kind::Directory)
                {
                    let owner = self.owners.get(path).cloned().unwrap_or_default();
                    return Err(MergeError::ParentNotDirectory {
                        path: path.clone(),
                        parent,
                        owner,
                    });
                }
                ancestor = parent.parent();
            }
        }
        for (group, layer) in &mut self.groups {
            // Generated files may lie below a directory with a mode of its own, such as /root.
            let template = (*group == LayerGroup::Configuration).then_some(&self.merged);
            complete_directories(layer, template);
            layer.normalise_hardlinks()?;
        }
        Ok(self
            .groups
            .into_iter()
            .filter(|(_, layer)| layer.iter().next().is_some())
            .collect())
    }

    fn insert(&mut self, group: LayerGroup, path: &TreePath, entry: &Entry) {
        let layer = self.groups.entry(group).or_default();
        insert_newest_directory(layer, path, entry);
        insert_newest_directory(&mut self.merged, path, entry);
    }

    /// Forgets a path in the merged view and in one layer. A lower layer keeps its file, hidden by the
    /// upper one: otherwise its bytes would depend on what lies above it.
    fn forget(&mut self, group: LayerGroup, path: &TreePath) {
        self.merged.remove(path);
        self.owners.remove(path);
        if let Some(layer) = self.groups.get_mut(&group) {
            layer.remove(path);
        }
    }
}

/// Inserts an entry; a directory that several packages ship keeps the newest time, so that the
/// order of packages does not matter.
fn insert_newest_directory(tree: &mut Rootfs, path: &TreePath, entry: &Entry) {
    let mut entry = entry.clone();
    if let (Kind::Directory, Some(existing)) = (&entry.kind, tree.get(path)) {
        entry.mtime = entry.mtime.max(existing.mtime);
    }
    tree.insert(path.clone(), entry);
}

/// Gives a layer every parent directory of its files, with the newest time within this layer and the
/// owner and mode that the directory has in `template`, or 0755 of root.
fn complete_directories(layer: &mut Rootfs, template: Option<&Rootfs>) {
    let mut missing: BTreeMap<TreePath, i64> = BTreeMap::new();
    for (path, entry) in layer.iter() {
        let mut ancestor = path.parent();
        while let Some(parent) = ancestor {
            if layer.get(&parent).is_none() {
                let newest = missing.entry(parent.clone()).or_insert(entry.mtime);
                *newest = (*newest).max(entry.mtime);
            }
            ancestor = parent.parent();
        }
    }
    for (path, mtime) in missing {
        let template = template.and_then(|tree| tree.get(&path));
        layer.insert(
            path,
            Entry {
                kind: Kind::Directory,
                mode: template.map_or(0o755, |entry| entry.mode),
                uid: template.map_or(0, |entry| entry.uid),
                gid: template.map_or(0, |entry| entry.gid),
                mtime,
            },
        );
    }
}
