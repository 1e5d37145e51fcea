//! Loading a finished image into a Docker daemon.
//!
//! The daemon is `DOCKER_HOST`, or the socket where Docker usually listens. The image is streamed, so
//! it is never held in memory or written to the disk a second time. API: Docker Engine, `POST
//! /images/load` and `POST /images/{name}/tag`.

mod error;
mod pipe;

pub(crate) use error::DockerError;
pub(crate) use pipe::pipe;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bollard::{
    Docker, body_try_stream,
    query_parameters::{ImportImageOptions, TagImageOptionsBuilder},
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use tokio::net::UnixStream;

use crate::settings::DockerHost;

const DEFAULT_HOST: &str = "unix:///var/run/docker.sock";
/// The daemon answers when it has unpacked everything, which takes a while on a slow disk.
const LOAD_TIMEOUT: Duration = Duration::from_mins(30);

/// A daemon that has answered.
#[derive(Debug)]
pub(crate) struct Daemon {
    client: Docker,
    host: String,
}

impl Daemon {
    /// Connects and agrees on a version of the API.
    pub(crate) async fn connect(host: &DockerHost) -> Result<Self, DockerError> {
        let host = host.0.as_deref().unwrap_or(DEFAULT_HOST).to_owned();
        if let Some(socket) = host.strip_prefix("unix://") {
            try_socket(Path::new(socket)).await?;
        }
        let unreachable = |source| DockerError::Unreachable {
            host: host.clone(),
            source,
        };
        let client = Docker::connect_with_host(&host).map_err(|source| match source {
            bollard::errors::Error::UnsupportedURISchemeError { .. } => {
                DockerError::UnsupportedHost { host: host.clone() }
            }
            other => unreachable(other),
        })?;
        let client = client.with_timeout(LOAD_TIMEOUT);
        let client = client.negotiate_version().await.map_err(unreachable)?;
        Ok(Self { client, host })
    }

    /// The architecture of the daemon's machine, as image platforms call it.
    pub(crate) async fn architecture(&self) -> Result<String, DockerError> {
        let refused = |source| DockerError::Refused {
            host: self.host.clone(),
            source,
        };
        let version = self.client.version().await.map_err(refused)?;
        Ok(version.arch.unwrap_or_default())
    }

    /// Loads a `docker save` archive and gives the image these names; returns what was loaded.
    ///
    /// What the daemon calls the image is its own matter (a name from the archive, or its id), so
    /// that is what gets tagged.
    pub(crate) async fn load(
        &self,
        archive: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        tags: &[String],
    ) -> Result<String, DockerError> {
        let refused = |source| DockerError::Refused {
            host: self.host.clone(),
            source,
        };
        let options = ImportImageOptions {
            quiet: true,
            platform: None,
        };
        let body = body_try_stream(archive);
        let answers = self
            .client
            .import_image(options, body, None)
            .map_err(refused);
        let messages: Vec<_> = answers.try_collect().await?;
        let messages: String = messages
            .into_iter()
            .filter_map(|message| message.stream)
            .collect();
        let loaded = loaded_image(&messages).ok_or_else(|| DockerError::NothingLoaded {
            host: self.host.clone(),
            messages,
        })?;
        for tag in tags {
            self.tag(&loaded, tag).await?;
        }
        Ok(loaded)
    }

    async fn tag(&self, image: &str, tag: &str) -> Result<(), DockerError> {
        let (repository, version) = split_tag(tag);
        let options = TagImageOptionsBuilder::new()
            .repo(repository)
            .tag(version)
            .build();
        let failed = |source| DockerError::Tag {
            tag: tag.to_owned(),
            source,
        };
        self.client
            .tag_image(image, Some(options))
            .await
            .map_err(failed)
    }
}

/// Opens the socket once: the client's own error would hide the reason.
async fn try_socket(path: &Path) -> Result<(), DockerError> {
    let failed = |source| DockerError::Socket {
        path: PathBuf::from(path),
        source,
    };
    UnixStream::connect(path).await.map(drop).map_err(failed)
}

/// Reads `Loaded image: shop:6.8` or `Loaded image ID: sha256:9f2c…`.
fn loaded_image(messages: &str) -> Option<String> {
    messages.lines().find_map(|line| {
        let image = line
            .strip_prefix("Loaded image ID: ")
            .or_else(|| line.strip_prefix("Loaded image: "))?;
        Some(image.trim().to_owned())
    })
}

/// Splits `host:5000/shop:6.8` at the last colon that does not belong to the host.
pub(crate) fn split_tag(tag: &str) -> (&str, &str) {
    match tag.rsplit_once(':') {
        Some((repository, version)) if !version.contains('/') => (repository, version),
        Some(_) | None => (tag, "latest"),
    }
}

#[cfg(test)]
mod tests;
