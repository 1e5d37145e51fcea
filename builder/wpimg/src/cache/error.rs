//! What can go wrong with the cache: it is a directory, so always something about a path.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::{error_report::Hint, exit_status::ExitStatus, report::units::Bytes};

/// Why the cache cannot be used.
#[derive(Debug, Error)]
pub(crate) enum CacheError {
    #[error("the cache directory `{}` cannot be created", path.display())]
    Create {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the cache directory `{}` is not writable", path.display())]
    NotWritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is not a wpimg cache: it has no `CACHEDIR.TAG` of ours", path.display())]
    NotACache { path: PathBuf },
    #[error("`{}` holds other files and is not a wpimg cache", path.display())]
    Occupied { path: PathBuf },
    #[error("no space left for `{}`, {} written so far", path.display(), Bytes(*written))]
    DiskFull {
        path: PathBuf,
        written: u64,
        #[source]
        source: io::Error,
    },
    #[error("could not write `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not remove `{}`", path.display())]
    Remove {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl CacheError {
    pub(super) fn writing(path: &Path, written: u64, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull {
                path,
                written,
                source,
            },
            _ => Self::Write { path, source },
        }
    }
}

impl Hint for CacheError {
    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Occupied { .. } | Self::NotACache { .. } => ExitStatus::Usage,
            Self::Create { .. }
            | Self::NotWritable { .. }
            | Self::DiskFull { .. }
            | Self::Write { .. }
            | Self::Read { .. }
            | Self::Remove { .. } => ExitStatus::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Create { .. } | Self::NotWritable { .. } => Some(
                "name a directory you can write to with `--cache-dir PATH` or `WPIMG_CACHE_DIR`"
                    .to_owned(),
            ),
            Self::Occupied { .. } => {
                Some("name a new or empty directory with `--cache-dir PATH`".to_owned())
            }
            Self::NotACache { path } => Some(format!(
                "if everything in it may go, remove `{}` yourself",
                path.display()
            )),
            Self::DiskFull { .. } => Some(
                "free some space (a first build needs about 1 GiB), run `wpimg cache clean`, or \
                 name a larger disk with `--cache-dir PATH`"
                    .to_owned(),
            ),
            Self::Write { .. } | Self::Read { .. } | Self::Remove { .. } => {
                Some("check the disk and the owner of the cache directory".to_owned())
            }
        }
    }
}
