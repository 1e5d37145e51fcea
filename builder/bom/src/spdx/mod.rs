//! SPDX 2.3 as JSON: what the image is made of, and under which licences.
//!
//! Licences are declared, never concluded: nobody compared them with the files. The document is
//! its own file and is not part of the image, so the image is described and contains the rest.
//! Source: SPDX 2.3, chapters 6, 7, 10 and 11, and its JSON schema.

use std::collections::BTreeMap;

use serde::Serialize;
use wpimg_oci::{
    canonical::{self, CanonicalError},
    timestamp,
};

use crate::{
    Bill,
    identity::{slug, uuid},
    licence::{CustomLicence, LIST_VERSION},
    parts::{IMAGE, Part, Role, parts},
    purl::Purl,
};

const NOASSERTION: &str = "NOASSERTION";
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// Returns the document.
pub fn document(bill: &Bill) -> Result<Vec<u8>, CanonicalError> {
    let parts = parts(bill);
    let name = slug(&bill.image.name);
    canonical::to_vec(&Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        spdx_id: DOCUMENT,
        // The form that SPDX 2.3, clause 6.5, gives to those who have no web site for it.
        namespace: format!("https://spdx.org/spdxdocs/{name}-{}", uuid(bill, "spdx")),
        name,
        creation_info: CreationInfo {
            created: timestamp::rfc3339(bill.created),
            creators: [format!("Tool: wpimg-{}", bill.builder_version)],
            // Two parts, as the field wants: the third counts corrections.
            license_list_version: LIST_VERSION.rsplit_once('.').map_or(LIST_VERSION, |v| v.0),
        },
        packages: std::iter::once(image(bill))
            .chain(parts.iter().map(package))
            .collect(),
        relationships: relationships(&parts),
        has_extracted_licensing_infos: extracted(&parts),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    spdx_id: &'static str,
    name: String,
    #[serde(rename = "documentNamespace")]
    namespace: String,
    creation_info: CreationInfo,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_extracted_licensing_infos: Vec<ExtractedLicence>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreationInfo {
    created: String,
    creators: [String; 1],
    license_list_version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    spdx_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<&'static str>,
    download_location: String,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    license_concluded: &'static str,
    license_declared: String,
    copyright_text: &'static str,
    primary_package_purpose: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<ExternalRef>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: &'static str,
    checksum_value: String,
}

#[derive(Serialize)]
struct ExternalRef {
    #[serde(rename = "referenceCategory")]
    category: &'static str,
    #[serde(rename = "referenceType")]
    kind: &'static str,
    #[serde(rename = "referenceLocator")]
    locator: String,
}

#[derive(Serialize)]
struct Relationship {
    #[serde(rename = "spdxElementId")]
    from: String,
    #[serde(rename = "relationshipType")]
    kind: &'static str,
    #[serde(rename = "relatedSpdxElement")]
    to: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtractedLicence {
    license_id: String,
    name: String,
    extracted_text: String,
}

fn image(bill: &Bill) -> Package {
    Package {
        spdx_id: id(IMAGE),
        name: bill.image.name.clone(),
        version_info: Some(bill.image.manifest.to_string()),
        supplier: None,
        download_location: NOASSERTION.into(),
        files_analyzed: false,
        checksums: vec![sha256(bill.image.manifest.hex())],
        source_info: None,
        license_concluded: NOASSERTION,
        license_declared: NOASSERTION.into(),
        copyright_text: NOASSERTION,
        primary_package_purpose: "CONTAINER",
        external_refs: vec![reference(&Purl::image(&bill.image))],
    }
}

fn package(part: &Part) -> Package {
    Package {
        spdx_id: id(&part.reference),
        name: part.name.clone(),
        version_info: part.version.clone(),
        supplier: is_debian(part).then_some("Organization: Debian"),
        download_location: part.url.clone().unwrap_or_else(|| NOASSERTION.into()),
        files_analyzed: false,
        checksums: part
            .sha256
            .map(|digest| sha256(digest.hex()))
            .into_iter()
            .collect(),
        source_info: part.source.clone(),
        license_concluded: NOASSERTION,
        license_declared: part.licence.expression().unwrap_or(NOASSERTION).into(),
        copyright_text: NOASSERTION,
        primary_package_purpose: purpose(part.role),
        external_refs: part.purl.as_ref().map(reference).into_iter().collect(),
    }
}

fn is_debian(part: &Part) -> bool {
    part.role == Role::OperatingSystem
        || part
            .purl
            .as_ref()
            .is_some_and(|purl| purl.as_str().starts_with("pkg:deb/debian/"))
}

fn purpose(role: Role) -> &'static str {
    match role {
        Role::OperatingSystem => "OPERATING-SYSTEM",
        Role::Package | Role::Component(_) | Role::Crate => "LIBRARY",
        Role::Application | Role::Entrypoint => "APPLICATION",
        Role::SiteFiles => "OTHER",
    }
}

fn relationships(parts: &[Part]) -> Vec<Relationship> {
    let relation = |from: &str, kind, to: &str| Relationship {
        from: from.into(),
        kind,
        to: to.into(),
    };
    let entrypoint = parts.iter().find(|part| part.role == Role::Entrypoint);
    let contained = parts.iter().map(|part| match (part.role, entrypoint) {
        (Role::Crate, Some(program)) => {
            relation(&id(&program.reference), "CONTAINS", &id(&part.reference))
        }
        _ => relation(&id(IMAGE), "CONTAINS", &id(&part.reference)),
    });
    std::iter::once(relation(DOCUMENT, "DESCRIBES", &id(IMAGE)))
        .chain(contained)
        .collect()
}

/// Every `LicenseRef-…` of a document needs its text in the same document.
fn extracted(parts: &[Part]) -> Vec<ExtractedLicence> {
    let custom: BTreeMap<&str, &CustomLicence> = parts
        .iter()
        .flat_map(|part| part.licence.custom())
        .map(|licence| (licence.id(), licence))
        .collect();
    custom
        .into_values()
        .map(|licence| ExtractedLicence {
            license_id: licence.id().into(),
            name: licence.name().into(),
            extracted_text: licence.text().map_or_else(
                || format!("Named `{}`; its source gives no text.", licence.name()),
                str::to_owned,
            ),
        })
        .collect()
}

fn id(reference: &str) -> String {
    format!("SPDXRef-{reference}")
}

fn sha256(hex: String) -> Checksum {
    Checksum {
        algorithm: "SHA256",
        checksum_value: hex,
    }
}

fn reference(purl: &Purl) -> ExternalRef {
    ExternalRef {
        category: "PACKAGE-MANAGER",
        kind: "purl",
        locator: purl.to_string(),
    }
}

#[cfg(test)]
mod tests;
