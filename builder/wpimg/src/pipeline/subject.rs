//! An image that is looked at: in a layout on this machine, or in a registry.
//!
//! What lies in a registry is brought into the cache first, every blob checked, so that looking
//! twice fetches once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use futures_util::future::try_join_all;
use thiserror::Error;
use wpimg_inspect::{BlobError, Blobs};
use wpimg_oci::digest::Digest;
use wpimg_oci::image::{Descriptor, Index, Manifest};
use wpimg_oci::layout::Layout;
use wpimg_oci::platform::Platform;
use wpimg_registry::{Reference, Registry, Repository};

use crate::cache::{Bucket, Cache, CacheError};
use crate::error_report::{Failure, Hint};
use crate::exit_status::ExitStatus;
use crate::registries::PushProgress;
use crate::report::Report;

/// An image whose blobs are all on this machine.
pub(crate) struct Subject {
    /// As the user named it.
    pub(crate) name: String,
    /// Of what the name stands for: the image, or the index it is in.
    pub(crate) root: Digest,
    pub(crate) manifest: Vec<u8>,
    pub(crate) blobs: LocalBlobs,
}

/// Blobs in files.
#[derive(Debug, Default)]
pub(crate) struct LocalBlobs {
    paths: BTreeMap<Digest, PathBuf>,
    bytes: BTreeMap<Digest, Vec<u8>>,
}

/// A name stands for nothing that can be looked at.
#[derive(Debug, Error)]
pub(crate) enum SubjectError {
    #[error("`{name}` has no image for {platform}; it has {}", list(available))]
    NoPlatform {
        name: String,
        platform: Platform,
        available: Vec<String>,
    },
    #[error("`{name}` holds no image")]
    Empty { name: String },
    #[error("`{}` is an archive, and only layout directories are looked into", path.display())]
    Archive { path: PathBuf },
}

impl Hint for SubjectError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoPlatform { .. } => "name one of them with `--platform`".to_owned(),
            Self::Empty { .. } => "build it again with `wpimg build`".to_owned(),
            Self::Archive { .. } => {
                "build with `--output` and a name that does not end in .tar".to_owned()
            }
        })
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

fn list(names: &[String]) -> String {
    names.join(", ")
}

impl Blobs for LocalBlobs {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, BlobError> {
        let digest = descriptor.digest;
        if let Some(bytes) = self.bytes.get(&digest) {
            return Ok(Box::new(bytes.as_slice()));
        }
        let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let path = self.paths.get(&digest).ok_or_else(missing);
        let file = path.and_then(File::open);
        let file = file.map_err(|error| BlobError::new(digest, error))?;
        Ok(Box::new(file))
    }
}

impl LocalBlobs {
    pub(crate) fn add(&mut self, digest: Digest, path: PathBuf) {
        self.paths.insert(digest, path);
    }

    /// Adds a small blob that is in memory.
    pub(crate) fn add_bytes(&mut self, bytes: Vec<u8>) {
        self.bytes.insert(Digest::of(&bytes), bytes);
    }
}

/// Finds the image: a layout directory if there is one of that name, else a reference.
///
/// Of several platforms the one that is asked for, else this machine's, else the first.
pub(crate) async fn open(
    name: &str,
    platform: Option<Platform>,
    (registry, cache, report): (&Registry, &Cache, &Report),
) -> Result<Subject, Failure> {
    let path = Path::new(name);
    if path.is_dir() {
        return of_layout(name, &Layout::open(path)?, platform);
    }
    if path.is_file() {
        return Err(SubjectError::Archive {
            path: path.to_owned(),
        }
        .into());
    }
    let reference: Reference = name.parse()?;
    let top = registry.manifest(&reference, &[]).await?;
    let root = top.descriptor.digest;
    let repository = reference.repository();
    let manifest = match Index::from_slice(&top.bytes) {
        Ok(index) => {
            let chosen = choose(name, &index.manifests, platform)?;
            let image = repository.at_digest(chosen.digest);
            registry.manifest(&image, &[]).await?.bytes.to_vec()
        }
        Err(_) => top.bytes.to_vec(),
    };
    let blobs = fetch_blobs(&manifest, repository, (registry, cache, report)).await?;
    Ok(Subject {
        name: name.to_owned(),
        root,
        manifest,
        blobs,
    })
}

