//! What is in an image, as bills of materials and provenance say it.

use thiserror::Error;
use wpimg_bom::bill::{
    Bill, Component, ComponentKind, DebianPackage, Image, Origin, SourcePackage, WordPress,
};
use wpimg_bom::entrypoint::Entrypoint;
use wpimg_bom::provenance::{self, Build};
use wpimg_bom::{Licence, cyclonedx, media_type, spdx};
use wpimg_oci::canonical::CanonicalError;
use wpimg_oci::digest::Digest;

use super::image::BuiltImage;
use super::request::Request;
use super::site::{self, SiteContent};
use crate::embedded;
use crate::error_report::Hint;
use crate::lock::{Lock, SourceKind};

/// The documents of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Documents {
    pub(crate) spdx: Vec<u8>,
    pub(crate) cyclonedx: Vec<u8>,
    pub(crate) provenance: Vec<u8>,
}

/// A document could not be written as JSON.
#[derive(Debug, Error)]
#[error("could not write the {document} document")]
pub(crate) struct BillError {
    document: &'static str,
    #[source]
    source: CanonicalError,
}

impl Hint for BillError {}

impl Documents {
    /// Writes the documents of an image; `index` is what it is part of.
    pub(crate) fn of(
        image: &BuiltImage,
        index: Option<Digest>,
        content: &SiteContent,
        request: &Request,
        lock: Option<&Lock>,
    ) -> Result<Self, BillError> {
        let bill = bill(image, index, content, request);
        let build = Build {
            builder_id: provenance::LOCAL_BUILDER.to_owned(),
            recipe: Digest::of(&request.recipe.canonical_json()),
            lock: lock.map(Lock::digest),
            invocation: None,
        };
        let failed = |document| move |source| BillError { document, source };
        Ok(Self {
            spdx: spdx::document(&bill).map_err(failed("SPDX"))?,
            cyclonedx: cyclonedx::document(&bill).map_err(failed("CycloneDX"))?,
            provenance: provenance::document(&bill, &build).map_err(failed("provenance"))?,
        })
    }

    /// Each document with its media type.
    pub(crate) fn each(&self) -> [(&'static str, &[u8]); 3] {
        [
            (media_type::SPDX, &self.spdx),
            (media_type::CYCLONEDX, &self.cyclonedx),
            (media_type::IN_TOTO, &self.provenance),
        ]
    }
}

fn bill(
    image: &BuiltImage,
    index: Option<Digest>,
    content: &SiteContent,
    request: &Request,
) -> Bill {
    let packages = image.packages.iter().map(|(package, facts)| {
        let source = facts.source.clone();
        DebianPackage {
            name: package.name.clone(),
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            source: source.map(|(name, version)| SourcePackage { name, version }),
            licence: facts.licence.clone(),
            sha256: package.sha256,
            suite: package.suite.clone(),
        }
    });
    let components = content.components.iter();
    let mut wordpress = components.clone().find_map(wordpress);
    if wordpress.is_none() {
        let debian = |(package, _): &&(super::selection::Selected, _)| package.name == "wordpress";
        wordpress = image
            .packages
            .iter()
            .find(debian)
            .map(|(package, _)| WordPress {
                version: package.version.clone(),
                origin: Origin::DebianPackage {
                    name: package.name.clone(),
                },
            });
    }
    Bill {
        image: Image {
            name: request.recipe.image.name.to_string(),
            manifest: image.digest(),
            index,
            platform: image.platform,
        },
        created: image.created,
        builder_version: env!("CARGO_PKG_VERSION").to_owned(),
        packages: packages.collect(),
        wordpress,
        components: components.filter_map(component).collect(),
        entrypoint: Entrypoint::from_cargo(embedded::ENTRYPOINT_CRATES, embedded::CARGO_LOCK).ok(),
        site_files: content.site_files(),
    }
}

fn wordpress(component: &site::Component) -> Option<WordPress> {
    (component.kind == SourceKind::Wordpress).then(|| WordPress {
        version: component.version.clone().unwrap_or_default(),
        origin: match (&component.url, component.sha256) {
            (Some(url), Some(sha256)) => Origin::Upstream {
                url: url.clone(),
                sha256,
            },
            _ => Origin::Directory,
        },
    })
}

fn component(component: &site::Component) -> Option<Component> {
    let kind = match component.kind {
        SourceKind::Wordpress => return None,
        SourceKind::Plugin => ComponentKind::Plugin,
        SourceKind::Theme => ComponentKind::Theme,
        SourceKind::MuPlugin => ComponentKind::MuPlugin,
    };
    let licence = component.licence.as_deref();
    Some(Component {
        kind,
        name: component.name.clone(),
        version: component.version.clone(),
        licence: licence.map(Licence::from_plugin_header).unwrap_or_default(),
        url: component.url.clone(),
        sha256: component.sha256,
    })
}
