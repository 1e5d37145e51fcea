//! The report for programs: `wpimg inspect --format json`.
//!
//! Sizes are bytes, layers count from 0, names are escaped like those for people. Members are only
//! ever added under one schema name.

use serde::Serialize;

use super::Report;
use crate::plain::plain;

/// Names the shape of the document.
pub const SCHEMA: &str = "wpimg/inspect/1";

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    digest: String,
    platform: String,
    created: Option<String>,
    compressed_size: u64,
    size: u64,
    files: u64,
    wasted: u64,
    layers: Vec<Layer>,
    packages: Vec<Package>,
    wordpress: Vec<WordPress>,
    extensions: Vec<Extension>,
    unpackaged: Vec<Unpackaged>,
    hidden_files: Vec<HiddenFile>,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Layer {
    digest: String,
    diff_id: String,
    encoding: &'static str,
    compressed_size: u64,
    uncompressed_size: u64,
    entries: usize,
    wasted: u64,
    created_by: Option<String>,
}

#[derive(Serialize)]
struct Package {
    name: String,
    architecture: String,
    version: String,
    size: u64,
    files: u64,
    declared_size: Option<u64>,
    layers: Vec<usize>,
}

#[derive(Serialize)]
struct WordPress {
    root: String,
    version: Option<String>,
    size: u64,
    package: Option<String>,
}

#[derive(Serialize)]
struct Extension {
    kind: &'static str,
    slug: String,
    name: Option<String>,
    version: Option<String>,
    path: String,
    size: u64,
    files: u64,
    package: Option<String>,
}

#[derive(Serialize)]
struct Unpackaged {
    what: String,
    size: u64,
    files: u64,
}

#[derive(Serialize)]
struct HiddenFile {
    path: String,
    size: u64,
    layer: usize,
}

impl Report {
    /// Returns the report as a JSON document.
    pub fn json(&self) -> String {
        let document = Document {
            schema: SCHEMA,
            digest: self.digest.to_string(),
            platform: plain(&self.platform),
            created: self.created.as_deref().map(plain),
            compressed_size: self.compressed_size(),
            size: self.total.bytes,
            files: self.total.files,
            wasted: self.hidden_size(),
            layers: self.layers.iter().map(Layer::from).collect(),
            packages: self.packages.iter().map(Package::from).collect(),
            wordpress: self.wordpress.iter().map(WordPress::from).collect(),
            extensions: self.extensions.iter().map(Extension::from).collect(),
            unpackaged: self.unpackaged.iter().map(Unpackaged::from).collect(),
            hidden_files: self.hidden.iter().map(HiddenFile::from).collect(),
            remarks: self.remarks.clone(),
        };
        serde_json::to_string_pretty(&document).expect("plain values become JSON")
    }
}

impl From<&super::LayerLine> for Layer {
    fn from(line: &super::LayerLine) -> Self {
        Self {
            digest: line.digest.to_string(),
            diff_id: line.diff_id.to_string(),
            encoding: line.encoding.as_str(),
            compressed_size: line.size,
            uncompressed_size: line.uncompressed_size,
            entries: line.entries,
            wasted: line.hidden,
            created_by: line.origin.as_deref().map(plain),
        }
    }
}

impl From<&super::PackageLine> for Package {
    fn from(line: &super::PackageLine) -> Self {
        Self {
            name: plain(&line.name),
            architecture: plain(&line.architecture),
            version: plain(&line.version),
            size: line.usage.bytes,
            files: line.usage.files,
            declared_size: line.declared_size,
            layers: line.layers.iter().copied().collect(),
        }
    }
}

impl From<&super::WordPressLine> for WordPress {
    fn from(line: &super::WordPressLine) -> Self {
        Self {
            root: line.root.to_string(),
            version: line.version.as_deref().map(plain),
            size: line.usage.bytes,
            package: line.package.as_deref().map(plain),
        }
    }
}

impl From<&super::ExtensionLine> for Extension {
    fn from(line: &super::ExtensionLine) -> Self {
        Self {
            kind: line.kind.as_str(),
            slug: plain(&line.slug),
            name: line.name.as_deref().map(plain),
            version: line.version.as_deref().map(plain),
            path: line.path.to_string(),
            size: line.usage.bytes,
            files: line.usage.files,
            package: line.package.as_deref().map(plain),
        }
    }
}

impl From<&(crate::component::Component, crate::component::Usage)> for Unpackaged {
    fn from((component, usage): &(crate::component::Component, crate::component::Usage)) -> Self {
        Self {
            what: plain(&component.label()),
            size: usage.bytes,
            files: usage.files,
        }
    }
}

impl From<&crate::tree::Hidden> for HiddenFile {
    fn from(file: &crate::tree::Hidden) -> Self {
        Self {
            path: file.path.to_string(),
            size: file.size,
            layer: file.layer,
        }
    }
}
