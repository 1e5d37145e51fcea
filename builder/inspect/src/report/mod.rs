//! What there is to say about one image.
//!
//! A [`Report`] is plain values in the order they are shown; [`Report::text`] is for people,
//! [`Report::json`] for programs, and `page::html` for a browser.

mod json;
mod text;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use wpimg_oci::digest::Digest;

use crate::{
    component::{Component, ExtensionKind, Software, Usage, own_size},
    image::Image,
    layer::Encoding,
    path::ImagePath,
    tree::Hidden,
};

pub use json::SCHEMA;
pub use text::TOP;

/// What there is to say about an image.
#[derive(Debug, Clone)]
pub struct Report {
    pub digest: Digest,
    pub platform: String,
    pub created: Option<String>,
    /// The lowest first.
    pub layers: Vec<LayerLine>,
    /// The largest first.
    pub packages: Vec<PackageLine>,
    pub wordpress: Vec<WordPressLine>,
    /// Plugins and themes, the largest first.
    pub extensions: Vec<ExtensionLine>,
    /// What no package brought, the largest first.
    pub unpackaged: Vec<(Component, Usage)>,
    /// The largest first.
    pub files: Vec<FileLine>,
    /// Files that are stored and that no container sees, the largest first.
    pub hidden: Vec<Hidden>,
    pub total: Usage,
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct LayerLine {
    pub digest: Digest,
    pub diff_id: Digest,
    pub encoding: Encoding,
    /// Bytes as stored and sent.
    pub size: u64,
    pub uncompressed_size: u64,
    pub entries: usize,
    /// Bytes of files that a later layer hides.
    pub hidden: u64,
    pub origin: Option<String>,
}

#[derive(Debug, Clone)]
pub struct PackageLine {
    pub name: String,
    pub architecture: String,
    pub version: String,
    pub declared_size: Option<u64>,
    pub usage: Usage,
    /// Layers that hold files of it.
    pub layers: BTreeSet<usize>,
}

#[derive(Debug, Clone)]
pub struct WordPressLine {
    pub root: ImagePath,
    pub version: Option<String>,
    /// Without plugins, themes and other contents.
    pub usage: Usage,
    pub package: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ExtensionLine {
    pub kind: ExtensionKind,
    pub slug: String,
    pub name: Option<String>,
    pub version: Option<String>,
    pub path: ImagePath,
    pub usage: Usage,
    /// The package that brought it.
    pub package: Option<String>,
}

#[derive(Debug, Clone)]
pub struct FileLine {
    pub path: ImagePath,
    pub size: u64,
    pub layer: usize,
    pub component: Component,
}

impl Report {
    pub fn of(image: &Image) -> Self {
        Self::with_software(image, &Software::of(image))
    }

    pub(crate) fn with_software(image: &Image, software: &Software) -> Self {
        let census = Census::take(image, software);
        let mut remarks = software.remarks.clone();
        for (number, layer) in image.layers.iter().enumerate() {
            if Encoding::from_media_type(&layer.media_type) != Some(layer.encoding) {
                remarks.push(format!(
                    "layer {} is {}, but its type is `{}`",
                    number + 1,
                    layer.encoding,
                    crate::plain::excerpt(&layer.media_type, 80)
                ));
            }
        }
        Self {
            digest: image.digest,
            platform: image.config.platform(),
            created: image.config.created.clone(),
            layers: layers(image),
            packages: packages(software, &census),
            wordpress: wordpress(software, &census),
            extensions: extensions(software, &census),
            unpackaged: unpackaged(&census),
            files: census.files,
            hidden: image.tree.hidden().to_vec(),
            total: census.total,
            remarks,
        }
    }

    /// Returns the bytes of all layers as they are stored and sent.
    pub fn compressed_size(&self) -> u64 {
        self.layers
            .iter()
            .fold(0, |sum, layer| sum.saturating_add(layer.size))
    }

    pub fn hidden_size(&self) -> u64 {
        self.hidden
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.size))
    }
}

