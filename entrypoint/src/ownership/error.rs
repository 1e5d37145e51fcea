//! What keeps the workers from writing where they have to.

use std::io;
use std::path::PathBuf;

use nix::unistd::Uid;
use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum OwnershipError {
    #[error("`{path}` belongs to {owner}:{group} and the workers cannot write to it")]
    NotWritable {
        path: PathBuf,
        owner: u32,
        group: u32,
        /// Who the workers are.
        worker: Uid,
        #[source]
        source: io::Error,
    },
    #[error("cannot make or read `{path}`")]
    Unreachable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is not a directory")]
    NotADirectory { path: PathBuf },
    #[error("`{path}` leads through a link in a directory that others than root can write to")]
    ForeignLink { path: PathBuf },
    #[error("cannot give `{path}` to the workers")]
    Chown {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is nested deeper than {limit} directories")]
    TooDeep { path: PathBuf, limit: usize },
    #[error("cannot start the walk through `{path}`")]
    Walk {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl OwnershipError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::NotWritable { worker, .. } => format!(
                "give the volume to user {worker}, or let the EFS access point map everybody to \
                 {worker}:{worker}"
            ),
            Self::Unreachable { .. } => {
                "mount a volume there, or make the directory in the image".to_owned()
            }
            Self::NotADirectory { .. } => "mount a directory there".to_owned(),
            Self::ForeignLink { .. } => {
                "name the directory itself in `WPIMG_UPLOADS` or `WPIMG_WRITABLE`".to_owned()
            }
            Self::Chown { .. } | Self::Walk { .. } => {
                "the next start tries again; else chown it by hand once".to_owned()
            }
            Self::TooDeep { .. } => "chown it by hand once".to_owned(),
        }
    }
}
