//! The bill as one sorted list, which is what the formats have in common.

use std::collections::BTreeSet;

use wpimg_oci::digest::Digest;

use crate::{
    Bill, Licence,
    bill::{Component, ComponentKind, DebianPackage, Origin, WordPress},
    entrypoint::{Crate, Entrypoint},
    identity::slug,
    purl::{self, Purl},
};

/// How documents name the image itself.
pub(crate) const IMAGE: &str = "image";

/// One thing that is in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// A name of letters, digits, `.` and `-` that no other part of the image has.
    pub(crate) reference: String,
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) purl: Option<Purl>,
    pub(crate) licence: Licence,
    pub(crate) sha256: Option<Digest>,
    pub(crate) url: Option<String>,
    /// The Debian source package, in a sentence.
    pub(crate) source: Option<String>,
}

/// What a part is; documents list parts in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    OperatingSystem,
    Package,
    /// A package that is what the image is for.
    Application,
    Component(ComponentKind),
    SiteFiles,
    Entrypoint,
    /// Linked into the entrypoint.
    Crate,
}

impl Role {
    /// Tells whether the build took the part from outside, rather than out of the builder.
    pub(crate) fn is_input(self) -> bool {
        match self {
            Self::Package | Self::Application | Self::Component(_) | Self::SiteFiles => true,
            Self::OperatingSystem | Self::Entrypoint | Self::Crate => false,
        }
    }
}

/// Returns everything that is in the image, sorted and each thing once.
pub(crate) fn parts(bill: &Bill) -> Vec<Part> {
    let mut parts = Vec::new();
    parts.extend(operating_system(bill));
    parts.extend(bill.packages.iter().map(|package| {
        let role = if is_wordpress(bill, package) {
            Role::Application
        } else {
            Role::Package
        };
        debian(package, role)
    }));
    parts.extend(bill.wordpress.as_ref().and_then(wordpress));
    parts.extend(bill.components.iter().map(component));
    parts.extend(bill.site_files.map(site_files));
    if let Some(entrypoint) = &bill.entrypoint {
        parts.extend(linked(entrypoint));
    }
    sort(&mut parts);
    parts
}

/// The package with `/etc/os-release` says which Debian it is; scanners ask for it by name.
fn operating_system(bill: &Bill) -> Option<Part> {
    let base = bill
        .packages
        .iter()
        .find(|package| package.name == "base-files")?;
    let version = purl::release_number(purl::codename(&base.suite)?)?;
    Some(Part {
        reference: "os-debian".into(),
        role: Role::OperatingSystem,
        name: "debian".into(),
        version: Some(version.into()),
        purl: None,
        licence: Licence::default(),
        sha256: None,
        url: None,
        source: None,
    })
}

fn is_wordpress(bill: &Bill, package: &DebianPackage) -> bool {
    matches!(
        &bill.wordpress,
        Some(WordPress { origin: Origin::DebianPackage { name }, .. }) if *name == package.name
    )
}

fn debian(package: &DebianPackage, role: Role) -> Part {
    let source = package.source.as_ref().map(|source| {
        let version = source.version.as_deref().unwrap_or(&package.version);
        format!("built from Debian source package {} {version}", source.name)
    });
    Part {
        reference: format!("deb-{}", slug(&package.name)),
        role,
        name: package.name.clone(),
        version: Some(package.version.clone()),
        purl: Some(Purl::debian(package)),
        licence: package.licence.clone(),
        sha256: Some(package.sha256),
        url: None,
        source,
    }
}

fn wordpress(wordpress: &WordPress) -> Option<Part> {
    let (url, sha256) = match &wordpress.origin {
        Origin::DebianPackage { .. } => return None,
        Origin::Upstream { url, sha256 } => (Some(url.as_str()), Some(*sha256)),
        Origin::Directory => (None, None),
    };
    let version = Some(wordpress.version.as_str()).filter(|version| !version.is_empty());
    Some(Part {
        reference: "wordpress".into(),
        role: Role::Application,
        name: "wordpress".into(),
        version: version.map(str::to_owned),
        purl: Some(Purl::generic(
            None,
            "wordpress",
            version,
            url,
            sha256.as_ref(),
        )),
        // `license.txt` of WordPress; a changed copy in a directory stays under it.
        licence: Licence::from_spdx("GPL-2.0-or-later"),
        sha256,
        url: url.and_then(purl::public_url),
        source: None,
    })
}

fn component(component: &Component) -> Part {
    let prefix = match component.kind {
        ComponentKind::Plugin => "plugin",
        ComponentKind::Theme => "theme",
        ComponentKind::MuPlugin => "mu-plugin",
    };
    Part {
        reference: format!("{prefix}-{}", slug(&component.name)),
        role: Role::Component(component.kind),
        name: component.name.clone(),
        version: component.version.clone(),
        purl: Some(Purl::component(
            component.kind,
            &component.name,
            component.version.as_deref(),
            component.url.as_deref(),
            component.sha256.as_ref(),
        )),
        licence: component.licence.clone(),
        sha256: component.sha256,
        url: component.url.as_deref().and_then(purl::public_url),
        source: None,
    }
}

fn site_files(digest: Digest) -> Part {
    Part {
        reference: "site-files".into(),
        role: Role::SiteFiles,
        name: "site-files".into(),
        version: None,
        purl: None,
        licence: Licence::default(),
        sha256: Some(digest),
        url: None,
        source: None,
    }
}

fn linked(entrypoint: &Entrypoint) -> impl Iterator<Item = Part> + '_ {
    let program = Part {
        reference: "entrypoint".into(),
        ..of_crate(&entrypoint.program, Role::Entrypoint)
    };
    let crates = entrypoint.crates.iter();
    std::iter::once(program).chain(crates.map(|item| of_crate(item, Role::Crate)))
}

fn of_crate(item: &Crate, role: Role) -> Part {
    // A crate of this workspace has no checksum, and its name in the registry may be another's.
    let purl = match item.checksum {
        Some(_) => Purl::cargo(&item.name, &item.version),
        None => Purl::generic(None, &item.name, Some(&item.version), None, None),
    };
    Part {
        reference: format!("crate-{}-{}", slug(&item.name), slug(&item.version)),
        role,
        name: item.name.clone(),
        version: Some(item.version.clone()),
        purl: Some(purl),
        licence: item.licence(),
        sha256: item.checksum,
        url: None,
        source: None,
    }
}

fn sort(parts: &mut Vec<Part>) {
    parts.sort_by(|one, other| key(one).cmp(&key(other)));
    parts.dedup();
    let mut taken = BTreeSet::from([IMAGE.to_owned()]);
    for part in parts {
        // Different names may look alike once they are identifiers.
        let first = part.reference.clone();
        let mut number = 2;
        while !taken.insert(part.reference.clone()) {
            part.reference = format!("{first}-{number}");
            number += 1;
        }
    }
}

fn key(part: &Part) -> impl Ord + '_ {
    (
        part.role,
        &part.name,
        &part.version,
        part.sha256,
        &part.purl,
        &part.url,
        part.licence.expression(),
        &part.source,
    )
}
