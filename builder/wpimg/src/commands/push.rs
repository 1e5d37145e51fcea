//! `wpimg push` and `wpimg copy`: images to registries; the digest is the result.

use std::path::Path;

use serde::Serialize;
use thiserror::Error;
use wpimg_oci::layout::Layout;
use wpimg_registry::{CopyRequest, PushReport, Reference, Repository};

use crate::{
    cache::Cache,
    cli::{CopyArgs, DestinationArgs, Format, PushArgs},
    commands::{Context, promote},
    error_report::{CommandResult, Failure, Hint},
    exit_status::ExitStatus,
    github,
    pipeline::publish::{self, Destination},
    registries::{self, MissingRepository},
    report::json_text,
};

/// The digest could not be kept in the file that was named for it.
#[derive(Debug, Error)]
#[error("could not write the digest to `{}`", path.display())]
pub(crate) struct DigestFileError {
    path: std::path::PathBuf,
    #[source]
    source: std::io::Error,
}

impl Hint for DigestFileError {
    fn hint(&self) -> Option<String> {
        Some("the image was pushed; run the same command again for its digest".to_owned())
    }
}

/// `wpimg push --format json`, and of `copy`.
#[derive(Serialize)]
struct PushDocument<'a> {
    schema: &'static str,
    repository: String,
    digest: String,
    tags: &'a [String],
    blobs_sent: usize,
    bytes_sent: u64,
    blobs_skipped: usize,
    blobs_mounted: usize,
}

/// Sends a layout.
pub(crate) async fn push(arguments: PushArgs, context: &Context) -> CommandResult {
    let layout = Layout::open(&arguments.layout)?;
    let destination = destination(&arguments.reference, None)?;
    let registry = registries::open(&context.environment)?;
    let missing = arguments.destination.missing();
    let to = (&registry, missing);
    let pushed = publish::push_layout(&layout, &destination, to, &context.report).await?;
    finish(&pushed, &destination, &arguments.destination, context)
}

/// Sends what is in another repository.
pub(crate) async fn copy(arguments: CopyArgs, context: &Context) -> CommandResult {
    let from: Reference = arguments.from.parse()?;
    let destination = destination(&arguments.to, from.tag())?;
    let registry = registries::open(&context.environment)?;
    let cache = Cache::open(&context.settings.cache_directory)?;
    let request = CopyRequest {
        from: from.clone(),
        to: destination.repository.clone(),
        tags: destination.tags.clone(),
        spool: cache.temporary_directory(),
    };
    let request = registry.copy_request(&request, &()).await?;
    let missing = arguments.destination.missing();
    let pushed = registries::push(&registry, &request, missing, &context.report).await?;
    publish::say(&pushed, &destination.repository, &context.report);
    let places = (&registry, &context.report);
    let spool = cache.temporary_directory();
    promote::attached(&from, &destination.repository, &spool, places).await;
    finish(&pushed, &destination, &arguments.destination, context)
}

/// A reference as a place to push to; one without a tag gets `tag`, or none if it has a digest.
fn destination(text: &str, tag: Option<&str>) -> Result<Destination, Failure> {
    let reference: Reference = text.parse()?;
    let repository: Repository = reference.repository().clone();
    let tag = reference.tag().or(tag);
    Ok(Destination {
        tags: tag.map(str::to_owned).into_iter().collect(),
        repository,
    })
}

fn finish(
    pushed: &PushReport,
    destination: &Destination,
    arguments: &DestinationArgs,
    context: &Context,
) -> CommandResult {
    let digest = pushed.root.as_ref().map(|root| root.digest.to_string());
    let digest = digest.unwrap_or_default();
    if let Some(path) = &arguments.digest_file {
        write_digest(path, &digest)?;
    }
    let reference = format!("{}@{digest}", destination.repository);
    let outputs = [("digest", digest.as_str()), ("reference", &reference)];
    github::write_outputs(&outputs, &context.environment)?;
    let text = match context.settings.format {
        Format::Text => digest,
        Format::Json => json_text(&PushDocument {
            schema: "wpimg/push/1",
            repository: destination.repository.to_string(),
            digest,
            tags: &destination.tags,
            blobs_sent: pushed.blobs_sent,
            bytes_sent: pushed.bytes_sent,
            blobs_skipped: pushed.blobs_skipped,
            blobs_mounted: pushed.blobs_mounted,
        }),
    };
    context.report.data(&text)?;
    Ok(ExitStatus::Success)
}

/// Writes the digest and a line break, whole or not at all.
pub(crate) fn write_digest(path: &Path, digest: &str) -> Result<(), DigestFileError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let write = || {
        let mut file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        std::io::Write::write_all(&mut file, format!("{digest}\n").as_bytes())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| DigestFileError {
        path: path.to_owned(),
        source,
    })
}

impl DestinationArgs {
    pub(crate) fn missing(&self) -> MissingRepository {
        if self.create_repository {
            MissingRepository::Create
        } else {
            MissingRepository::Refuse
        }
    }
}
