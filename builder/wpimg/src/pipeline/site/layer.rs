//! One layer of the site before it meets a base: what lies at which path.

use std::collections::BTreeMap;

use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::rootfs::{Entry, Kind, TreePath};
use wpimg_site::SiteKind;

use super::time;

/// The content of one layer.
#[derive(Debug, Default)]
pub(super) struct SiteLayer {
    pub(super) items: BTreeMap<TreePath, Item>,
    /// Which thing lies in which directory.
    pub(super) claimed: BTreeMap<String, String>,
}

/// What lies at a path.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) entry: Entry,
    /// Of a file's contents.
    pub(super) digest: Option<Digest>,
}

impl SiteLayer {
    /// Puts something at a path; what was there gives way.
    pub(super) fn add(
        &mut self,
        path: TreePath,
        kind: SiteKind,
        mode: u32,
        (uid, gid): (u32, u32),
        digest: Option<Digest>,
    ) {
        let (kind, mtime) = match kind {
            SiteKind::Directory => (Kind::Directory, time::DIRECTORY),
            SiteKind::Symlink(target) => {
                let mtime = time::of_contents(&Digest::of(target.as_bytes()));
                (Kind::Symlink(target), mtime)
            }
            SiteKind::File(content) => {
                let mtime = digest.as_ref().map_or(time::DIRECTORY, time::of_contents);
                (Kind::File(content), mtime)
            }
        };
        let entry = Entry {
            kind,
            mode,
            uid,
            gid,
            mtime,
        };
        self.items.insert(path, Item { entry, digest });
    }

    /// One digest over the contents of all files; the shape of the tree says the rest.
    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new();
        for (path, item) in &self.items {
            if let Some(digest) = item.digest {
                hasher.update(format!("{path}\0{digest}\n").as_bytes());
            }
        }
        hasher.finish()
    }
}
