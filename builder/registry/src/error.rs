//! What can go wrong with a registry. Tokens and passwords never get in here.

use std::{fmt, io, time::Duration};

use reqwest::StatusCode;
use thiserror::Error;
use wpimg_oci::{canonical::CanonicalError, digest::Digest, manifest::DocumentError};

use crate::{
    client::Diagnostic,
    credentials::CredentialError,
    reference::{ReferenceError, Repository},
};

/// Why an operation on a registry failed.
#[derive(Debug, Error)]
pub enum RegistryError {
    #[error("the HTTP client cannot be set up")]
    Client {
        #[source]
        source: reqwest::Error,
    },
    #[error("`{endpoint}` is not the address of a registry")]
    Endpoint { endpoint: String },
    #[error("the credentials for registry `{host}` cannot be had")]
    Credentials {
        host: String,
        #[source]
        source: CredentialError,
    },
    #[error("registry `{host}` wants credentials for {target}{reason}")]
    CredentialsMissing {
        host: String,
        target: Target,
        reason: Diagnostic,
    },
    #[error("registry `{host}` refused the credentials for {target}{reason}")]
    Unauthorized {
        host: String,
        target: Target,
        reason: Diagnostic,
    },
    #[error(
        "registry `{host}` asks for authentication in a way that is not supported: `{challenge}`"
    )]
    Challenge { host: String, challenge: String },
    #[error("the token service `{realm}` of registry `{host}` gave no usable token")]
    Token { host: String, realm: String },
    #[error("access to {target} is denied{reason}")]
    Denied { target: Target, reason: Diagnostic },
    #[error("repository `{repository}` does not exist")]
    RepositoryUnknown { repository: Repository },
    #[error("{target} does not exist")]
    NotFound { target: Target },
    #[error("the registry lacks a part of {target}{reason}")]
    Incomplete { target: Target, reason: Diagnostic },
    #[error("tag `{tag}` of `{repository}` is immutable and names another image{}", Existing(*existing))]
    TagImmutable {
        repository: Repository,
        tag: String,
        existing: Option<Digest>,
    },
    #[error("the registry answered {status} to {target}{reason}")]
    Refused {
        target: Target,
        status: StatusCode,
        reason: Diagnostic,
    },
    #[error("{target} cannot be requested")]
    Request {
        target: Target,
        #[source]
        source: reqwest::Error,
    },
    #[error("{target} failed in {attempts} attempts")]
    GaveUp {
        target: Target,
        attempts: u32,
        #[source]
        source: Attempt,
    },
    #[error("{target} has the digest `{actual}`")]
    WrongDigest { target: Target, actual: Digest },
    #[error("{target} has {actual} bytes, not {expected}")]
    WrongSize {
        target: Target,
        expected: u64,
        actual: u64,
    },
    #[error("{target} is larger than {limit} bytes")]
    TooLarge { target: Target, limit: u64 },
    #[error("{target} cannot be used")]
    Document {
        target: Target,
        #[source]
        source: DocumentError,
    },
    #[error("{target} is not valid JSON of its kind: {reason}")]
    Json { target: Target, reason: String },
    #[error("{target} has the media type `{media_type}`, which cannot be used here")]
    MediaType { target: Target, media_type: String },
    #[error("{target} has more than {limit} entries")]
    TooMany { target: Target, limit: usize },
    #[error("image indexes in {target} are nested too deep")]
    Nesting { target: Target },
    #[error("the registry sent {target} to an address that cannot be used: `{location}`")]
    Location { target: Target, location: String },
    #[error("blob `{digest}` could not be read from {origin}")]
    Source {
        digest: Digest,
        origin: String,
        #[source]
        source: io::Error,
    },
    #[error("blob `{digest}` in {origin} has {actual} bytes, not {expected}")]
    SourceSize {
        digest: Digest,
        origin: String,
        expected: u64,
        actual: u64,
    },
    #[error("blob `{digest}` could not be written where it should go")]
    Sink {
        digest: Digest,
        #[source]
        source: io::Error,
    },
    #[error("no temporary file can be made in `{directory}`")]
    Spool {
        directory: String,
        #[source]
        source: io::Error,
    },
    #[error("`{referrer}` names `{digest}`, which is not part of the image to push")]
    Dangling { digest: Digest, referrer: Digest },
    #[error("the layout cannot be pushed")]
    Layout {
        #[source]
        source: wpimg_oci::layout::LayoutError,
    },
    #[error("document has no canonical form")]
    Canonical {
        #[from]
        source: CanonicalError,
    },
    #[error(transparent)]
    Reference {
        #[from]
        source: ReferenceError,
    },
    #[error(
        "the list of artifacts attached to `{subject}` keeps being overwritten by somebody else"
    )]
    Contended { subject: Digest },
}

/// Why the last of several attempts failed.
#[derive(Debug, Error)]
pub enum Attempt {
    #[error("the registry answered {status}{reason}")]
    Status {
        status: StatusCode,
        reason: Diagnostic,
    },
    #[error("the connection was silent for {} s", silence.as_secs_f32())]
    Stalled { silence: Duration },
    #[error("the connection ended after {received} of {expected} bytes")]
    Truncated { received: u64, expected: u64 },
    #[error("the registry says that it has `{actual}`, not `{expected}`")]
    WrongDigest { expected: Digest, actual: String },
    #[error("the registry accepted the bytes but does not have them")]
    Vanished,
    #[error("the registry wanted to know again who we are")]
    Reauthenticated,
    #[error(transparent)]
    Transport(reqwest::Error),
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub repository: Repository,
    pub object: Object,
}

