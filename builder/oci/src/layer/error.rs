//! Why a layer could not be written.

use std::io;

use thiserror::Error;

use crate::rootfs::TreePath;

/// Why a layer could not be written.
#[derive(Debug, Error)]
pub enum LayerError {
    #[error("`{path}` came after `{previous}`, but a layer is written in path order")]
    OutOfOrder { path: TreePath, previous: TreePath },
    #[error("the directory that holds `{path}` is not in the layer")]
    MissingParent { path: TreePath },
    #[error("hard link `{path}` names `{target}`, which is not a file written before it")]
    HardlinkTarget { path: TreePath, target: TreePath },
    #[error("symbolic link `{path}` has a target that no file system can hold")]
    SymlinkTarget { path: TreePath },
    #[error("content of `{path}` could not be read")]
    Content {
        path: TreePath,
        #[source]
        source: io::Error,
    },
    #[error("{format} has no level {level}; levels are 1 to {highest}")]
    Level {
        format: &'static str,
        level: i64,
        highest: u32,
    },
    #[error("zstd compressor could not be started")]
    Compressor {
        #[source]
        source: io::Error,
    },
    #[error("layer could not be written to its destination")]
    Sink {
        #[source]
        source: io::Error,
    },
}

impl LayerError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sink { source } | Self::Compressor { source } => match source.kind() {
                io::ErrorKind::StorageFull => Some("free space on the disk and build again".into()),
                io::ErrorKind::OutOfMemory => Some("build with fewer threads".into()),
                _ => None,
            },
            Self::Level {
                format, highest, ..
            } => Some(format!(
                "choose a {format} level from 1 to {highest} in the recipe"
            )),
            Self::OutOfOrder { .. }
            | Self::MissingParent { .. }
            | Self::HardlinkTarget { .. }
            | Self::SymlinkTarget { .. }
            | Self::Content { .. } => None,
        }
    }
}
