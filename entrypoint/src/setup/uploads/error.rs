//! What keeps the workers from writing uploads.

use std::io;
use std::path::PathBuf;

use nix::unistd::Uid;
use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum UploadsError {
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
    #[error("cannot give everything in `{path}` to the workers")]
    Walk {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is nested deeper than {limit} directories")]
    TooDeep { path: PathBuf, limit: usize },
}

impl UploadsError {
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
            Self::Walk { .. } => "run the container as root once, or chown by hand".to_owned(),
            Self::TooDeep { .. } => "chown it by hand once".to_owned(),
        }
    }
}
