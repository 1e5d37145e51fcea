//! The directories and links of a base image: what a site layer has to fit into.
//!
//! Some engines unpack a layer on its own, and make directories that it does not mention with
//! owner and mode of their choice. So a site layer repeats every directory above its files as the
//! base has it, and a path that leads through a link of the base (`/lib`, `/bin`) is laid where
//! the link leads. Files are not needed for either.

use serde::{Deserialize, Serialize};
use wpimg_oci::rootfs::{Entry, Kind, Rootfs, TreePath};

/// A directory or link, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Bone {
    Directory {
        path: String,
        mode: u32,
        uid: u32,
        gid: u32,
    },
    Link {
        path: String,
        target: String,
    },
}

/// Directories and links of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Skeleton {
    bones: Vec<Bone>,
}

impl Skeleton {
    pub(crate) fn of(tree: &Rootfs) -> Self {
        let bone = |(path, entry): (&TreePath, &Entry)| match &entry.kind {
            Kind::Directory => Some(Bone::Directory {
                path: path.to_string(),
                mode: entry.mode,
                uid: entry.uid,
                gid: entry.gid,
            }),
            Kind::Symlink(target) => Some(Bone::Link {
                path: path.to_string(),
                target: target.clone(),
            }),
            Kind::File(_) | Kind::Hardlink(_) => None,
        };
        Self {
            bones: tree.iter().filter_map(bone).collect(),
        }
    }

    /// The skeleton as a tree; every directory gets the time `mtime`.
    pub(crate) fn to_tree(&self, mtime: i64) -> Rootfs {
        let mut tree = Rootfs::new();
        for bone in &self.bones {
            let (path, entry) = match bone {
                Bone::Directory {
                    path,
                    mode,
                    uid,
                    gid,
                } => {
                    let entry = Entry::directory(mtime).with_mode(*mode);
                    (path, entry.with_owner(*uid, *gid))
                }
                Bone::Link { path, target } => (path, Entry::symlink(target, mtime)),
            };
            // A record that another hand wrote: what is not a path is not there.
            if let Ok(path) = path.parse() {
                tree.insert(path, entry);
            }
        }
        tree
    }
}
