//! What software an image holds, and which of it each file belongs to.
//!
//! A file is a package's if dpkg's lists say so; else its place tells: a plugin, a theme, WordPress
//! itself, configuration. Every byte of the tree belongs to exactly one component.

mod dpkg;
mod header;
mod wordpress;

use std::collections::HashMap;

pub use dpkg::Package;
pub use wordpress::{Extension, ExtensionKind, WordPress};

use crate::{image::Image, path::ImagePath, tree::Node};

/// A part of an image that has a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// A Debian package, by name and architecture.
    Package {
        name: String,
        architecture: String,
    },
    WordPress,
    Plugin {
        slug: String,
    },
    MustUsePlugin {
        slug: String,
    },
    Theme {
        slug: String,
    },
    /// The rest of `wp-content`: languages, drop-ins, uploads.
    Content,
    PhpConfiguration,
    PackageDatabase,
    Other,
}

/// The software of an image.
#[derive(Debug, Clone, Default)]
pub struct Software {
    /// By name and architecture.
    pub packages: Vec<Package>,
    pub wordpress: Vec<WordPress>,
    /// Plugins and themes by kind and slug.
    pub extensions: Vec<Extension>,
    /// What could not be read, in sentences.
    pub remarks: Vec<String>,
    owners: HashMap<ImagePath, usize>,
    extension_paths: HashMap<ImagePath, usize>,
}

impl Software {
    pub fn of(image: &Image) -> Self {
        let mut remarks = Vec::new();
        let (packages, owners) = dpkg::read(image, &mut remarks);
        let wordpress = wordpress::installations(image);
        let extensions = wordpress::extensions(image, &wordpress);
        let extension_paths = extensions.iter().map(|extension| extension.path.clone());
        Self {
            extension_paths: extension_paths.zip(0..).collect(),
            packages,
            wordpress,
            extensions,
            remarks,
            owners,
        }
    }

    /// Returns the package that a path of the tree belongs to.
    pub fn package_of(&self, path: &ImagePath) -> Option<&Package> {
        self.owners.get(path).map(|&index| &self.packages[index])
    }

    /// Returns what a path of the tree belongs to.
    pub fn component_of(&self, path: &ImagePath) -> Component {
        if let Some(package) = self.package_of(path) {
            return package.component();
        }
        if let Some(extension) = self.extension_of(path) {
            return extension.component();
        }
        let inside = |root: &ImagePath| path.is_below(root.as_bytes());
        if self.wordpress.iter().any(|site| inside(&site.content)) {
            return Component::Content;
        }
        if self.wordpress.iter().any(|site| inside(&site.root)) {
            return Component::WordPress;
        }
        let bytes = path.as_bytes();
        let is_below = |directories: &[&str]| {
            directories
                .iter()
                .any(|directory| path.is_below(directory.as_bytes()))
        };
        if is_below(&["var/lib/dpkg"]) {
            Component::PackageDatabase
        } else if is_below(&["etc/php", "usr/local/etc/php"])
            || bytes.ends_with(b".ini") && is_below(&["etc"])
        {
            Component::PhpConfiguration
        } else {
            Component::Other
        }
    }

    /// Returns the plugin or theme that a path lies in, whichever package it may come from.
    pub fn extension_of(&self, path: &ImagePath) -> Option<&Extension> {
        let bytes = path.as_bytes();
        let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let mut ends = slashes.map(|(slash, _)| slash).chain([bytes.len()]);
        let found = ends.find_map(|end| self.extension_paths.get(&bytes[..end]))?;
        self.extensions.get(*found)
    }
}

impl Component {
    /// Returns the name shown to people.
    pub fn label(&self) -> String {
        match self {
            Self::Package { name, .. } => name.clone(),
            Self::WordPress => "WordPress core".to_owned(),
            Self::Plugin { slug } => format!("plugin {slug}"),
            Self::MustUsePlugin { slug } => format!("mu-plugin {slug}"),
            Self::Theme { slug } => format!("theme {slug}"),
            Self::Content => "other wp-content".to_owned(),
            Self::PhpConfiguration => "PHP configuration".to_owned(),
            Self::PackageDatabase => "package database".to_owned(),
            Self::Other => "other files".to_owned(),
        }
    }
}

/// Returns the bytes a path of the tree occupies; a second name of a file occupies none.
pub(crate) fn own_size(image: &Image, node: &Node) -> u64 {
    image.layers[node.layer].entries[node.entry].size
}

/// Returns the beginning of a file that says what is installed.
fn kept<'a>(image: &'a Image, node: &Node) -> Option<&'a [u8]> {
    let (layer, entry) = node.content;
    image.layers[layer].kept.get(&entry).map(|bytes| &**bytes)
}

/// What a component occupies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub bytes: u64,
    /// Files that are not empty.
    pub files: u64,
}
