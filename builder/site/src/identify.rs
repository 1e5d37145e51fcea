//! Why content is not the plugin, theme or WordPress that it was given as, and what it is instead.

use std::{fmt, io};

use thiserror::Error;
use wpimg_oci::rootfs::TreePath;

use crate::{
    entry::{SiteEntry, find},
    header::{Facts, Header},
    intake::Intake,
    slug::{Slug, SlugError},
};

/// Files asked for a header; a plugin has a handful of PHP files beside its main file.
const MOST_ASKED: usize = 500;

/// Content is not what it was given as.
#[derive(Debug, Error)]
pub enum IdentifyError {
    #[error("`{origin}` is not a {wanted}: {}", missing(*wanted, looked_at))]
    Other {
        origin: String,
        wanted: Wanted,
        /// The files that could have been it.
        looked_at: Vec<TreePath>,
        /// What it is instead, as far as that can be told.
        instead: Option<Instead>,
    },
    #[error("`{origin}` is not WordPress: it lacks {}", list(missing))]
    NotWordPress {
        origin: String,
        missing: Vec<String>,
        instead: Option<Instead>,
    },
    #[error("`{origin}` is WordPress, but `wp-includes/version.php` does not say which version")]
    NoVersion { origin: String },
    #[error("`{origin}` has no name that could be a directory of the site")]
    Name {
        origin: String,
        #[source]
        source: SlugError,
    },
    #[error("could not read `{path}` of `{origin}` back")]
    Read {
        origin: String,
        path: TreePath,
        #[source]
        source: io::Error,
    },
}

/// What content was given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Plugin,
    Theme,
    MuPlugin,
}

/// What content is instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instead {
    Plugin(String),
    Theme(String),
    WordPress,
    /// It is what was wanted, but in this directory.
    Below(TreePath),
    /// Several of what was wanted, each in its directory.
    Several(Vec<TreePath>),
}

impl IdentifyError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let (origin, instead) = match self {
            Self::Other {
                origin, instead, ..
            }
            | Self::NotWordPress {
                origin, instead, ..
            } => (origin, instead.as_ref()),
            Self::NoVersion { .. } => {
                return Some("take WordPress from its release again".to_owned());
            }
            Self::Name { .. } => {
                return Some("give it one in `wpimg.toml`: `name = \"…\"`".to_owned());
            }
            Self::Read { .. } => return None,
        };
        Some(match instead? {
            Instead::Plugin(name) => {
                format!("this is the plugin `{name}`: list it under `[[plugin]]` in `wpimg.toml`")
            }
            Instead::Theme(name) => {
                format!("this is the theme `{name}`: list it under `[[theme]]` in `wpimg.toml`")
            }
            Instead::WordPress => {
                "this is WordPress itself: name it under `[wordpress]` in `wpimg.toml`".to_owned()
            }
            Instead::Below(directory) => format!(
                "it lies deeper, in `{directory}`: unpack `{origin}` and give that directory in \
                 `wpimg.toml`"
            ),
            Instead::Several(directories) => format!(
                "there are several inside: unpack `{origin}` and list {} one by one in \
                 `wpimg.toml`",
                list(directories)
            ),
        })
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Plugin => "plugin",
            Self::Theme => "theme",
            Self::MuPlugin => "must-use plugin",
        })
    }
}

fn missing(wanted: Wanted, looked_at: &[TreePath]) -> String {
    match (wanted, looked_at) {
        (Wanted::Plugin | Wanted::MuPlugin, []) => "there is no PHP file at its root".to_owned(),
        (Wanted::Plugin, files) => format!("no `Plugin Name:` at the top of {}", list(files)),
        (Wanted::Theme, []) => "there is no `style.css` at its root".to_owned(),
        (Wanted::Theme, _) => "no `Theme Name:` at the top of `style.css`".to_owned(),
        (Wanted::MuPlugin, files) => {
            format!("nothing says which of {} is to be loaded", list(files))
        }
    }
}

