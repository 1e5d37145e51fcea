//! Merged-/usr: `/bin`, `/lib*` and `/sbin` are links into `/usr` (Debian since 12).
//!
//! Packages may still ship their files in the old places, and recipes may name them.

use wpimg_oci::rootfs::{Entry, Kind, TreePath};

/// The directories that are links into `/usr` on every Debian system since 12; those of other word
/// sizes only where `/usr` has them.
pub const MERGED_DIRECTORIES: [&str; 7] =
    ["bin", "lib", "lib32", "lib64", "libo32", "libx32", "sbin"];

/// Whether the path is one of the links itself.
pub(super) fn is_merged_directory(path: &TreePath) -> bool {
    MERGED_DIRECTORIES.contains(&path.as_str())
}

/// Where an entry lies once `/usr` is merged: what is below one of the directories moves, and so
/// does the directory itself. A link there stays.
pub(super) fn placed(path: &TreePath, entry: &Entry) -> (TreePath, Entry) {
    let mut entry = entry.clone();
    if let Kind::Hardlink(target) = &mut entry.kind {
        *target = merged(target);
    }
    let path = if entry.is_directory() && is_merged_directory(path) {
        below_usr(path)
    } else {
        merged(path)
    };
    (path, entry)
}

/// Where a path below one of the directories lies.
pub(super) fn merged(path: &TreePath) -> TreePath {
    let text = path.as_str();
    let is_below = MERGED_DIRECTORIES.iter().any(|directory| {
        text.strip_prefix(directory)
            .is_some_and(|rest| rest.starts_with('/'))
    });
    if is_below {
        below_usr(path)
    } else {
        path.clone()
    }
}

fn below_usr(path: &TreePath) -> TreePath {
    format!("usr/{path}")
        .parse()
        .unwrap_or_else(|_| path.clone())
}
