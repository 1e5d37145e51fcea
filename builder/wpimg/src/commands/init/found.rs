//! What lies in a directory, as far as a recipe can name it.

use wpimg_site::detect::{Detected, Installed, Layout, Provenance};
use wpimg_site::header::Facts;

/// The parts of a site. All paths are relative to the recipe.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The version of the WordPress that lies there.
    pub(super) core_version: Option<String>,
    pub(super) plugins: Vec<FoundContent>,
    pub(super) themes: Vec<FoundContent>,
    pub(super) mu_plugins: Vec<FoundContent>,
    /// Files that WordPress loads from `wp-content` itself, such as `object-cache.php`.
    pub(super) drop_ins: Vec<String>,
    pub(super) bedrock: Option<FoundBedrock>,
}

/// A plugin or theme.
#[derive(Debug)]
pub(super) struct FoundContent {
    /// As its author calls it.
    pub(super) title: Option<String>,
    /// The directory or the only file.
    pub(super) path: String,
    /// `None`: not from WordPress.org.
    pub(super) release: Option<FoundRelease>,
}

/// What WordPress.org would be asked for.
#[derive(Debug)]
pub(super) struct FoundRelease {
    pub(super) slug: String,
    pub(super) version: Option<String>,
}

/// A Composer project that brings WordPress, plugins and themes.
#[derive(Debug)]
pub(super) struct FoundBedrock {
    pub(super) path: String,
    pub(super) dependencies: Dependencies,
}

/// Whether `composer install` has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dependencies {
    Installed,
    Missing,
}

impl From<Detected> for Found {
    fn from(detected: Detected) -> Self {
        let plugins = detected.plugins.into_iter();
        let themes = detected.themes.into_iter();
        let mu_plugins = detected.mu_plugins.into_iter();
        Self {
            core_version: detected.core.map(|core| core.version),
            plugins: plugins
                .map(|it| content(it.slug.as_str(), it.path, Some(it.facts), it.provenance))
                .collect(),
            themes: themes
                .map(|it| content(it.slug.as_str(), it.path, Some(it.facts), it.provenance))
                .collect(),
            mu_plugins: mu_plugins
                .map(|it| content(it.slug.as_str(), it.path, it.facts, it.provenance))
                .collect(),
            drop_ins: detected.drop_ins,
            bedrock: match detected.layout {
                Layout::Bedrock(bedrock) => Some(FoundBedrock {
                    path: ".".to_owned(),
                    dependencies: match bedrock.installed {
                        Installed::Yes => Dependencies::Installed,
                        Installed::No => Dependencies::Missing,
                    },
                }),
                _ => None,
            },
        }
    }
}

fn content(slug: &str, path: String, facts: Option<Facts>, provenance: Provenance) -> FoundContent {
    FoundContent {
        title: facts.map(|facts| facts.name),
        path,
        release: match provenance {
            Provenance::Directory { version } => Some(FoundRelease {
                slug: slug.to_owned(),
                version: Some(version),
            }),
            Provenance::Composer { .. } | Provenance::Own => None,
        },
    }
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        let lists = [&self.plugins, &self.themes, &self.mu_plugins];
        self.core_version.is_none()
            && self.bedrock.is_none()
            && self.drop_ins.is_empty()
            && lists.iter().all(|list| list.is_empty())
    }
}
