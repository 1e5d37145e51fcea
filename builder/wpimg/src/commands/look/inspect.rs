//! `wpimg inspect`: what is in an image.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;
use wpimg_inspect::{Image, Report, page, report, reuse};

use super::platform;
use crate::{
    blocking::blocking,
    cache::Cache,
    cli::{Format, InspectArgs},
    commands::Context,
    error_report::{CommandResult, Failure, Hint, writing_hint},
    exit_status::ExitStatus,
    pipeline::subject::{self, Subject},
    registries,
    report::units::{Bytes, count},
};

/// The page could not be written.
#[derive(Debug, Error)]
#[error("could not write the page `{}`", path.display())]
struct PageError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

impl Hint for PageError {
    fn hint(&self) -> Option<String> {
        Some(writing_hint(&self.source))
    }
}

pub(crate) async fn inspect(arguments: InspectArgs, context: &Context) -> CommandResult {
    let registry = registries::open(&context.environment)?;
    let cache = Cache::open(&context.settings.cache_directory)?;
    let places = (&registry, &cache, &context.report);
    let wanted = platform(arguments.platform.as_deref())?;
    let subject = subject::open(&arguments.image, wanted, places).await?;
    let image = read(subject).await?;
    let report = Report::of(&image);
    if let Some(path) = &arguments.html {
        write_page(path, &page::html(&report))?;
        let shown = path.display().to_string();
        context.report.status("Wrote", &shown);
    }
    let top = if arguments.all {
        usize::MAX
    } else {
        report::TOP
    };
    context.report.data(&match context.settings.format {
        Format::Text => report.text(top).trim_end().to_owned(),
        Format::Json => report.json(),
    })?;
    if let Some(other) = &arguments.against {
        let other = subject::open(other, wanted, places).await?;
        let other = read(other).await?;
        let known: Vec<_> = other.layers.iter().map(|layer| layer.digest).collect();
        let reuse = reuse::against(&image, &known);
        let (layers, bytes) = (count(reuse.new_layers, "layer"), Bytes(reuse.new_bytes));
        let kept = count(reuse.reused_layers, "layer");
        let message = format!("{layers} ({bytes}), and reuse {kept}");
        context.report.status("Would push", &message);
    }
    Ok(ExitStatus::Success)
}

/// Reads every layer, away from the threads that serve the network.
pub(super) async fn read(subject: Subject) -> Result<Image, Failure> {
    let read = move || {
        let image = Image::read(&subject.manifest, &subject.blobs);
        image.map_err(|error| {
            Failure::from(error).while_doing(format!("could not look into `{}`", subject.name))
        })
    };
    blocking(read).await
}

/// Writes the page, whole or not at all.
fn write_page(path: &Path, page: &str) -> Result<(), PageError> {
    let failed = |source| PageError {
        path: path.to_owned(),
        source,
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(failed)?;
    fs::write(file.path(), page).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
