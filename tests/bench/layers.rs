//! The layers of the one image in an OCI layout.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;

/// A layer's blob.
pub(crate) struct Layer {
    pub(crate) path: PathBuf,
    pub(crate) bytes: f64,
}

/// Lowest first.
pub(crate) fn of(layout: &Path) -> Result<Vec<Layer>> {
    let mut document = document(&layout.join("index.json"))?;
    // The top entry may be an image index with one image.
    while !document["layers"].is_array() {
        let digest = document["manifests"][0]["digest"]
            .as_str()
            .context("the layout leads to no image")?;
        document = self::document(&blob(layout, digest))?;
    }
    let layers = document["layers"].as_array().into_iter().flatten();
    layers
        .map(|layer| {
            let digest = layer["digest"].as_str().context("a layer has no digest")?;
            Ok(Layer {
                path: blob(layout, digest),
                bytes: layer["size"].as_f64().context("a layer has no size")?,
            })
        })
        .collect()
}

fn blob(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replace(':', "/"))
}

fn document(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(serde_json::from_slice(&bytes)?)
}
