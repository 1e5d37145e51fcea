//! What `[[files]]` adds: a file, or a directory with all that is in it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;
use wpimg_oci::rootfs::TreePathError;
use wpimg_site::SiteKind;
use wpimg_site::exclude::Exclude;
use wpimg_site::intake::{ContentSink as _, SinkError, Source};

use super::SiteLayer;
use super::intakes::{Intakes, TakeInError};
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::recipe::{FileEntry, FileSource, Recipe};

/// A file of the recipe cannot be put into the image.
#[derive(Debug, Error)]
pub(crate) enum SiteFileError {
    #[error("could not read `{}`, which the recipe puts at `{target}`", path.display())]
    Unreadable {
        path: PathBuf,
        target: String,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is neither a file nor a directory", path.display())]
    Special { path: PathBuf },
    #[error("`{}` is a link, which may lead out of the recipe's folder", path.display())]
    Link { path: PathBuf },
    #[error("`{path}` cannot be a path in an image")]
    Target {
        path: String,
        #[source]
        source: TreePathError,
    },
    #[error("could not keep what is in `{}`", path.display())]
    Keep {
        path: PathBuf,
        #[source]
        source: SinkError,
    },
    #[error(transparent)]
    TakeIn(#[from] TakeInError),
}

impl Hint for SiteFileError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => {
                Some("paths under `[[files]]` are relative to the recipe".to_owned())
            }
            Self::Special { .. } => {
                Some("links and sockets are not copied; name the file".to_owned())
            }
            Self::Link { .. } => Some("name the folder or file that it leads to".to_owned()),
            Self::Target { .. } => Some("choose another `target` for it".to_owned()),
            Self::Keep { .. } => Some(
                "free some space there, or name a larger disk with `--cache-dir PATH`".to_owned(),
            ),
            Self::TakeIn(error) => error.hint(),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Keep { .. } => ExitStatus::Failure,
            Self::Unreadable { .. }
            | Self::Special { .. }
            | Self::Link { .. }
            | Self::Target { .. } => ExitStatus::Usage,
            Self::TakeIn(error) => error.exit_status(),
        }
    }
}

/// Takes in the recipe's files, later ones over earlier ones.
pub(super) fn collect(
    recipe: &Recipe,
    intakes: &mut Intakes,
    layer: &mut SiteLayer,
) -> Result<(), SiteFileError> {
    for entry in &recipe.files {
        if let FileSource::Directory { directory, path } = &entry.source {
            let source = without_links(directory, path.as_str())?;
            take_in(entry, &source, intakes, layer)?;
        }
    }
    Ok(())
}

fn take_in(
    entry: &FileEntry,
    source: &Path,
    intakes: &mut Intakes,
    layer: &mut SiteLayer,
) -> Result<(), SiteFileError> {
    let unreadable = |cause| SiteFileError::Unreadable {
        path: source.to_owned(),
        target: entry.target.to_string(),
        source: cause,
    };
    let metadata = fs::symlink_metadata(source).map_err(unreadable)?;
    let mut add = |path: &str, kind: SiteKind, mode: u32, digest| {
        let path = path.trim_matches('/');
        let target = path.parse().map_err(|cause| SiteFileError::Target {
            path: path.to_owned(),
            source: cause,
        })?;
        let mode = match (&kind, entry.mode) {
            (SiteKind::File(_), Some(mode)) => mode.0,
            _ => mode,
        };
        let owner = (entry.owner.user, entry.owner.group);
        layer.add(target, kind, mode, owner, digest);
        Ok(())
    };
    let target = entry.target.as_str();
    if metadata.is_file() {
        let mut file = File::open(source).map_err(unreadable)?;
        let content = intakes.sink.store(&mut file);
        let content = content.map_err(|cause| SiteFileError::Keep {
            path: source.to_owned(),
            source: cause,
        })?;
        // The umask of whoever checked the file out must not decide the digest.
        let executable = metadata.permissions().mode() & 0o111 != 0;
        let mode = if executable { 0o755 } else { 0o644 };
        let digest = intakes.sink.digest(&content);
        return add(target, SiteKind::File(content), mode, digest);
    }
    if !metadata.is_dir() {
        return Err(SiteFileError::Special {
            path: source.to_owned(),
        });
    }
    let intake = intakes.take_in(&Source::Directory(source.to_owned()), Exclude::default())?;
    if !target.trim_matches('/').is_empty() {
        add(target, SiteKind::Directory, 0o755, None)?;
    }
    for found in intake.entries {
        let digest = found
            .content()
            .and_then(|content| intakes.sink.digest(content));
        let path = format!("{target}/{}", found.path);
        add(&path, found.kind, found.mode, digest)?;
    }
    Ok(())
}

/// Joins the two, refusing a link on the way: a checkout of somebody else's must not reach for files
/// beside it.
pub(super) fn without_links(directory: &Path, path: &str) -> Result<PathBuf, SiteFileError> {
    let mut source = directory.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        source.push(part);
        // What does not exist is named by whoever opens it.
        if fs::symlink_metadata(&source).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(SiteFileError::Link { path: source });
        }
    }
    Ok(source)
}
