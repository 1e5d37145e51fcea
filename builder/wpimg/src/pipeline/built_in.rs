//! The files that `wpimg` itself brings: `wpimg-init` and the configuration as it lies in `docker/rootfs`.

use thiserror::Error;
use wpimg_assemble::overlay::OverlayFile;
use wpimg_oci::digest::{Digest, Hasher};
use wpimg_oci::platform::Platform;
use wpimg_oci::rootfs::{TreePath, TreePathError};

use crate::embedded::{self, NoEntrypoint};
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::recipe::{FileEntry, FileSource, Recipe};

/// Settings of the recipe's `[php] ini`, read after the image's own.
const RECIPE_INI: &str = "etc/wpimg/php.d/95-recipe.ini";

/// A built-in file cannot be put into the image.
#[derive(Debug, Error)]
pub(crate) enum BuiltInError {
    #[error(transparent)]
    NoEntrypoint(#[from] NoEntrypoint),
    #[error("the recipe names the built-in file `{path}`, which there is not")]
    NoSuchFile { path: String },
    #[error("`{path}` cannot be a path in an image")]
    Path {
        path: String,
        #[source]
        source: TreePathError,
    },
}

impl Hint for BuiltInError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoEntrypoint(error) => error.hint(),
            Self::NoSuchFile { .. } => Some("the one built-in tree is `rootfs`".to_owned()),
            Self::Path { .. } => Some("choose another `target` for it".to_owned()),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::NoEntrypoint(error) => error.exit_status(),
            Self::NoSuchFile { .. } | Self::Path { .. } => ExitStatus::Usage,
        }
    }
}

/// Collects the files, in the order in which they are laid over the packages.
pub(super) fn collect(
    recipe: &Recipe,
    platform: Platform,
) -> Result<Vec<OverlayFile>, BuiltInError> {
    let mut files = Vec::new();
    for entry in &recipe.files {
        if let FileSource::BuiltIn { path } = &entry.source {
            add_tree(entry, path.as_str(), &mut files)?;
        }
    }
    if let Some(php) = recipe.php.as_ref().filter(|php| !php.ini.is_empty()) {
        let lines = php
            .ini
            .iter()
            .map(|(name, value)| format!("{name} = {value}\n"));
        let text = lines.collect::<String>();
        files.push(file(RECIPE_INI, text.into_bytes(), 0o644)?);
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

fn add_tree(
    entry: &FileEntry,
    source: &str,
    files: &mut Vec<OverlayFile>,
) -> Result<(), BuiltInError> {
    let no_such = || BuiltInError::NoSuchFile {
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
        let file = file(&target, bytes.to_vec(), *mode)?;
        files.push(OverlayFile {
            mode: entry.mode.map_or(file.mode, |mode| mode.0),
            uid: entry.owner.user,
            gid: entry.owner.group,
            ..file
        });
    }
    if files.len() == before {
        Err(no_such())
    } else {
        Ok(())
    }
}

fn file(path: &str, bytes: Vec<u8>, mode: u32) -> Result<OverlayFile, BuiltInError> {
    let parsed: TreePath =
        path.trim_start_matches('/')
            .parse()
            .map_err(|source| BuiltInError::Path {
                path: path.to_owned(),
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
