//! Whether what lies on the disk is whole: every file of a cache and of a layout is what its name says.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Where a cache keeps files by their digest.
pub const BY_DIGEST: [&str; 4] = ["indexes", "packages", "sources", "blobs"];
/// Where it keeps what it knows.
pub const RECORDS: [&str; 4] = ["selections", "layers", "bases", "sites"];

/// Fails if a file of the cache is damaged or is of no kind that a cache has.
pub fn expect_whole_cache(cache: &Path) -> Result<()> {
    for path in files_below(cache)? {
        let shown = path.display();
        let relative = path.strip_prefix(cache)?;
        let first = relative.iter().next().and_then(|part| part.to_str());
        match first.context("a file has a name")? {
            "tmp" | "CACHEDIR.TAG" => {}
            // The draft of the marker, left by a build that was killed while it made the cache.
            draft if draft.starts_with(".wpimg-marker-") => {}
            bucket if BY_DIGEST.contains(&bucket) => {
                let name = digest_of(&fs::read(&path)?);
                ensure!(path.ends_with(&name), "`{shown}` has the digest {name}");
            }
            kind if RECORDS.contains(&kind) => {
                let record = serde_json::from_slice::<Value>(&fs::read(&path)?);
                record.with_context(|| format!("`{shown}` is half a record"))?;
            }
            other => bail!("`{shown}`: a cache has no `{other}`"),
        }
    }
    Ok(())
}

/// The parts of a cache that hold something.
pub fn filled_parts(cache: &Path) -> Result<BTreeSet<&'static str>> {
    let mut filled = BTreeSet::new();
    for part in BY_DIGEST.into_iter().chain(RECORDS) {
        if !files_below(&cache.join(part))?.is_empty() {
            filled.insert(part);
        }
    }
    Ok(filled)
}

/// The digest of the image in a layout, all of whose blobs are there and whole; `None` if nothing stands there.
pub fn whole_layout(layout: &Path) -> Result<Option<String>> {
    if !layout.exists() {
        return Ok(None);
    }
    let mut present: BTreeSet<_> = files_below(layout)?.into_iter().collect();
    let mut take = |name: &str| -> Result<Vec<u8>> {
        let path = layout.join(name);
        present.remove(&path);
        fs::read(&path).with_context(|| format!("`{}` is missing", path.display()))
    };
    let marker: Value = serde_json::from_slice(&take("oci-layout")?)?;
    ensure!(marker["imageLayoutVersion"] == "1.0.0", "{marker}");
    let index: Value = serde_json::from_slice(&take("index.json")?)?;
    let mut pending: Vec<Value> = array(&index["manifests"])?.clone();
    let root = text(&pending.first().context("no image")?["digest"])?;
    while let Some(descriptor) = pending.pop() {
        let digest = text(&descriptor["digest"])?;
        let bytes = take(&format!("blobs/{}", digest.replace(':', "/")))?;
        let actual = format!("sha256:{}", digest_of(&bytes));
        ensure!(actual == digest, "blob `{digest}` has the digest {actual}");
        ensure!(
            descriptor["size"] == bytes.len(),
            "blob `{digest}` has the wrong size"
        );
        if text(&descriptor["mediaType"])?.contains("manifest") {
            let manifest: Value = serde_json::from_slice(&bytes)?;
            pending.push(manifest["config"].clone());
            pending.extend(array(&manifest["layers"])?.clone());
        }
    }
    ensure!(present.is_empty(), "nothing names {present:?}");
    Ok(Some(root))
}

fn array(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("not a list")
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("not a text")?.to_owned())
}

/// The files below a directory, which may not exist.
pub fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                pending.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Every file below a directory with its bytes, by its path in there.
pub fn contents(directory: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    files_below(directory)?
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path)?;
            Ok((path.strip_prefix(directory)?.to_owned(), bytes))
        })
        .collect()
}

fn digest_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layout with one manifest, whose configuration and one layer are the same empty document.
    fn layout(place: &Path) -> PathBuf {
        let (root, blobs) = (place.join("layout"), place.join("layout/blobs/sha256"));
        fs::create_dir_all(&blobs).unwrap();
        let put = |bytes: &str| {
            let name = digest_of(bytes.as_bytes());
            fs::write(blobs.join(&name), bytes).unwrap();
            serde_json::json!({ "mediaType": "x", "digest": format!("sha256:{name}"), "size": bytes.len() })
        };
        let leaf = put("{}");
        let manifest = serde_json::json!({ "config": leaf, "layers": [leaf] }).to_string();
        let mut top = put(&manifest);
        top["mediaType"] = "application/vnd.oci.image.manifest.v1+json".into();
        let index = serde_json::json!({ "manifests": [top] }).to_string();
        fs::write(root.join("index.json"), index).unwrap();
        fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        root
    }

    #[test]
    fn a_layout_is_whole_only_with_every_blob_and_nothing_more() -> Result<()> {
        let place = tempfile::tempdir()?;
        assert_eq!(whole_layout(&place.path().join("layout"))?, None);
        let root = layout(place.path());
        let digest = whole_layout(&root)?.context("it is there")?;
        assert!(digest.starts_with("sha256:"), "{digest}");

        let leaf = root.join("blobs/sha256").join(digest_of(b"{}"));
        fs::write(&leaf, "[]")?;
        assert!(whole_layout(&root).is_err(), "a changed blob");
        fs::remove_file(&leaf)?;
        assert!(whole_layout(&root).is_err(), "a missing blob");
        fs::write(&leaf, "{}")?;
        assert!(whole_layout(&root).is_ok());
        fs::write(root.join("blobs/sha256/.wpimg-abcdef.partial"), "{")?;
        assert!(whole_layout(&root).is_err(), "a leftover");
        Ok(())
    }

    #[test]
    fn a_cache_is_whole_only_if_its_files_are_what_they_are_called() -> Result<()> {
        let place = tempfile::tempdir()?;
        let put = |name: &str, bytes: &str| -> Result<()> {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().context("below the cache")?)?;
            Ok(fs::write(path, bytes)?)
        };
        put("tmp/whatever", "half")?;
        let name = format!("blobs/sha256/ab/{}", digest_of(b"layer"));
        put(&name, "layer")?;
        put("layers/ab/abcd.json", "{}")?;
        expect_whole_cache(place.path())?;
        assert_eq!(
            filled_parts(place.path())?,
            BTreeSet::from(["blobs", "layers"])
        );
        put(&name, "lay")?;
        assert!(expect_whole_cache(place.path()).is_err());
        put(&name, "layer")?;
        put("layers/ab/abcd.json", "{")?;
        assert!(expect_whole_cache(place.path()).is_err());
        Ok(())
    }
}
