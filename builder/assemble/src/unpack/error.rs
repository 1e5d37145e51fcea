//! Why a package could not be taken apart.

use std::path::PathBuf;

use thiserror::Error;
use wpimg_debian::deb::DebError;
use wpimg_oci::rootfs::{TreePath, TreePathError};

use crate::spool::SpoolError;

/// A package could not be taken apart.
#[derive(Debug, Error)]
pub enum UnpackError {
    #[error("package `{package}` (`{}`) is not a valid Debian package", file.display())]
    Package {
        package: String,
        file: PathBuf,
        #[source]
        source: DebError,
    },
    #[error("`{}` says it is package `{found}`, but the index says `{package}`", file.display())]
    WrongPackage {
        package: String,
        found: String,
        file: PathBuf,
    },
    #[error("package `{package}` ships a path that an image cannot have")]
    Path {
        package: String,
        #[source]
        source: TreePathError,
    },
    #[error("`/{path}` of package `{package}` has owner {id}, which Linux does not know")]
    Owner {
        package: String,
        path: TreePath,
        id: u64,
    },
    #[error("conffile `/{path}` of package `{package}` is larger than {limit} bytes")]
    LargeConffile {
        package: String,
        path: TreePath,
        limit: u64,
    },
    #[error("could not unpack `/{path}` of package `{package}`")]
    Contents {
        package: String,
        path: TreePath,
        #[source]
        source: SpoolError,
    },
}

impl UnpackError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Package { .. } | Self::WrongPackage { .. } => Some(
                "the file is the one the signed index names, so this is worth a report; \
                 `wpimg cache clean` fetches it again"
                    .to_owned(),
            ),
            Self::LargeConffile { path, .. } => {
                Some(format!("leave `/{path}` out with `drop` under `[image]`"))
            }
            Self::Path { .. } | Self::Owner { .. } => None,
            Self::Contents { source, .. } => match source {
                SpoolError::Write { .. } => {
                    Some("free some space below the cache directory".to_owned())
                }
                SpoolError::Read(_) => Some("run `wpimg cache clean` and build again".to_owned()),
            },
        }
    }
}
