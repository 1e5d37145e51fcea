//! Provenance: which recipe, lock and builder made the image, and from which inputs.
//!
//! An unsigned SLSA provenance v1 predicate in an in-toto statement v1. Without an invocation it
//! holds no time and no place, so that two builds of one recipe say the same. The crates of the
//! entrypoint are part of the builder, which carries the program ready-made, and are not repeated.
//! Source: SLSA v1.0, `provenance`; in-toto attestation framework v1, `statement`.

use std::collections::BTreeMap;

use serde::Serialize;
use wpimg_oci::{
    canonical::{self, CanonicalError},
    digest::Digest,
    timestamp,
};

use crate::{
    Bill,
    parts::{Part, parts},
    purl::Purl,
};

/// How the parameters below are to be read: wpimg's recipe, version 1.
pub const BUILD_TYPE: &str = "urn:wpimg:build:v1";
/// The builder where nobody names the machine that ran it: some wpimg, somewhere.
pub const LOCAL_BUILDER: &str = "urn:wpimg:builder:local";
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

/// What one build was asked to do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// A URI; [`LOCAL_BUILDER`] unless a pipeline can vouch for more.
    pub builder_id: String,
    pub recipe: Digest,
    pub lock: Option<Digest>,
    pub invocation: Option<Invocation>,
}

/// One run of the builder, in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// For example the address of the pipeline's log.
    pub id: Option<String>,
    pub started: i64,
    pub finished: i64,
}

/// Returns the statement.
pub fn document(bill: &Bill, build: &Build) -> Result<Vec<u8>, CanonicalError> {
    let digests = std::iter::once(bill.image.manifest).chain(bill.image.index);
    canonical::to_vec(&Statement {
        kind: "https://in-toto.io/Statement/v1",
        subject: digests
            .map(|digest| Resource {
                name: Some(bill.image.name.clone()),
                ..Resource::new(Some(digest))
            })
            .collect(),
        predicate_type: PREDICATE_TYPE,
        predicate: Predicate {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE,
                external_parameters: ExternalParameters {
                    recipe: named("wpimg.toml", build.recipe),
                    lock: build.lock.map(|lock| named("wpimg.lock", lock)),
                    platform: bill.image.platform.to_string(),
                },
                resolved_dependencies: dependencies(&parts(bill)),
            },
            run_details: RunDetails {
                builder: Builder {
                    id: build.builder_id.clone(),
                    version: BTreeMap::from([("wpimg", bill.builder_version.clone())]),
                },
                metadata: build.invocation.as_ref().map(|invocation| Metadata {
                    invocation_id: invocation.id.clone(),
                    started_on: timestamp::rfc3339(invocation.started),
                    finished_on: timestamp::rfc3339(invocation.finished),
                }),
            },
        },
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Resource>,
    predicate_type: &'static str,
    predicate: Predicate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: BuildDefinition,
    run_details: RunDetails,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    build_type: &'static str,
    external_parameters: ExternalParameters,
    resolved_dependencies: Vec<Resource>,
}

#[derive(Serialize)]
struct ExternalParameters {
    recipe: Resource,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<Resource>,
    platform: String,
}

#[derive(Serialize)]
struct RunDetails {
    builder: Builder,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
}

#[derive(Serialize)]
struct Builder {
    id: String,
    version: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    invocation_id: Option<String>,
    started_on: String,
    finished_on: String,
}

/// A resource descriptor of in-toto.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    digest: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    download_location: Option<String>,
}

impl Resource {
    fn new(digest: Option<Digest>) -> Self {
        let digest = digest.map(|digest| ("sha256", digest.hex()));
        Self {
            name: None,
            uri: None,
            digest: digest.into_iter().collect(),
            download_location: None,
        }
    }
}

fn named(name: &str, digest: Digest) -> Resource {
    Resource {
        name: Some(name.into()),
        ..Resource::new(Some(digest))
    }
}

/// Everything that was locked by a digest; a directory of the site has none of its own.
fn dependencies(parts: &[Part]) -> Vec<Resource> {
    parts
        .iter()
        .filter(|part| part.sha256.is_some() && part.role.is_input())
        .map(|part| Resource {
            name: Some(part.name.clone()),
            uri: part.purl.as_ref().map(Purl::to_string),
            download_location: part.url.clone(),
            ..Resource::new(part.sha256)
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