/// What in a repository a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Looking for, mounting or reading a blob.
    Blob(Digest),
    Upload(Digest),
    /// By tag or digest.
    Manifest(String),
    Referrers(Digest),
    Token,
}

impl Target {
    pub(crate) fn blob(repository: &Repository, digest: Digest) -> Self {
        Self::new(repository, Object::Blob(digest))
    }

    pub(crate) fn manifest(
        repository: &Repository,
        identifier: &(impl fmt::Display + ?Sized),
    ) -> Self {
        Self::new(repository, Object::Manifest(identifier.to_string()))
    }

    pub(crate) fn new(repository: &Repository, object: Object) -> Self {
        Self {
            repository: repository.clone(),
            object,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repository = &self.repository;
        match &self.object {
            Object::Blob(digest) => write!(formatter, "blob `{digest}` in `{repository}`"),
            Object::Upload(digest) => write!(formatter, "upload of `{digest}` to `{repository}`"),
            Object::Manifest(name) => write!(formatter, "manifest `{name}` in `{repository}`"),
            Object::Referrers(digest) => {
                write!(
                    formatter,
                    "list of artifacts attached to `{digest}` in `{repository}`"
                )
            }
            Object::Token => write!(formatter, "token for `{repository}`"),
        }
    }
}

struct Existing(Option<Digest>);

impl fmt::Display for Existing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(digest) => write!(formatter, ", `{digest}`"),
            None => Ok(()),
        }
    }
}

impl RegistryError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Client { .. } => {
                Some("install the system's certificates: package `ca-certificates`".to_owned())
            }
            Self::Credentials { source, .. } => source.hint(),
            Self::CredentialsMissing { host, .. } => Some(log_in(host)),
            Self::Unauthorized { host, .. } if is_ecr(host) => Some(
                "the ECR token lasts 12 hours and belongs to one account and region: run \
                 `aws sts get-caller-identity` to see who you are, then push again"
                    .to_owned(),
            ),
            Self::Unauthorized { host, .. } => Some(format!("{} again", log_in(host))),
            Self::Denied { target, .. } if is_ecr(target.repository.host()) => Some(format!(
                "grant this identity the ECR actions for repository `{}`: \
                 `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`, \
                 `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`, \
                 `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`",
                target.repository.name()
            )),
            Self::Denied { target, .. } => Some(format!(
                "{} as somebody who may use `{}`",
                log_in(target.repository.host()),
                target.repository.name()
            )),
            Self::RepositoryUnknown { repository } if is_ecr(repository.host()) => Some(format!(
                "run the same command with `--create-repository`, or create `{}` in ECR",
                repository.name()
            )),
            Self::RepositoryUnknown { .. } => {
                Some("create it in the registry, or check its name".to_owned())
            }
            Self::NotFound { .. } => Some("check the name, the tag and the digest".to_owned()),
            Self::TagImmutable { .. } => {
                Some("push under another tag; the image itself is in the repository".to_owned())
            }
            Self::Incomplete { .. } => {
                Some("push again: what is there already is not sent twice".to_owned())
            }
            Self::GaveUp { source, .. } => Some(gave_up(source)),
            Self::Source { .. } | Self::SourceSize { .. } | Self::Dangling { .. } => {
                Some("build the image again".to_owned())
            }
            Self::Sink { source, .. } | Self::Spool { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull => Some("free space on the disk and try again".into()),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("choose a directory that you may write to".into())
                }
                _ => None,
            },
            Self::Layout { source } => source.hint(),
            Self::Reference { source } => source.hint(),
            Self::Contended { .. } => Some("attach it again when nobody else does".to_owned()),
            Self::WrongDigest { .. } | Self::WrongSize { .. } => Some(
                "the registry or a proxy altered the bytes, and they must not be used: try again"
                    .to_owned(),
            ),
            Self::Endpoint { .. } => Some("write it as `https://host:port`".to_owned()),
            Self::Challenge { .. }
            | Self::Token { .. }
            | Self::Refused { .. }
            | Self::Request { .. }
            | Self::TooLarge { .. }
            | Self::Document { .. }
            | Self::Json { .. }
            | Self::MediaType { .. }
            | Self::TooMany { .. }
            | Self::Nesting { .. }
            | Self::Location { .. }
            | Self::Canonical { .. } => None,
        }
    }
}

fn log_in(host: &str) -> String {
    format!("log in: `docker login {host}`")
}

fn gave_up(cause: &Attempt) -> String {
    match cause {
        Attempt::Status { .. } | Attempt::Vanished | Attempt::WrongDigest { .. } => {
            "the registry has trouble: try again in some minutes; what is there already is not \
             sent twice"
        }
        Attempt::Stalled { .. }
        | Attempt::Truncated { .. }
        | Attempt::Reauthenticated
        | Attempt::Transport(_) => {
            "check the connection (and `HTTPS_PROXY`, if there is a proxy) and try again; what is \
             there already is not sent twice"
        }
    }
    .to_owned()
}

/// Hosts of ECR: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`, in China with one more label.
fn is_ecr(host: &str) -> bool {
    host.contains(".dkr.ecr") && host.contains(".amazonaws.com")
}