fn of_layout(name: &str, layout: &Layout, platform: Option<Platform>) -> Result<Subject, Failure> {
    let images = layout.images()?;
    let descriptors: Vec<Descriptor> = images
        .iter()
        .map(|image| image.descriptor.clone())
        .collect();
    let chosen = choose(name, &descriptors, platform)?;
    let mut blobs = LocalBlobs::default();
    for image in images.iter().filter(|image| image.descriptor == chosen) {
        let parts = std::iter::once(&image.manifest.config).chain(&image.manifest.layers);
        for part in parts {
            blobs.add(part.digest, layout.blob_path(&part.digest));
        }
    }
    let root = layout.resolve(None).map(|root| root.digest);
    Ok(Subject {
        name: name.to_owned(),
        root: root.unwrap_or(chosen.digest),
        manifest: layout.read_document(&chosen.digest)?,
        blobs,
    })
}

fn choose(
    name: &str,
    images: &[Descriptor],
    wanted: Option<Platform>,
) -> Result<Descriptor, SubjectError> {
    let platform_of = |image: &Descriptor| image.platform.as_ref()?.supported();
    let of = |platform: Platform| {
        let mut images = images.iter();
        images.find(|image| platform_of(image) == Some(platform))
    };
    let found = match wanted {
        Some(platform) => {
            // A single image that names no platform is for whoever asks.
            let only = images
                .first()
                .filter(|only| images.len() == 1 && only.platform.is_none());
            let found = of(platform).or(only);
            return found.cloned().ok_or_else(|| SubjectError::NoPlatform {
                name: name.to_owned(),
                platform,
                available: images
                    .iter()
                    .filter_map(platform_of)
                    .map(|platform| platform.to_string())
                    .collect(),
            });
        }
        None => of_this_machine().and_then(of).or_else(|| images.first()),
    };
    found.cloned().ok_or_else(|| SubjectError::Empty {
        name: name.to_owned(),
    })
}

fn of_this_machine() -> Option<Platform> {
    match std::env::consts::ARCH {
        "x86_64" => Some(Platform::LINUX_AMD64),
        "aarch64" => Some(Platform::LINUX_ARM64),
        _ => None,
    }
}

async fn fetch_blobs(
    manifest: &[u8],
    repository: &Repository,
    (registry, cache, report): (&Registry, &Cache, &Report),
) -> Result<LocalBlobs, Failure> {
    let mut blobs = LocalBlobs::default();
    // What is no manifest is named by whoever reads it.
    let Ok(manifest) = Manifest::from_slice(manifest) else {
        return Ok(blobs);
    };
    let progress = PushProgress::new(report.clone());
    let parts = std::iter::once(&manifest.config).chain(&manifest.layers);
    let fetched = parts.map(|part| fetch_blob(part, repository, registry, cache, &progress));
    let fetched = try_join_all(fetched).await;
    progress.finish();
    for (digest, path) in fetched? {
        blobs.add(digest, path);
    }
    Ok(blobs)
}

async fn fetch_blob(
    part: &Descriptor,
    repository: &Repository,
    registry: &Registry,
    cache: &Cache,
    progress: &PushProgress,
) -> Result<(Digest, PathBuf), Failure> {
    if let Some(path) = cache.get(Bucket::Blobs, &part.digest, part.size) {
        return Ok((part.digest, path));
    }
    let unwritable = |path: &Path, source| CacheError::Write {
        path: path.to_owned(),
        source,
    };
    let directory = cache.temporary_directory();
    let file = tempfile::tempfile_in(&directory).map_err(|error| unwritable(&directory, error))?;
    let mut kept = file
        .try_clone()
        .map_err(|error| unwritable(&directory, error))?;
    let mut sink = tokio::fs::File::from_std(file);
    registry.blob(repository, part, &mut sink, progress).await?;
    let failed = tokio::io::AsyncWriteExt::flush(&mut sink).await;
    failed.map_err(|error| unwritable(&directory, error))?;
    let path = crate::blocking::blocking({
        let cache = cache.clone();
        move || {
            let mut writer = cache.writer(Bucket::Blobs)?;
            writer.append_file(&mut kept)?;
            writer.commit()
        }
    })
    .await?;
    Ok((part.digest, path))
}
