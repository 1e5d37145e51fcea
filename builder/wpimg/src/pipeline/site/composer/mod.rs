//! A Composer project with its `vendor` directory installed, such as Bedrock.
//!
//! ```text
//! project    how it is laid out, and where its parts lie in the image
//! image      what the image has beside it: settings, and files for PHP and nginx
//! packages   what Composer installed, for the bill of materials
//! ```
//!
//! The project brings WordPress; without it, or without `vendor`, there is an error. `.env` never
//! gets into an image: the project finds the same variables in `$_ENV`, from the settings that
//! `wpimg-init` wrote (`docker/composer/composer.php`).

mod error;
mod image;
mod packages;
mod project;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use wpimg_oci::digest::Digest;
use wpimg_oci::rootfs::{Content as Bytes, TreePath};
use wpimg_site::SiteKind;
use wpimg_site::exclude::Exclude;
use wpimg_site::intake::{Problem, Source};

pub(crate) use error::ComposerError;
pub(crate) use image::complete;
pub(super) use project::Project;

use super::SiteLayer;
use super::intakes::{Intakes, TakeInError};
use super::things::Component;
use crate::recipe::Recipe;
use crate::report::Report;
use crate::report::units::count;
use project::{Configuration, DOCUMENT_ROOT, below, join};

/// Beside a project that is itself the document root: what describes, builds or locks it.
const NOT_SERVED: [&str; 10] = [
    "composer.json",
    "composer.lock",
    "docker-compose.yaml",
    "docker-compose.yml",
    "Dockerfile",
    "package-lock.json",
    "package.json",
    "wp-cli.yml",
    "wpimg.lock",
    "wpimg.toml",
];

/// Puts the project and what belongs to it into the layer.
pub(super) fn lay_out(
    project: &Project,
    recipe: &Recipe,
    (intakes, layer): (&mut Intakes, &mut SiteLayer),
    report: &Report,
) -> Result<Vec<Component>, ComposerError> {
    project.check_installed()?;
    let mut uploaded = 0;
    for part in parts(project)? {
        uploaded += take_in(project, &part, intakes, layer)?;
    }
    let uploads = project.uploads()?;
    if uploaded > 0 {
        let files = count(uploaded, "path");
        report.status(
            "Left out",
            &format!("{files} in /{uploads}, which is a volume"),
        );
    }
    layer.add(uploads, SiteKind::Directory, 0o775, (33, 0), None);
    for (path, text) in image::files(project, recipe)? {
        let digest = Digest::of(text.as_bytes());
        let content = SiteKind::File(Bytes::from(text.as_str()));
        layer.add(path, content, 0o644, (0, 0), Some(digest));
    }
    if let (Some(web), Ok(link)) = (project.link_target(), DOCUMENT_ROOT.parse()) {
        layer.add(link, SiteKind::Symlink(web), 0o777, (0, 0), None);
    }
    packages::components(project, report)
}

/// Moves what was laid where WordPress usually has it to where the project has it.
pub(super) fn relocate(project: &Project, layer: &mut SiteLayer) -> Result<(), ComposerError> {
    let moved = |path: &TreePath| -> Result<Option<TreePath>, ComposerError> {
        let Some(rest) = below(path.as_str(), DOCUMENT_ROOT).filter(|rest| !rest.is_empty()) else {
            return Ok(None);
        };
        match below(rest, "wp-content") {
            Some(of_content) => project
                .in_image(&join(&project.content, of_content))
                .map(Some),
            None => project.in_image(&join(&project.web, rest)).map(Some),
        }
    };
    let items = std::mem::take(&mut layer.items);
    for (path, item) in items {
        let path = moved(&path)?.unwrap_or(path);
        layer.items.insert(path, item);
    }
    Ok(())
}

/// What decides [`relocate`].
pub(super) fn relocation(project: &Project) -> serde_json::Value {
    serde_json::json!({ "web": project.web, "content": project.content })
}

/// The folders and files of the project that go into the image, none inside another.
fn parts(project: &Project) -> Result<Vec<String>, ComposerError> {
    let mut wanted: Vec<String> = Vec::new();
    if project.web.is_empty() {
        wanted.extend(served(&project.directory)?);
    } else {
        wanted.push(project.web.clone());
    }
    wanted.push(project.vendor.clone());
    wanted.push("config".to_owned());
    wanted.extend(project.loaded.iter().cloned());
    wanted.retain(|part| project.directory.join(part).exists());
    wanted.sort();
    wanted.dedup();
    let all = wanted.clone();
    wanted.retain(|part| {
        let is_above = |other: &&String| *other != part && below(part, other).is_some();
        !all.iter().any(|other| is_above(&other))
    });
    Ok(wanted)
}

/// What lies directly in a project that is the document root and may be asked for.
fn served(directory: &Path) -> Result<Vec<String>, ComposerError> {
    let failed = |source| ComposerError::Read {
        path: directory.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for child in fs::read_dir(directory).map_err(failed)? {
        let child = child.map_err(failed)?;
        let name = child.file_name().to_string_lossy().into_owned();
        // An image that an earlier build wrote is no part of the next one.
        let is_image = child.path().join("oci-layout").exists();
        if !name.starts_with('.') && !NOT_SERVED.contains(&name.as_str()) && !is_image {
            names.push(name);
        }
    }
    Ok(names)
}

/// Takes one part in; the number of uploads that stay behind.
fn take_in(
    project: &Project,
    part: &str,
    intakes: &mut Intakes,
    layer: &mut SiteLayer,
) -> Result<usize, ComposerError> {
    let path = project.directory.join(part);
    let kept: &[&str] = match project.configuration {
        Configuration::Project => &["wp-config.php"],
        Configuration::Image => &[],
    };
    // A name is always a pattern.
    let exclude = Exclude::with_kept(kept).unwrap_or_default();
    let is_file = path.is_file();
    let source = if is_file {
        Source::File(path)
    } else {
        Source::Directory(path)
    };
    let intake = match intakes.take_in(&source, exclude) {
        Ok(intake) => intake,
        Err(TakeInError::Intake(error)) if matches!(error.problem, Problem::Empty) => return Ok(0),
        Err(error) => return Err(error.into()),
    };
    let own_configuration = join(&project.web, "wp-config.php");
    let uploads = join(&project.content, "uploads");
    let mut uploaded = 0;
    for entry in intake.entries {
        let path = if is_file {
            part.to_owned()
        } else {
            join(part, entry.path.as_str())
        };
        if below(&path, &uploads).is_some() {
            uploaded += usize::from(!entry.is_directory());
            continue;
        }
        if path == own_configuration && project.configuration == Configuration::Image {
            continue;
        }
        let digest = entry.content().and_then(|bytes| intakes.sink.digest(bytes));
        let path = project.in_image(&path)?;
        layer.add(path, entry.kind, entry.mode, (0, 0), digest);
    }
    Ok(uploaded)
}
