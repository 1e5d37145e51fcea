//! `wpimg init`: a recipe to start from, and the schema that explains it.

mod found;
mod recipe_text;

use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use serde::Serialize;
use thiserror::Error;
use wpimg_site::detect::{self, DetectError};

use found::Found;

use crate::{
    cli::{Format, InitArgs},
    commands::Context,
    error_report::{CommandResult, Hint},
    exit_status::ExitStatus,
    recipe::json_schema,
    report::{json_text, units::count},
};

const RECIPE: &str = "wpimg.toml";
const SCHEMA: &str = "wpimg.schema.json";
/// The image's name where the directory's has no letter in it that an image may have.
const NAMELESS: &str = "site";

/// No recipe was written.
#[derive(Debug, Error)]
pub(crate) enum InitError {
    #[error("there is a recipe already: `{}`", path.display())]
    Exists { path: PathBuf },
    #[error(transparent)]
    Look(#[from] DetectError),
    #[error("could not write `{}`", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Hint for InitError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => Some("replace it with `wpimg init --force`".to_owned()),
            Self::Look(_) | Self::Unwritable { .. } => None,
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Exists { .. } | Self::Look(_) => ExitStatus::Usage,
            Self::Unwritable { .. } => ExitStatus::Failure,
        }
    }
}

/// `wpimg init --format json`.
#[derive(Serialize)]
struct InitDocument<'a> {
    schema: &'static str,
    recipe: &'a str,
    plugins: usize,
    themes: usize,
    mu_plugins: usize,
}

/// What is done with a recipe that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Existing {
    Kept,
    Replaced,
}

pub(crate) fn init(arguments: &InitArgs, context: &Context) -> CommandResult {
    if arguments.schema {
        context.report.data(json_schema().trim_end())?;
        return Ok(ExitStatus::Success);
    }
    let directory = context
        .environment
        .working_directory
        .join(&arguments.directory);
    // `/srv/./shop` reads as `/srv/shop`.
    let directory: PathBuf = directory.components().collect();
    let existing = if arguments.force {
        Existing::Replaced
    } else {
        Existing::Kept
    };
    let found = look(&directory)?;
    let recipe = start(&directory, &found, existing)?;
    if !found.is_empty() {
        let (plugins, themes) = (found.plugins.len(), found.themes.len());
        let (plugins, themes) = (count(plugins, "plugin"), count(themes, "theme"));
        context
            .report
            .status("Found", &format!("{plugins}, {themes}"));
    }
    // As it was asked for, so that it can be pasted.
    let shown = arguments.directory.join(RECIPE);
    let shown = shown.strip_prefix(".").unwrap_or(&shown);
    context.report.data(&match context.settings.format {
        Format::Text => shown.display().to_string(),
        Format::Json => json_text(&InitDocument {
            schema: "wpimg/init/1",
            recipe: &recipe.to_string_lossy(),
            plugins: found.plugins.len(),
            themes: found.themes.len(),
            mu_plugins: found.mu_plugins.len(),
        }),
    })?;
    Ok(ExitStatus::Success)
}

/// What lies in the directory already; one that does not exist is empty.
fn look(directory: &Path) -> Result<Found, InitError> {
    if !directory.exists() {
        return Ok(Found::default());
    }
    Ok(detect::detect(directory)?.into())
}

/// Writes the recipe and its schema, and says where the recipe is.
fn start(directory: &Path, found: &Found, existing: Existing) -> Result<PathBuf, InitError> {
    let path = directory.join(RECIPE);
    if existing == Existing::Kept && path.symlink_metadata().is_ok() {
        return Err(InitError::Exists { path });
    }
    let unwritable = |source| InitError::Unwritable {
        path: directory.to_owned(),
        source,
    };
    fs::create_dir_all(directory).map_err(unwritable)?;
    let name = image_name(&fs::canonicalize(directory).map_err(unwritable)?);
    // The recipe last: it names the schema, and it is what a second run looks at.
    write(&directory.join(SCHEMA), &json_schema(), Existing::Replaced)?;
    write(&path, &recipe_text::recipe_text(&name, found), existing)?;
    Ok(path)
}

/// Writes the whole file or nothing.
fn write(path: &Path, text: &str, existing: Existing) -> Result<(), InitError> {
    let unwritable = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists {
            path: path.to_owned(),
        },
        _ => InitError::Unwritable {
            path: path.to_owned(),
            source,
        },
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".wpimg-")
        // What the umask leaves of it, as for a file that an editor writes.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory)
        .map_err(unwritable)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(unwritable)?;
    let kept = match existing {
        Existing::Replaced => file.persist(path),
        Existing::Kept => file.persist_noclobber(path),
    };
    kept.map(drop).map_err(|error| unwritable(error.error))
}

/// The directory's name as far as it can be an image's.
fn image_name(directory: &Path) -> String {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let allowed = |character: char| {
        let lower = character.to_ascii_lowercase();
        if lower.is_ascii_alphanumeric() {
            lower
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(allowed).take(128).collect();
    match name.trim_matches('-') {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
