//! Pushes images to and reads them from an OCI registry, with the quirks of ECR handled.
//!
//! ```text
//! reference      host, repository, tag and digest
//! credentials    who we are, per host; docker_config has what `docker login` left
//! auth           challenges, tokens and what is remembered of them
//! client         one exchange: endpoint, timeouts, retries, the registry's own errors
//! document       what a manifest or index names
//! push           plan (a value), then blobs, manifests, tags, in this order
//! read           manifests and blobs, verified while they arrive
//! copy           from one repository to another
//! referrers      artifacts attached to an image, with the tag fallback
//! testing        a registry in this process that misbehaves on request
//! ```
//!
//! A tag is written last, so it never names an image that is not complete. Nothing here reads the
//! environment or writes to the terminal; files are read where the caller says, and only `copy`
//! writes one, nameless, in a directory of the caller's.
//! Protocol: OCI distribution-spec 1.1; the quirks are named where they are survived.

mod auth;
mod client;
mod copy;
pub mod credentials;
pub mod docker_config;
mod document;
mod error;
mod observer;
pub mod push;
pub mod read;
pub mod reference;
mod referrers;
#[cfg(feature = "testing")]
pub mod testing;

pub use client::{ClientOptions, Diagnostic, Registry, RetryPolicy};
pub use copy::CopyRequest;
pub use credentials::{CredentialError, CredentialSource, Credentials};
pub use docker_config::DockerConfig;
pub use error::{Attempt, Object, RegistryError, Target};
pub use observer::{BlobOutcome, Observer};
pub use push::{Blob, ManifestDocument, PushImage, PushPlan, PushReport, PushRequest};
pub use read::FetchedManifest;
pub use reference::{Reference, ReferenceError, Repository};
pub use referrers::{AttachRequest, Attached, Listing};
