//! Files that come from outside the packages: the image's own configuration, `wpimg-init`, and the
//! files a recipe adds.

use std::sync::Arc;

use wpimg_oci::rootfs::{Content, Entry, Kind, TreePath};

use crate::layering::LayerGroup;
use crate::merge::Tree;

/// A file to lay into the image.
#[derive(Debug, Clone)]
pub struct OverlayFile {
    pub path: TreePath,
    pub bytes: Arc<[u8]>,
    /// Permission bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

/// Lays the files over the tree; a packaged file at the same path is replaced.
pub fn add(tree: &mut Tree, files: &[OverlayFile]) {
    let mtime = tree.newest();
    for file in files {
        tree.generate(
            LayerGroup::Configuration,
            file.path.clone(),
            Entry {
                kind: Kind::File(Content::Inline(Arc::clone(&file.bytes))),
                mode: file.mode,
                uid: file.uid,
                gid: file.gid,
                mtime,
            },
        );
    }
}
