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
            &file.path,
            &Entry {
                kind: Kind::File(Content::Inline(Arc::clone(&file.bytes))),
                mode: file.mode,
                uid: file.uid,
                gid: file.gid,
                mtime,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{OverlayFile, add};
    use crate::testing::{listing, package, path, text, tree};

    #[test]
    fn a_file_laid_over_a_packaged_one_takes_its_place() {
        let nginx = package("nginx").file("etc/nginx/nginx.conf", 0o644, "packaged");
        let mut tree = tree(&[nginx]);
        let file = OverlayFile {
            path: path("etc/nginx/nginx.conf"),
            bytes: b"ours"[..].into(),
            mode: 0o640,
            uid: 0,
            gid: 33,
        };
        add(&mut tree, &[file]);
        assert_eq!(text(&tree, "etc/nginx/nginx.conf"), "ours");
        assert_eq!(
            listing(&tree, "etc/nginx"),
            ["640 0:33 etc/nginx/nginx.conf"]
        );
        assert_eq!(tree.owner(&path("etc/nginx/nginx.conf")), None);
    }
}
