//! The files that come from outside the packages: `wpimg-init`, the built-in configuration, and
//! what the recipe adds.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;
use wpimg_assemble::overlay::OverlayFile;
use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::platform::Platform;
use wpimg_oci::rootfs::{TreePath, TreePathError};

use crate::embedded::{self, NoEntrypoint};
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::recipe::{FileEntry, FileSource, Recipe};

/// A file of the recipe cannot be put into the image.
#[derive(Debug, Error)]
pub(super) enum SiteFileError {
    #[error(transparent)]
    NoEntrypoint(#[from] NoEntrypoint),
    #[error("could not read `{}`, which the recipe puts at `{target}`", path.display())]
    Unreadable {
        path: PathBuf,
        target: String,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is neither a file nor a directory", path.display())]
    Special { path: PathBuf },
    #[error("`{}` cannot have its name in an image", path.display())]
    Name {
        path: PathBuf,
        #[source]
        source: TreePathError,
    },
    #[error("`{}` is a link, which may lead out of the recipe's folder", path.display())]
    Link { path: PathBuf },
    #[error("the name `{}` is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("the recipe names the built-in file `{path}`, which there is not")]
    NoBuiltIn { path: String },
}

impl Hint for SiteFileError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoEntrypoint(error) => error.hint(),
            Self::Unreadable { .. } => {
                Some("paths under `[[files]]` are relative to the recipe".to_owned())
            }
            Self::Special { .. } => {
                Some("links and sockets are not copied; name the file".to_owned())
            }
            Self::Link { .. } => Some("name the folder or file that it leads to".to_owned()),
            Self::NotUtf8 { .. } | Self::Name { .. } => {
                Some("rename the file: names in an image are UTF-8".to_owned())
            }
            Self::NoBuiltIn { .. } => Some("the one built-in tree is `rootfs`".to_owned()),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::NoEntrypoint(error) => error.exit_status(),
            Self::Unreadable { .. }
            | Self::Special { .. }
            | Self::Link { .. }
            | Self::NotUtf8 { .. }
            | Self::Name { .. }
            | Self::NoBuiltIn { .. } => ExitStatus::Usage,
        }
    }
}

/// Settings of the recipe's `[php] ini`, read after the image's own.
const RECIPE_INI: &str = "etc/wpimg/php.d/95-recipe.ini";

/// Collects the files, in the order in which they are laid over the packages.
pub(super) fn collect(
    recipe: &Recipe,
    platform: Platform,
) -> Result<Vec<OverlayFile>, SiteFileError> {
    let mut files = Vec::new();
    for entry in &recipe.files {
        match &entry.source {
            FileSource::BuiltIn { path } => built_in(entry, path.as_str(), &mut files)?,
            FileSource::Directory { directory, path } => {
                let source = without_links(directory, path.as_str())?;
                tree(entry, &source, entry.target.as_str(), &mut files)?;
            }
        }
    }
    if let Some(php) = recipe.php.as_ref().filter(|php| !php.ini.is_empty()) {
        let lines = php
            .ini
            .iter()
            .map(|(name, value)| format!("{name} = {value}\n"));
        files.push(file(
            RECIPE_INI,
            lines.collect::<String>().into_bytes(),
            0o644,
        )?);
    }
    let entrypoint = embedded::entrypoint(platform)?.to_vec();
    files.push(file(embedded::ENTRYPOINT_PATH, entrypoint, 0o755)?);
    Ok(files)
}

/// One digest over all files: paths, modes, owners and contents.
pub(super) fn digest(files: &[OverlayFile]) -> Digest {
    let mut hasher = Hasher::new();
    for file in files {
        let OverlayFile {
            path,
            bytes,
            mode,
            uid,
            gid,
        } = file;
        let contents = Digest::of(bytes);
        hasher.update(format!("{path}\0{mode:o}\0{uid}\0{gid}\0{contents}\n").as_bytes());
    }
    hasher.finish()
}

fn built_in(
    entry: &FileEntry,
    source: &str,
    files: &mut Vec<OverlayFile>,
) -> Result<(), SiteFileError> {
    let no_such = || SiteFileError::NoBuiltIn {
        path: source.to_owned(),
    };
    let below = source
        .strip_prefix("rootfs")
        .ok_or_else(no_such)?
        .trim_start_matches('/');
    let before = files.len();
    for (path, mode, bytes) in embedded::ROOTFS {
        let rest = path.strip_prefix(below);
        // A name that only begins alike is another name.
        let whole = |rest: &&str| below.is_empty() || rest.is_empty() || rest.starts_with('/');
        let Some(rest) = rest.filter(whole) else {
            continue;
        };
        let target = joined(entry.target.as_str(), rest.trim_start_matches('/'));
        files.push(owned(entry, file(&target, bytes.to_vec(), *mode)?));
    }
    if files.len() == before {
        Err(no_such())
    } else {
        Ok(())
    }
}

/// Joins the two, refusing a link on the way: a checkout of somebody else's must not reach for files
/// beside it.
fn without_links(directory: &Path, path: &str) -> Result<PathBuf, SiteFileError> {
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

/// Adds a file, or a directory's files sorted by name.
fn tree(
    entry: &FileEntry,
    source: &Path,
    target: &str,
    files: &mut Vec<OverlayFile>,
) -> Result<(), SiteFileError> {
    let unreadable = |cause| SiteFileError::Unreadable {
        path: source.to_owned(),
        target: target.to_owned(),
        source: cause,
    };
    let metadata = fs::symlink_metadata(source).map_err(unreadable)?;
    if metadata.is_dir() {
        let mut names = fs::read_dir(source)
            .and_then(|entries| {
                entries
                    .map(|entry| Ok(entry?.file_name()))
                    .collect::<io::Result<Vec<_>>>()
            })
            .map_err(unreadable)?;
        names.sort();
        for name in names {
            let below = source.join(&name);
            let Some(name) = name.to_str() else {
                return Err(SiteFileError::NotUtf8 { path: below });
            };
            tree(entry, &below, &joined(target, name), files)?;
        }
        return Ok(());
    }
    if !metadata.is_file() {
        return Err(SiteFileError::Special {
            path: source.to_owned(),
        });
    }
    let bytes = fs::read(source).map_err(unreadable)?;
    // The umask of whoever checked the files out must not decide the digest.
    let mode = if metadata.permissions().mode() & 0o111 == 0 {
        0o644
    } else {
        0o755
    };
    let added = file(target, bytes, mode).map_err(|error| match error {
        SiteFileError::Name { source: cause, .. } => SiteFileError::Name {
            path: source.to_owned(),
            source: cause,
        },
        other => other,
    })?;
    files.push(owned(entry, added));
    Ok(())
}

fn owned(entry: &FileEntry, file: OverlayFile) -> OverlayFile {
    OverlayFile {
        mode: entry.mode.map_or(file.mode, |mode| mode.0),
        uid: entry.owner.user,
        gid: entry.owner.group,
        ..file
    }
}

fn file(path: &str, bytes: Vec<u8>, mode: u32) -> Result<OverlayFile, SiteFileError> {
    let parsed: TreePath =
        path.trim_start_matches('/')
            .parse()
            .map_err(|source| SiteFileError::Name {
                path: path.into(),
                source,
            })?;
    Ok(OverlayFile {
        path: parsed,
        bytes: bytes.into(),
        mode,
        uid: 0,
        gid: 0,
    })
}

fn joined(directory: &str, name: &str) -> String {
    match (directory.trim_matches('/'), name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}
