//! What can go wrong between us and a Docker daemon.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};

use thiserror::Error;

use crate::{error_report::Hint, exit_status::ExitStatus};

/// Why an image could not be loaded.
#[derive(Debug, Error)]
pub(crate) enum DockerError {
    #[error("no Docker daemon answers on `{}`", path.display())]
    Socket {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("no Docker daemon answers at `{host}`")]
    Unreachable {
        host: String,
        #[source]
        source: bollard::errors::Error,
    },
    #[error("`DOCKER_HOST` is `{host}`, which is neither a socket nor a plain TCP address")]
    UnsupportedHost { host: String },
    #[error("the Docker daemon at `{host}` did not take the image")]
    Refused {
        host: String,
        #[source]
        source: bollard::errors::Error,
    },
    #[error("the Docker daemon at `{host}` did not name the image it loaded: `{messages}`")]
    NothingLoaded { host: String, messages: String },
    #[error("the loaded image could not be named `{tag}`")]
    Tag {
        tag: String,
        #[source]
        source: bollard::errors::Error,
    },
}

impl Hint for DockerError {
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Socket { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                "join the group that owns the socket (`usermod -aG docker USER`, then log in again)"
            }
            Self::Socket { .. } | Self::Unreachable { .. } => {
                "start Docker (`systemctl start docker`), set `DOCKER_HOST`, or build without \
                 `--load` and run `docker load` elsewhere"
            }
            Self::UnsupportedHost { .. } => {
                "set `DOCKER_HOST` to `unix:///path/to/docker.sock` or `tcp://host:port`; for ssh, \
                 forward the socket with `ssh -L`"
            }
            Self::Refused { .. } | Self::NothingLoaded { .. } => {
                "see the daemon's log (`journalctl -u docker`); its disk may be full"
            }
            Self::Tag { .. } => "give `--tag` a name such as `shop:6.8`",
        };
        Some(text.to_owned())
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::UnsupportedHost { .. } => ExitStatus::Usage,
            Self::Socket { .. }
            | Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::NothingLoaded { .. }
            | Self::Tag { .. } => ExitStatus::Failure,
        }
    }
}
