//! CycloneDX 1.5 as JSON: the same bill for scanners that prefer it.
//!
//! 1.5 rather than a newer version because Amazon Inspector's `ScanSbom` reads no other. A licence of the
//! SPDX list is written as an expression, a single other one by its name and text; beside others
//! its text is in the SPDX document only, for which 1.5 has no place. Source: CycloneDX 1.5 JSON
//! schema.

use serde::Serialize;
use wpimg_oci::{
    canonical::{self, CanonicalError},
    digest::Digest,
    timestamp,
};

use crate::{
    Bill, Licence,
    identity::uuid,
    parts::{IMAGE, Part, Role, parts},
    purl::Purl,
};

/// Returns the document.
pub fn document(bill: &Bill) -> Result<Vec<u8>, CanonicalError> {
    let parts = parts(bill);
    canonical::to_vec(&Document {
        bom_format: "CycloneDX",
        spec_version: "1.5",
        serial_number: format!("urn:uuid:{}", uuid(bill, "cyclonedx")),
        version: 1,
        metadata: Metadata {
            timestamp: timestamp::rfc3339(bill.created),
            tools: Tools {
                components: [Component {
                    version: Some(bill.builder_version.clone()),
                    ..Component::new("application", "wpimg")
                }],
            },
            component: image(bill),
        },
        components: parts.iter().map(component).collect(),
        dependencies: dependencies(&parts),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: String,
    tools: Tools,
    component: Component,
}

#[derive(Serialize)]
struct Tools {
    components: [Component; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenceChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<ExternalReference>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum LicenceChoice {
    Expression(String),
    License(NamedLicence),
}

#[derive(Serialize)]
struct NamedLicence {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Attachment>,
}

#[derive(Serialize)]
struct Attachment {
    content: String,
}

#[derive(Serialize)]
struct ExternalReference {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    depends_on: Vec<String>,
}

impl Component {
    fn new(kind: &'static str, name: &str) -> Self {
        Self {
            kind,
            reference: None,
            name: name.into(),
            version: None,
            hashes: Vec::new(),
            licenses: Vec::new(),
            purl: None,
            external_references: Vec::new(),
        }
    }
}

fn image(bill: &Bill) -> Component {
    Component {
        reference: Some(IMAGE.into()),
        version: Some(bill.image.manifest.to_string()),
        hashes: hashes(Some(&bill.image.manifest)),
        purl: Some(Purl::image(&bill.image).to_string()),
        ..Component::new("container", &bill.image.name)
    }
}

fn component(part: &Part) -> Component {
    Component {
        reference: Some(part.reference.clone()),
        version: part.version.clone(),
        hashes: hashes(part.sha256.as_ref()),
        licenses: licences(&part.licence),
        purl: part.purl.as_ref().map(Purl::to_string),
        external_references: part
            .url
            .iter()
            .map(|url| ExternalReference {
                kind: "distribution",
                url: url.clone(),
            })
            .collect(),
        ..Component::new(kind(part.role), &part.name)
    }
}

fn kind(role: Role) -> &'static str {
    match role {
        Role::OperatingSystem => "operating-system",
        Role::Package | Role::Component(_) | Role::Crate => "library",
        Role::Application | Role::Entrypoint => "application",
        Role::SiteFiles => "data",
    }
}

fn hashes(digest: Option<&Digest>) -> Vec<Hash> {
    let hash = digest.map(|digest| Hash {
        alg: "SHA-256",
        content: digest.hex(),
    });
    hash.into_iter().collect()
}

fn licences(licence: &Licence) -> Vec<LicenceChoice> {
    match (licence.expression(), licence.custom()) {
        (None, _) => Vec::new(),
        (Some(expression), [only]) if expression == only.id() => {
            vec![LicenceChoice::License(NamedLicence {
                name: only.name().into(),
                text: only.text().map(|text| Attachment {
                    content: text.into(),
                }),
            })]
        }
        (Some(expression), _) => vec![LicenceChoice::Expression(expression.into())],
    }
}

/// The image depends on what it holds, and its entrypoint on the crates linked into it.
fn dependencies(parts: &[Part]) -> Vec<Dependency> {
    let references = |wanted: &dyn Fn(Role) -> bool| -> Vec<String> {
        let wanted = parts.iter().filter(|part| wanted(part.role));
        wanted.map(|part| part.reference.clone()).collect()
    };
    let mut dependencies = vec![Dependency {
        reference: IMAGE.into(),
        depends_on: references(&|role| role != Role::Crate),
    }];
    for part in parts.iter().filter(|part| part.role == Role::Entrypoint) {
        dependencies.push(Dependency {
            reference: part.reference.clone(),
            depends_on: references(&|role| role == Role::Crate),
        });
    }
    dependencies
}

#[cfg(test)]
mod tests;
