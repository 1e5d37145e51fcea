//! The difference for programs: `wpimg diff --format json`.

use serde::Serialize;

use super::{Aspect, Difference, LayerChange, LayerSide};
use crate::plain::{plain, plain_bytes};

/// Names the shape of the document.
pub const SCHEMA: &str = "wpimg/diff/1";

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    before: Side,
    after: Side,
    layers: Vec<Layer>,
    software: Vec<Software>,
    config: Vec<Value>,
    files: Vec<File>,
}

#[derive(Serialize)]
struct Side {
    digest: String,
    platform: String,
    compressed_size: u64,
    size: u64,
}

#[derive(Serialize)]
struct Layer {
    change: &'static str,
    before: Option<Blob>,
    after: Option<Blob>,
}

#[derive(Serialize)]
struct Blob {
    number: usize,
    digest: String,
    compressed_size: u64,
    encoding: &'static str,
    created_by: Option<String>,
}

#[derive(Serialize)]
struct Software {
    kind: &'static str,
    name: String,
    change: &'static str,
    before: Option<Release>,
    after: Option<Release>,
}

#[derive(Serialize)]
struct Release {
    version: String,
    size: u64,
}

#[derive(Serialize)]
struct Value {
    member: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Serialize)]
struct File {
    path: String,
    change: &'static str,
    before: Option<u64>,
    after: Option<u64>,
    aspects: Vec<Detail>,
}

#[derive(Serialize)]
struct Detail {
    what: &'static str,
    before: Option<String>,
    after: Option<String>,
}

impl Difference {
    /// Returns the difference as a JSON document; every file is in it.
    pub fn json(&self) -> String {
        let side = |side: &super::Side| Side {
            digest: side.digest.to_string(),
            platform: plain(&side.platform),
            compressed_size: side.compressed_size,
            size: side.size,
        };
        let document = Document {
            schema: SCHEMA,
            before: side(&self.before),
            after: side(&self.after),
            layers: self.layers.iter().map(layer).collect(),
            software: self.software.iter().map(software).collect(),
            config: self.config.iter().map(value).collect(),
            files: self.files.iter().map(file).collect(),
        };
        serde_json::to_string_pretty(&document).expect("plain values become JSON")
    }
}

fn layer(change: &LayerChange) -> Layer {
    let blob = |side: &LayerSide| {
        Some(Blob {
            number: side.number,
            digest: side.digest.to_string(),
            compressed_size: side.size,
            encoding: side.encoding.as_str(),
            created_by: side.origin.as_deref().map(plain),
        })
    };
    let (change, before, after) = match change {
        LayerChange::Same(side) => ("same", blob(side), blob(side)),
        LayerChange::Recompressed { before, after } => ("recompressed", blob(before), blob(after)),
        LayerChange::Changed { before, after } => ("changed", blob(before), blob(after)),
        LayerChange::Added(side) => ("added", None, blob(side)),
        LayerChange::Removed(side) => ("removed", blob(side), None),
    };
    Layer {
        change,
        before,
        after,
    }
}

fn software(change: &super::SoftwareChange) -> Software {
    let release = |release: &super::Release| Release {
        version: plain(&release.version),
        size: release.size,
    };
    Software {
        kind: change.kind.as_str(),
        name: plain(&change.name),
        change: change.direction.as_str(),
        before: change.before.as_ref().map(release),
        after: change.after.as_ref().map(release),
    }
}

fn value(change: &super::ConfigChange) -> Value {
    Value {
        member: plain(&change.member.label()),
        before: change.before.as_deref().map(plain),
        after: change.after.as_deref().map(plain),
    }
}

fn file(file: &super::FileChange) -> File {
    File {
        path: file.path.to_string(),
        change: match (file.before, file.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        },
        before: file.before,
        after: file.after,
        aspects: file.aspects.iter().map(detail).collect(),
    }
}

fn detail(aspect: &Aspect) -> Detail {
    let between = |what, before: String, after: String| Detail {
        what,
        before: Some(before),
        after: Some(after),
    };
    let bare = |what| Detail {
        what,
        before: None,
        after: None,
    };
    match aspect {
        Aspect::Kind { before, after } => {
            between("kind", (*before).to_owned(), (*after).to_owned())
        }
        Aspect::Content => bare("content"),
        Aspect::Device => bare("device"),
        Aspect::LinkTarget { before, after } => {
            between("link", plain_bytes(before), plain_bytes(after))
        }
        Aspect::Mode { before, after } => {
            between("mode", format!("{before:04o}"), format!("{after:04o}"))
        }
        Aspect::Owner { before, after } => between(
            "owner",
            format!("{}:{}", before.0, before.1),
            format!("{}:{}", after.0, after.1),
        ),
    }
}
