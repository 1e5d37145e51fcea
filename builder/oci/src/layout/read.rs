//! Reading a layout directory: its index, and blobs that are verified as they are read.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use oci_spec::image::OciLayout;

use super::{
    INDEX_FILE, LARGEST_DOCUMENT, LAYOUT_FILE, LAYOUT_VERSION, LayoutError, LayoutWriter,
    SHA256_DIRECTORY, blob_name, blobs::Blobs, closure::Closure,
};
use crate::{
    annotation,
    digest::{Digest, VerifyingReader},
    image::{Descriptor, Index, Manifest},
    json,
    platform::Platform,
};

/// An OCI layout directory that has been opened.
#[derive(Debug)]
pub struct Layout {
    root: PathBuf,
    index: Index,
    blobs: Blobs,
}

/// An image manifest inside a layout, with the descriptor that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedImage {
    pub descriptor: Descriptor,
    pub manifest: Manifest,
}

impl Layout {
    /// Opens the layout at `root`; blobs are not looked into yet.
    pub fn open(root: &Path) -> Result<Self, LayoutError> {
        check_marker(root)?;
        let index = Index::from_slice(&read_file(root, INDEX_FILE)?).map_err(|source| {
            LayoutError::Document {
                name: INDEX_FILE.to_owned(),
                source,
            }
        })?;
        Ok(Self {
            blobs: list_blobs(root)?,
            root: root.to_owned(),
            index,
        })
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Returns where the blob lies, whether or not it is there.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.root.join(blob_name(digest))
    }

    /// Returns the entry of `index.json` that has `name`, or without one the only entry.
    pub fn resolve(&self, name: Option<&str>) -> Result<&Descriptor, LayoutError> {
        let named = |descriptor: &&Descriptor| match name {
            None => true,
            Some(name) => descriptor
                .annotations
                .get(annotation::REF_NAME)
                .is_some_and(|n| n == name),
        };
        let found: Vec<_> = self.index.manifests.iter().filter(named).collect();
        match (found.as_slice(), name) {
            ([descriptor], _) => Ok(descriptor),
            ([], Some(name)) => Err(LayoutError::UnknownName {
                path: self.root.clone(),
                name: name.to_owned(),
            }),
            (found, _) => Err(LayoutError::Ambiguous {
                path: self.root.clone(),
                count: found.len(),
            }),
        }
    }

    /// Returns every image the index reaches, having checked that all their blobs are there.
    pub fn images(&self) -> Result<Vec<LocatedImage>, LayoutError> {
        let closure = Closure::of(&self.index, &self.blobs)?;
        let located = |(descriptor, manifest)| LocatedImage {
            descriptor,
            manifest,
        };
        Ok(closure.images.into_iter().map(located).collect())
    }

    /// Returns the image for `platform`; an image that names no platform serves any.
    pub fn image(&self, platform: Platform) -> Result<LocatedImage, LayoutError> {
        let mut images = self.images()?;
        images.retain(|image| match &image.descriptor.platform {
            Some(named) => named.supported() == Some(platform),
            None => true,
        });
        let path = self.root.clone();
        match images.len() {
            0 => Err(LayoutError::UnknownPlatform { path, platform }),
            1 => Ok(images.remove(0)),
            count => Err(LayoutError::Ambiguous { path, count }),
        }
    }

    /// Returns the bytes of a manifest, index or config, verified.
    pub fn read_document(&self, digest: &Digest) -> Result<Vec<u8>, LayoutError> {
        self.blobs.read_document(digest)
    }

    /// Returns a reader that fails at its end unless the blob is what `descriptor` says.
    pub fn open_blob(&self, descriptor: &Descriptor) -> Result<VerifyingReader<File>, LayoutError> {
        let path = self.blob_path(&descriptor.digest);
        match File::open(&path) {
            Ok(file) => Ok(VerifyingReader::new(
                file,
                descriptor.digest,
                descriptor.size,
            )),
            Err(source) => Err(LayoutError::Read { path, source }),
        }
    }

    /// Hashes every blob the index reaches.
    pub fn verify(&self) -> Result<(), LayoutError> {
        let closure = Closure::of(&self.index, &self.blobs)?;
        for digest in closure.blobs.keys() {
            self.blobs.verify(digest)?;
        }
        Ok(())
    }

    /// Returns a writer that has this layout's blobs, to write it in another form.
    pub fn to_writer(&self) -> LayoutWriter {
        LayoutWriter {
            blobs: self.blobs.clone(),
        }
    }
}

/// Checks that the directory says of itself that it is a layout of the version we know.
pub(super) fn check_marker(root: &Path) -> Result<(), LayoutError> {
    let marker: OciLayout =
        json::from_slice(&read_file(root, LAYOUT_FILE)?).map_err(|_| LayoutError::NotALayout {
            path: root.to_owned(),
            missing: LAYOUT_FILE,
        })?;
    if marker.image_layout_version() == LAYOUT_VERSION {
        return Ok(());
    }
    Err(LayoutError::Version {
        path: root.to_owned(),
        version: marker.image_layout_version().chars().take(100).collect(),
    })
}

/// Reads a file at the top of a layout, of which a missing one means that this is no layout.
fn read_file(root: &Path, name: &'static str) -> Result<Vec<u8>, LayoutError> {
    let path = root.join(name);
    let mut bytes = Vec::new();
    let result =
        File::open(&path).and_then(|file| file.take(LARGEST_DOCUMENT + 1).read_to_end(&mut bytes));
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LayoutError::NotALayout {
            path: root.to_owned(),
            missing: name,
        }),
        Err(source) => Err(LayoutError::Read { path, source }),
        Ok(count) if count as u64 > LARGEST_DOCUMENT => Err(LayoutError::TooLarge {
            name: path.display().to_string(),
            size: count as u64,
            limit: LARGEST_DOCUMENT,
        }),
        Ok(_) => Ok(bytes),
    }
}

/// Lists blobs by name and size; anything else in the directory is nobody's business.
fn list_blobs(root: &Path) -> Result<Blobs, LayoutError> {
    let directory = root.join(SHA256_DIRECTORY);
    let failed = |source| LayoutError::Read {
        path: directory.clone(),
        source,
    };
    let mut blobs = Blobs::default();
    let entries = match fs::read_dir(&directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(blobs),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let digest = entry
            .file_name()
            .to_str()
            .and_then(|name| Digest::from_hex(name).ok());
        let metadata = entry.path().metadata().map_err(failed)?;
        if let (Some(digest), true) = (digest, metadata.is_file()) {
            blobs.add_file(digest, metadata.len(), entry.path());
        }
    }
    Ok(blobs)
}