/// One walk over the tree, counting everything.
#[derive(Default)]
struct Census {
    components: BTreeMap<Component, (Usage, BTreeSet<usize>)>,
    extensions: BTreeMap<ImagePath, Usage>,
    cores: BTreeMap<ImagePath, Usage>,
    files: Vec<FileLine>,
    total: Usage,
}

impl Census {
    fn take(image: &Image, software: &Software) -> Self {
        let mut census = Self::default();
        for (path, node) in image.tree.iter() {
            let size = own_size(image, node);
            if size == 0 {
                continue;
            }
            let component = software.component_of(path);
            let (usage, layers) = census.components.entry(component.clone()).or_default();
            usage.add(size);
            layers.insert(node.layer);
            census.total.add(size);
            if let Some(extension) = software.extension_of(path) {
                census
                    .extensions
                    .entry(extension.path.clone())
                    .or_default()
                    .add(size);
            } else if let Some(site) = software.wordpress.iter().find(|site| {
                path.is_below(site.root.as_bytes()) && !path.is_below(site.content.as_bytes())
            }) {
                census.cores.entry(site.root.clone()).or_default().add(size);
            }
            census.files.push(FileLine {
                path: path.clone(),
                size,
                layer: node.layer,
                component,
            });
        }
        census
            .files
            .sort_by(|a, b| (Reverse(a.size), &a.path).cmp(&(Reverse(b.size), &b.path)));
        census
    }
}

fn layers(image: &Image) -> Vec<LayerLine> {
    let mut hidden = vec![0_u64; image.layers.len()];
    for file in image.tree.hidden() {
        hidden[file.layer] = hidden[file.layer].saturating_add(file.size);
    }
    let lines = image
        .layers
        .iter()
        .zip(hidden)
        .map(|(layer, hidden)| LayerLine {
            digest: layer.digest,
            diff_id: layer.diff_id,
            encoding: layer.encoding,
            size: layer.size,
            uncompressed_size: layer.uncompressed_size,
            entries: layer.entries.len(),
            hidden,
            origin: layer.origin.clone(),
        });
    lines.collect()
}

fn packages(software: &Software, census: &Census) -> Vec<PackageLine> {
    let lines = software.packages.iter().map(|package| {
        let counted = census.components.get(&package.component());
        let (usage, layers) = counted.cloned().unwrap_or_default();
        PackageLine {
            name: package.name.clone(),
            architecture: package.architecture.clone(),
            version: package.version.clone(),
            declared_size: package.declared_size,
            usage,
            layers,
        }
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|line| Reverse(line.usage.bytes));
    lines
}

fn wordpress(software: &Software, census: &Census) -> Vec<WordPressLine> {
    let lines = software.wordpress.iter().map(|site| {
        let version = ImagePath::join(site.root.as_bytes(), b"wp-includes/version.php");
        WordPressLine {
            usage: census.cores.get(&site.root).copied().unwrap_or_default(),
            package: software
                .package_of(&version)
                .map(|package| package.name.clone()),
            root: site.root.clone(),
            version: site.version.clone(),
        }
    });
    lines.collect()
}

fn extensions(software: &Software, census: &Census) -> Vec<ExtensionLine> {
    let lines = software.extensions.iter().map(|extension| ExtensionLine {
        kind: extension.kind,
        slug: extension.slug.clone(),
        name: extension.name.clone(),
        version: extension.version.clone(),
        usage: census
            .extensions
            .get(&extension.path)
            .copied()
            .unwrap_or_default(),
        package: software
            .package_of(&extension.path)
            .map(|package| package.name.clone()),
        path: extension.path.clone(),
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|line| Reverse(line.usage.bytes));
    lines
}

fn unpackaged(census: &Census) -> Vec<(Component, Usage)> {
    let all = census.components.iter();
    let rest = all.filter(|(component, _)| !matches!(component, Component::Package { .. }));
    let mut lines: Vec<_> = rest
        .map(|(component, (usage, _))| (component.clone(), *usage))
        .collect();
    lines.sort_by_key(|(_, usage)| Reverse(usage.bytes));
    lines
}

impl Usage {
    fn add(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.files += 1;
    }
}