/// Names the first few.
fn list<T: fmt::Display>(items: &[T]) -> String {
    const SHOWN: usize = 4;
    let mut text: Vec<_> = items
        .iter()
        .take(SHOWN)
        .map(|item| format!("`{item}`"))
        .collect();
    if items.len() > SHOWN {
        text.push(format!("{} more", items.len() - SHOWN));
    }
    text.join(", ")
}

impl Intake {
    /// Returns the directory name of what was taken in: the archive's top directory, else the name
    /// of the archive or directory.
    pub(crate) fn slug(&self) -> Result<Slug, IdentifyError> {
        let name = self.top.as_ref().unwrap_or(&self.stem);
        name.parse().map_err(|source| IdentifyError::Name {
            origin: self.origin.clone(),
            source,
        })
    }

    pub(crate) fn header(&self, entry: &SiteEntry) -> Result<Option<Header>, IdentifyError> {
        let Some(content) = entry.content() else {
            return Ok(None);
        };
        let header = Header::read(content).map_err(|source| IdentifyError::Read {
            origin: self.origin.clone(),
            path: entry.path.clone(),
            source,
        })?;
        Ok(Some(header))
    }

    /// Returns the PHP files that lie `depth` directories down.
    pub(crate) fn php_files(&self, depth: usize) -> impl Iterator<Item = &SiteEntry> {
        let is_php = |path: &TreePath| path.as_str().to_ascii_lowercase().ends_with(".php");
        let lies_there = move |entry: &&SiteEntry| {
            entry.content().is_some()
                && is_php(&entry.path)
                && entry.path.components().count() == depth + 1
        };
        self.entries.iter().filter(lies_there).take(MOST_ASKED)
    }

    pub(crate) fn plugin_at(&self, entry: &SiteEntry) -> Result<Option<Facts>, IdentifyError> {
        Ok(self
            .header(entry)?
            .and_then(|header| Facts::of_plugin(&header)))
    }

    pub(crate) fn theme_at(&self, path: &str) -> Result<Option<Facts>, IdentifyError> {
        let Some(entry) = find(&self.entries, path) else {
            return Ok(None);
        };
        Ok(self
            .header(entry)?
            .and_then(|header| Facts::of_theme(&header)))
    }

    /// Finds out what this is, given that it is not `wanted`.
    pub(crate) fn instead_of(&self, wanted: Wanted) -> Result<Option<Instead>, IdentifyError> {
        if find(&self.entries, "wp-includes/version.php").is_some() {
            return Ok(Some(Instead::WordPress));
        }
        if let Some(theme) = self.theme_at("style.css")? {
            return Ok(Some(Instead::Theme(theme.name)));
        }
        for entry in self.php_files(0) {
            if let Some(plugin) = self.plugin_at(entry)? {
                return Ok(Some(Instead::Plugin(plugin.name)));
            }
        }
        // Two directories down is as far as archives of archives go.
        for depth in 1..=2 {
            let mut found = match wanted {
                Wanted::Plugin | Wanted::MuPlugin => self.plugins_below(depth)?,
                Wanted::Theme => self.themes_below(depth)?,
            };
            found.dedup();
            match found.len() {
                0 => {}
                1 => return Ok(found.pop().map(Instead::Below)),
                _ => return Ok(Some(Instead::Several(found))),
            }
        }
        Ok(None)
    }

    fn plugins_below(&self, depth: usize) -> Result<Vec<TreePath>, IdentifyError> {
        let mut found = Vec::new();
        for entry in self.php_files(depth) {
            if self.plugin_at(entry)?.is_some() {
                found.extend(entry.path.parent());
            }
        }
        Ok(found)
    }

    fn themes_below(&self, depth: usize) -> Result<Vec<TreePath>, IdentifyError> {
        let mut found = Vec::new();
        let styles = self.entries.iter().filter(|entry| {
            entry.path.file_name() == "style.css" && entry.path.components().count() == depth + 1
        });
        for entry in styles.take(MOST_ASKED) {
            if self.theme_at(entry.path.as_str())?.is_some() {
                found.extend(entry.path.parent());
            }
        }
        Ok(found)
    }
}
