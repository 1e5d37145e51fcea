//! The file, and which of its entries is for a host.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use thiserror::Error;

use super::program::Program;
use crate::{
    credentials::{CredentialError, CredentialSource, Credentials},
    reference::DOCKER_HUB,
};

/// Docker writes Docker Hub's entry under this old address.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";
const LARGEST: u64 = 4 * 1024 * 1024;
/// A helper may ask a key ring, which may ask a person.
const PATIENCE: Duration = Duration::from_secs(30);
/// Docker pads, other tools do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Credentials from Docker's configuration file.
#[derive(Clone, Default)]
pub struct DockerConfig {
    path: PathBuf,
    wire: Wire,
    search_path: Option<OsString>,
    patience: Option<Duration>,
}

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("`{path}` could not be read")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is larger than {LARGEST} bytes")]
    TooLarge { path: PathBuf },
    /// Says where, and nothing of what stands there: the file has passwords in it.
    #[error("`{path}` is not the JSON that Docker writes: line {line}, column {column}")]
    Json {
        path: PathBuf,
        line: usize,
        column: usize,
    },
    #[error("the `auth` entry of `{path}` for `{host}` is not `user:password` in base64")]
    Entry { path: PathBuf, host: String },
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wire {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl DockerConfig {
    /// Reads the file; one that does not exist knows nobody.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::Read {
            path: path.to_owned(),
            source,
        };
        let mut bytes = Vec::new();
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => bytes.extend(b"{}"),
            Err(error) => return Err(failed(error)),
            Ok(file) => {
                let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
                read.map_err(failed)?;
            }
        }
        if bytes.len() as u64 > LARGEST {
            return Err(ConfigError::TooLarge {
                path: path.to_owned(),
            });
        }
        let wire = serde_json::from_slice(&bytes).map_err(|error| ConfigError::Json {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            wire,
            search_path: None,
            patience: None,
        })
    }

    /// Looks for helpers in these directories, separated as in `PATH`, and not in those of this
    /// process.
    #[must_use]
    pub fn with_search_path(mut self, path: impl Into<OsString>) -> Self {
        self.search_path = Some(path.into());
        self
    }

    /// Sets how long a helper may take.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    async fn find(&self, host: &str) -> Result<Option<Credentials>, CredentialError> {
        let own = named(&self.wire.cred_helpers, host);
        let helpers = own.into_iter().chain(&self.wire.creds_store);
        for name in helpers.filter(|name| !name.is_empty()) {
            let program = Program {
                name,
                search_path: self.search_path.as_deref(),
                patience: self.patience.unwrap_or(PATIENCE),
            };
            let server = if host == DOCKER_HUB {
                DOCKER_HUB_KEY
            } else {
                host
            };
            let found = program.get(server).await.map_err(|error| {
                let hint = error.hint();
                CredentialError::new(error, hint)
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
        self.entry(host).map_err(|error| {
            let hint = error.hint();
            CredentialError::new(error, hint)
        })
    }

    fn entry(&self, host: &str) -> Result<Option<Credentials>, ConfigError> {
        let Some(entry) = named(&self.wire.auths, host) else {
            return Ok(None);
        };
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&entry.identitytoken) {
            return Ok(Some(Credentials::identity_token(token)));
        }
        if let Some(token) = given(&entry.registrytoken) {
            return Ok(Some(Credentials::bearer_token(token)));
        }
        if let Some(auth) = given(&entry.auth) {
            let bad = || ConfigError::Entry {
                path: self.path.clone(),
                host: host.to_owned(),
            };
            let decoded = BASE64.decode(auth.trim()).map_err(|_| bad())?;
            let decoded = String::from_utf8(decoded).map_err(|_| bad())?;
            let (user, password) = decoded.split_once(':').ok_or_else(bad)?;
            // Docker for Windows padded with zero bytes once.
            let password = password.trim_end_matches('\0');
            return Ok(Some(Credentials::basic(user, password)));
        }
        let user = given(&entry.username);
        Ok(user.map(|user| Credentials::basic(user, entry.password.clone().unwrap_or_default())))
    }
}

impl CredentialSource for DockerConfig {
    fn credentials<'a>(
        &'a self,
        host: &'a str,
    ) -> BoxFuture<'a, Result<Option<Credentials>, CredentialError>> {
        Box::pin(self.find(host))
    }
}

impl ConfigError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { path, .. } => Some(format!("make `{}` readable", path.display())),
            Self::TooLarge { path } | Self::Json { path, .. } => Some(format!(
                "mend `{}`, or remove it and log in again",
                path.display()
            )),
            Self::Entry { host, .. } => Some(format!("log in again: `docker login {host}`")),
        }
    }
}

/// Entries have been written with a scheme and a path at times.
fn named<'a, T>(entries: &'a BTreeMap<String, T>, host: &str) -> Option<&'a T> {
    let hub = (host == DOCKER_HUB)
        .then(|| entries.get(DOCKER_HUB_KEY))
        .flatten();
    let bare = |key: &str| -> Option<String> {
        let key = key
            .strip_prefix("https://")
            .or_else(|| key.strip_prefix("http://"));
        Some(key?.split('/').next()?.to_owned())
    };
    hub.or_else(|| entries.get(host)).or_else(|| {
        let mut entries = entries.iter();
        entries
            .find(|(key, _)| bare(key).as_deref() == Some(host))
            .map(|(_, entry)| entry)
    })
}

impl fmt::Debug for DockerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DockerConfig")
            .field("path", &self.path)
            .field("hosts", &self.wire.auths.keys())
            .finish_non_exhaustive()
    }
}
