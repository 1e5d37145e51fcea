//! What a build knows about its image: the input of every document.
//!
//! Lists may come in any order and may name a thing twice; the documents sort them and say it once.

use wpimg_oci::{digest::Digest, platform::Platform};

use crate::{entrypoint::Entrypoint, licence::Licence};

/// Everything that is in one image, of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    pub image: Image,
    /// Unix seconds, as in the image's config: the time of the newest input, not of the build.
    pub created: i64,
    pub builder_version: String,
    pub packages: Vec<DebianPackage>,
    pub wordpress: Option<WordPress>,
    pub components: Vec<Component>,
    pub entrypoint: Option<Entrypoint>,
    /// The digest over the site's own files, which have no name and no version.
    pub site_files: Option<Digest>,
}

/// The image the documents are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The repository without a tag, for example `shop`.
    pub name: String,
    pub manifest: Digest,
    /// The image index that lists the manifest, if the image has several platforms.
    pub index: Option<Digest>,
    pub platform: Platform,
}

/// A package of the Debian archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebianPackage {
    pub name: String,
    pub version: String,
    pub architecture: String,
    /// The source package, where it is known to differ from the binary package.
    pub source: Option<SourcePackage>,
    pub licence: Licence,
    pub sha256: Digest,
    /// For example `trixie` or `trixie-security`.
    pub suite: String,
}

/// The source package that a binary package was built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePackage {
    pub name: String,
    /// Given only where it differs from the version of the binary package.
    pub version: Option<String>,
}

/// WordPress itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordPress {
    pub version: String,
    pub origin: Origin,
}

/// Where WordPress came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is the package of this name in [`Bill::packages`], and is not listed a second time.
    DebianPackage {
        name: String,
    },
    Upstream {
        url: String,
        sha256: Digest,
    },
    Directory,
}

/// What a component is to WordPress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentKind {
    Plugin,
    Theme,
    MuPlugin,
}

/// A plugin or a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub kind: ComponentKind,
    /// The slug: the name of its directory.
    pub name: String,
    pub version: Option<String>,
    pub licence: Licence,
    pub url: Option<String>,
    pub sha256: Option<Digest>,
}
