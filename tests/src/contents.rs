//! What is in an image, layer by layer and as a container sees it, read from a layout with uncompressed layers.
//!
//! Written apart from the builder's own reader on purpose. Rules: OCI image-spec, `layer.md` (whiteouts).

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tar::EntryType;

use crate::wpimg::{Run, Wpimg};

const UNCOMPRESSED: &str = "application/vnd.oci.image.layer.v1.tar";

/// An image that was built for being looked into.
#[derive(Debug)]
pub struct Contents {
    pub digest: String,
    pub layers: Vec<Layer>,
    /// What the build said, listing of left-out files included.
    pub run: Run,
}

#[derive(Debug)]
pub struct Layer {
    pub name: String,
    pub digest: String,
    /// By path without a slash at either end.
    pub entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntryType,
    pub mode: u32,
    pub owner: (u64, u64),
    pub body: Vec<u8>,
}

impl Contents {
    /// Runs this build and reads the first of its images.
    pub fn of(build: Wpimg) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let layout = directory.path().join("layout");
        let run = build
            .option("--compression", "none")
            .option("--format", "json")
            .option("--output", &layout)
            .run()?;
        run.expect_success()?;
        let result: Value = serde_json::from_str(&run.stdout)?;
        let layers = result["images"][0]["layers"].as_array();
        let layers = layers.with_context(|| format!("no layers in {result}"))?;
        let layers = layers.iter().map(|layer| Layer::read(&layout, layer));
        Ok(Self {
            digest: result["digest"].as_str().unwrap_or_default().to_owned(),
            layers: layers.collect::<Result<_>>()?,
            run,
        })
    }

    pub fn layer(&self, name: &str) -> Result<&Layer> {
        let layer = self.layers.iter().find(|layer| layer.name == name);
        layer.with_context(|| format!("there is no layer `{name}` among {:?}", self.digests()))
    }

    /// Names and digests of the layers, lowest first.
    pub fn digests(&self) -> Vec<(&str, &str)> {
        let pairs = self.layers.iter();
        pairs
            .map(|layer| (layer.name.as_str(), layer.digest.as_str()))
            .collect()
    }

    /// The names of the layers that `other` does not have.
    pub fn layers_not_in(&self, other: &Self) -> Vec<&str> {
        let known: Vec<_> = other.layers.iter().map(|layer| &layer.digest).collect();
        let new = self
            .layers
            .iter()
            .filter(|layer| !known.contains(&&layer.digest));
        new.map(|layer| layer.name.as_str()).collect()
    }

    /// What a container sees: all layers, one over the other.
    pub fn visible(&self) -> BTreeMap<String, Entry> {
        let mut seen: BTreeMap<String, Entry> = BTreeMap::new();
        for layer in &self.layers {
            for path in layer.entries.keys() {
                let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
                if name == ".wh..wh..opq" {
                    seen.retain(|path, _| !is_below(path, directory));
                } else if let Some(name) = name.strip_prefix(".wh.") {
                    let gone = format!("{directory}/{name}");
                    let gone = gone.trim_start_matches('/');
                    seen.retain(|path, _| path != gone && !is_below(path, gone));
                }
            }
            for (path, entry) in &layer.entries {
                if !path.rsplit('/').next().unwrap_or(path).starts_with(".wh.") {
                    if entry.kind != EntryType::Directory {
                        seen.retain(|other, _| !is_below(other, path));
                    }
                    seen.insert(path.clone(), entry.clone());
                }
            }
        }
        seen
    }

    /// The visible paths below a directory, relative to it.
    pub fn below(&self, directory: &str) -> Vec<String> {
        let seen = self.visible();
        let paths = seen.keys().filter(|path| is_below(path, directory));
        paths
            .map(|path| path[directory.len() + 1..].to_owned())
            .collect()
    }

    pub fn file(&self, path: &str) -> Result<Entry> {
        let seen = self.visible();
        let entry = seen.get(path);
        entry
            .cloned()
            .with_context(|| format!("the image has no `{path}`"))
    }
}

impl Layer {
    fn read(layout: &Path, described: &Value) -> Result<Self> {
        let text = |key: &str| described[key].as_str().unwrap_or_default().to_owned();
        let (name, digest) = (text("name"), text("digest"));
        ensure!(
            text("media_type") == UNCOMPRESSED,
            "layer `{name}` is compressed: {described}"
        );
        let path = layout.join("blobs").join(digest.replace(':', "/"));
        let file = File::open(&path).with_context(|| format!("opening `{}`", path.display()))?;
        let mut entries = BTreeMap::new();
        for entry in tar::Archive::new(file).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.to_string_lossy().into_owned();
            let path = path.trim_end_matches('/').to_owned();
            let mut body = Vec::new();
            if let Some(target) = entry.link_name_bytes() {
                body = target.into_owned();
            } else {
                entry.read_to_end(&mut body)?;
            }
            let header = entry.header();
            let read = Entry {
                kind: header.entry_type(),
                mode: header.mode()?,
                owner: (header.uid()?, header.gid()?),
                body,
            };
            ensure!(
                entries.insert(path.clone(), read).is_none(),
                "layer `{name}` has `{path}` twice"
            );
        }
        Ok(Self {
            name,
            digest,
            entries,
        })
    }
}

fn is_below(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory);
    directory.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
}

/// All regular files below a directory of the disk, by their relative paths.
pub fn files_on_disk(directory: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_dir() {
                pending.push(path);
            } else if metadata.is_file() {
                let name = path.strip_prefix(directory)?.to_string_lossy().into_owned();
                files.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(files)
}
