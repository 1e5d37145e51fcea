//! What several fuzz targets need: archives with right checksums, packages around a tree, images in
//! memory, and a second opinion on versions.
//!
//! Targets let the code under test refuse whatever it likes; they panic only where it accepts
//! something and then breaks a promise.

pub mod image;
pub mod package;
pub mod tar_blocks;
pub mod version_model;

/// Says whether a relative path has nothing in it that leaves its root or hides a component.
pub fn is_plain_path(path: &str) -> bool {
    path.split('/')
        .all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'))
}

/// Says whether a text can be shown: no control character but the ends of its lines.
pub fn is_showable(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !c.is_control())
}
