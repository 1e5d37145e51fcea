//! What lies in a directory in which `wpimg init` is run: a WordPress site or a Bedrock project.
//!
//! Only directories that matter are listed, only the beginnings of files are read, and symbolic
//! links are not followed. What cannot be read is listed rather than an error, for a recipe with a
//! gap is a better start than none. Nothing found here is trusted by a build.

mod bedrock;
mod extensions;
mod listing;

use std::path::{Path, PathBuf};

use thiserror::Error;

use self::listing::Listing;
pub use self::{
    bedrock::{Bedrock, Installed},
    extensions::{FoundMuPlugin, FoundPlugin, FoundTheme, Provenance},
    listing::ListError,
};
use crate::wordpress::WordPress;

/// Files that WordPress loads from `wp-content` itself (`_get_dropins()`).
const DROP_INS: [&str; 11] = [
    "advanced-cache.php",
    "blog-deleted.php",
    "blog-inactive.php",
    "blog-suspended.php",
    "db-error.php",
    "db.php",
    "fatal-error-handler.php",
    "install.php",
    "maintenance.php",
    "object-cache.php",
    "sunrise.php",
];

/// Everything that was found. Paths are relative to the directory and use `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    pub layout: Layout,
    /// The WordPress that lies there; Bedrock has one only after `composer install`.
    pub core: Option<WordPress>,
    pub plugins: Vec<FoundPlugin>,
    pub themes: Vec<FoundTheme>,
    pub mu_plugins: Vec<FoundMuPlugin>,
    /// Drop-ins of `wp-content`, by path.
    pub drop_ins: Vec<String>,
    /// What could not be looked at, and symbolic links, which were not followed.
    pub passed_over: Vec<PathBuf>,
}

/// How the project is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// WordPress and its content as they lie on a server.
    WordPress,
    /// Only a content directory: `plugins`, `themes`, `mu-plugins`.
    Content,
    Bedrock(Bedrock),
    /// The directory is itself a plugin.
    Plugin,
    /// The directory is itself a theme.
    Theme,
    /// Nothing that wpimg knows.
    Unknown,
}

/// The directory could not be looked at.
#[derive(Debug, Error)]
#[error("could not look into `{}`", path.display())]
pub struct DetectError {
    pub path: PathBuf,
    #[source]
    pub source: ListError,
}

/// Looks into `directory`.
pub fn detect(directory: &Path) -> Result<Detected, DetectError> {
    let mut listing = Listing::open(directory).map_err(|source| DetectError {
        path: directory.to_owned(),
        source,
    })?;
    let layout = layout(&mut listing);
    let (core_directory, content) = match &layout {
        Layout::WordPress => ("", Some(content_paths("wp-content"))),
        Layout::Content => ("", Some(content_paths(""))),
        Layout::Bedrock(bedrock) => (bedrock.core.as_str(), Some(bedrock.content_paths())),
        Layout::Plugin | Layout::Theme | Layout::Unknown => ("", None),
    };
    let version_file = join(core_directory, "wp-includes/version.php");
    let core = listing
        .head(&version_file)
        .and_then(|text| WordPress::from_version_file(&text));
    let mut detected = Detected {
        core,
        plugins: Vec::new(),
        themes: Vec::new(),
        mu_plugins: Vec::new(),
        drop_ins: Vec::new(),
        passed_over: Vec::new(),
        layout,
    };
    if let Some(paths) = content {
        let managed = match &detected.layout {
            Layout::Bedrock(bedrock) => bedrock.managed.as_slice(),
            _ => &[],
        };
        detected.plugins = extensions::plugins(&mut listing, &paths.plugins, managed);
        detected.themes = extensions::themes(&mut listing, &paths.themes, managed);
        detected.mu_plugins = extensions::mu_plugins(&mut listing, &paths.mu_plugins, managed);
        let present = listing.children(&paths.root);
        detected.drop_ins = present
            .into_iter()
            .filter(|child| !child.is_directory && DROP_INS.contains(&child.name.as_str()))
            .map(|child| join(&paths.root, &child.name))
            .collect();
    }
    detected.passed_over = listing.passed_over();
    Ok(detected)
}

/// Where content lies.
pub(crate) struct ContentPaths {
    root: String,
    plugins: String,
    themes: String,
    mu_plugins: String,
}

fn content_paths(root: &str) -> ContentPaths {
    ContentPaths {
        root: root.to_owned(),
        plugins: join(root, "plugins"),
        themes: join(root, "themes"),
        mu_plugins: join(root, "mu-plugins"),
    }
}

fn layout(listing: &mut Listing) -> Layout {
    if let Some(bedrock) = Bedrock::find(listing) {
        return Layout::Bedrock(bedrock);
    }
    let names = listing.children("");
    let has = |name: &str| {
        names
            .iter()
            .any(|child| child.is_directory && child.name == name)
    };
    if has("wp-includes") || has("wp-content") {
        Layout::WordPress
    } else if has("plugins") || has("themes") || has("mu-plugins") {
        Layout::Content
    } else if extensions::theme_at(listing, "").is_some() {
        Layout::Theme
    } else if extensions::main_file(listing, "").is_some() {
        Layout::Plugin
    } else {
        Layout::Unknown
    }
}

/// Joins relative paths; the empty path is the directory itself.
fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}
