//! Writes the finished images where the user asked: a layout, an archive, the Docker Engine.

use thiserror::Error;
use wpimg_oci::annotation;
use wpimg_oci::digest::Digest;
use wpimg_oci::image::{Descriptor, Index};
use wpimg_oci::layout::{DockerCompat, LayoutError, LayoutWriter, Outcome};
use wpimg_oci::media_type;

use super::image::BuiltImage;
use super::tools::Tools;
use crate::blocking::blocking;
use crate::cache::{Bucket, Cache};
use crate::docker::{self, Daemon};
use crate::error_report::{Failure, Hint};
use crate::settings::Output;

/// The images of a build, ready to be written in any form.
pub(crate) struct Written {
    writer: LayoutWriter,
    index: Index,
    /// Of the image, or of the image index when there are several platforms.
    pub(crate) digest: Digest,
    /// The image for the machine's own Docker Engine, by architecture.
    manifests: Vec<(String, Digest)>,
    pub(crate) tags: Vec<String>,
}

/// The disk changed a layer after it was written.
#[derive(Debug, Error)]
#[error("layer `{digest}` in the cache is damaged and was thrown away")]
struct DamagedLayer {
    digest: Digest,
    #[source]
    source: LayoutError,
}

impl Hint for DamagedLayer {
    fn hint(&self) -> Option<String> {
        Some("run the same command again; it builds what is missing".to_owned())
    }
}

/// Throws a damaged layer out of the cache, so that the next build makes it anew.
fn failure(error: LayoutError, cache: &Cache) -> Failure {
    let Some(digest) = error.damaged_blob() else {
        return error.into();
    };
    cache.remove(Bucket::Blobs, &digest);
    DamagedLayer {
        digest,
        source: error,
    }
    .into()
}

/// Collects the images under one digest. `tags` name them in an archive and in the engine.
pub(crate) fn collect(
    images: &[BuiltImage],
    tags: Vec<String>,
    tools: &Tools,
) -> Result<Written, Failure> {
    let mut writer = LayoutWriter::new();
    let mut descriptors = Vec::new();
    for image in images {
        for layer in &image.layers {
            let Some(path) = tools.cache.get(Bucket::Blobs, &layer.digest, layer.size) else {
                continue; // the writer names a blob that is missing
            };
            writer.add_blob_file(layer.digest, layer.size, path);
        }
        writer.add_blob(image.config.as_bytes());
        writer.add_blob(image.manifest.as_bytes());
        descriptors.push(image.descriptor().with_platform(image.platform));
    }
    // The tag alone, as buildx writes it: tools name an image of a layout `PATH:TAG`.
    let reference = tags
        .first()
        .map_or("latest", |tag| docker::split_tag(tag).1);
    let (root, digest) = match descriptors.as_slice() {
        [only] => (only.clone(), only.digest),
        _ => {
            let bytes = Index::new(descriptors).to_bytes()?;
            let digest = writer.add_blob(bytes.as_slice());
            (
                Descriptor::new(media_type::IMAGE_INDEX, digest, bytes.len() as u64),
                digest,
            )
        }
    };
    let root = root.with_annotation(annotation::REF_NAME, reference);
    let manifests = images
        .iter()
        .map(|image| (image.platform.architecture().to_owned(), image.digest()))
        .collect();
    Ok(Written {
        writer,
        index: Index::new(vec![root]),
        digest,
        manifests,
        tags,
    })
}

impl Written {
    /// Writes the layout or archive.
    pub(crate) fn write(&self, output: &Output, tools: &Tools) -> Result<(), Failure> {
        let said = self.write_to(output);
        let said = said.map_err(|error| failure(error, &tools.cache))?;
        tools
            .report
            .status(said, &format!("{}", output.path().display()));
        Ok(())
    }

    fn write_to(&self, output: &Output) -> Result<&'static str, LayoutError> {
        Ok(match output {
            Output::Directory(path) => match self.writer.write_directory(&self.index, path)? {
                Outcome::Created | Outcome::Replaced => "Wrote",
                Outcome::Unchanged => "Unchanged",
            },
            Output::Archive(path) => {
                let docker = self.manifests.first().map(|(_, manifest)| DockerCompat {
                    manifest: *manifest,
                    repository_tags: self.tags.clone(),
                });
                self.writer
                    .write_archive_file(&self.index, docker.as_ref(), path)?;
                "Wrote"
            }
        })
    }

    /// The image an engine of this architecture runs; the first one if there is none for it.
    fn manifest_for(&self, architecture: &str) -> Option<&(String, Digest)> {
        let of = self.manifests.iter().find(|(name, _)| name == architecture);
        of.or(self.manifests.first())
    }
}

/// Streams the image for the engine's architecture into it.
pub(crate) async fn load(written: &Written, daemon: &Daemon, tools: &Tools) -> Result<(), Failure> {
    let architecture = daemon.architecture().await?;
    let Some((built_for, manifest)) = written.manifest_for(&architecture).cloned() else {
        return Ok(());
    };
    if built_for != architecture {
        tools.report.warning(&format!(
            "the daemon runs on {architecture} and gets an image for {built_for}; \
             build with `--platform linux/{architecture}`"
        ));
    }
    let (mut sink, chunks) = docker::pipe();
    let (writer, tags) = (written.writer.clone(), written.tags.clone());
    let streaming = blocking(move || {
        writer.docker_archive(&manifest, &tags, &mut sink)?;
        // If the daemon stopped listening, its own answer says why.
        let _ = sink.finish();
        Ok::<(), LayoutError>(())
    });
    let (streamed, loaded) = tokio::join!(streaming, daemon.load(chunks, &written.tags));
    // A layer that cannot be read is why the daemon got half an archive.
    streamed.map_err(|error| failure(error, &tools.cache))?;
    loaded?;
    tools.report.status("Loaded", &written.tags.join(", "));
    Ok(())
}
