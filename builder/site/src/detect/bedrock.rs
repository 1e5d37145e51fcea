//! A Bedrock project: WordPress as a dependency of Composer, content beside it.
//!
//! The shape is read from `composer.json` (`extra.wordpress-install-dir`, `extra.installer-paths`,
//! both of composer/installers and roots/wordpress-core-installer), and where that says nothing it
//! is Bedrock's own. A path that is absolute or climbs out is not believed.

use serde_json::Value;
use wpimg_oci::rootfs::TreePath;

use super::{ContentPaths, extensions::Managed, join, listing::Listing};

const LARGEST_COMPOSER_FILE: u64 = 1 << 20;

/// Where things are in a Bedrock project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bedrock {
    /// The document root.
    pub web: String,
    /// Where WordPress is installed to.
    pub core: String,
    pub plugins: String,
    pub themes: String,
    pub mu_plugins: String,
    /// What `composer.json` requires as WordPress, as it is written there.
    pub core_requirement: Option<String>,
    /// `composer install` has run: there is a `vendor/autoload.php`.
    pub installed: Installed,
    pub(super) managed: Vec<Managed>,
}

/// Whether the dependencies are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    Yes,
    No,
}

impl Bedrock {
    pub(super) fn find(listing: &mut Listing) -> Option<Self> {
        let text = listing.read("composer.json", LARGEST_COMPOSER_FILE)?;
        let composer: Value = serde_json::from_slice(&text).ok()?;
        let extra = &composer["extra"];
        let has_configuration = listing.head("config/application.php").is_some();
        let stated_core = extra["wordpress-install-dir"].as_str().and_then(relative);
        let installs = |kind| installer_path(extra, kind);
        let plugins = installs("type:wordpress-plugin");
        if stated_core.is_none() && !(has_configuration && plugins.is_some()) {
            return None;
        }
        let core = stated_core.unwrap_or_else(|| "web/wp".to_owned());
        let web = core.rsplit_once('/').map_or("", |(web, _)| web).to_owned();
        let below = |name: &str| join(&web, &format!("app/{name}"));
        Some(Self {
            plugins: plugins.unwrap_or_else(|| below("plugins")),
            themes: installs("type:wordpress-theme").unwrap_or_else(|| below("themes")),
            mu_plugins: installs("type:wordpress-muplugin").unwrap_or_else(|| below("mu-plugins")),
            core_requirement: core_requirement(&composer["require"]),
            installed: match listing.head("vendor/autoload.php") {
                Some(_) => Installed::Yes,
                None => Installed::No,
            },
            managed: managed(&composer["require"]),
            web,
            core,
        })
    }

    pub(super) fn content_paths(&self) -> ContentPaths {
        ContentPaths {
            root: self
                .plugins
                .rsplit_once('/')
                .map_or("", |(root, _)| root)
                .to_owned(),
            plugins: self.plugins.clone(),
            themes: self.themes.clone(),
            mu_plugins: self.mu_plugins.clone(),
        }
    }
}

/// Returns the directory that packages of `kind` are installed to.
fn installer_path(extra: &Value, kind: &str) -> Option<String> {
    let paths = extra["installer-paths"].as_object()?;
    let is_for = |kinds: &Value| {
        let mut kinds = kinds.as_array().into_iter().flatten();
        kinds.any(|one| one.as_str() == Some(kind))
    };
    let (path, _) = paths
        .iter()
        .find(|(path, kinds)| is_for(kinds) && path.contains("{$name}"))?;
    relative(path.trim_end_matches('/').strip_suffix("{$name}")?)
}

/// Returns `path` if it stays in the project.
fn relative(path: &str) -> Option<String> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let path: TreePath = path.parse().ok()?;
    Some(path.to_string())
}

fn core_requirement(require: &Value) -> Option<String> {
    [
        "roots/wordpress",
        "johnpbloch/wordpress",
        "roots/wordpress-no-content",
    ]
    .iter()
    .find_map(|package| require[package].as_str())
    .map(str::to_owned)
}

/// Returns the packages, each with the name of its directory.
fn managed(require: &Value) -> Vec<Managed> {
    let packages = require
        .as_object()
        .into_iter()
        .flat_map(|packages| packages.keys());
    packages
        .filter_map(|package| {
            let (_, name) = package.split_once('/')?;
            Some((package.clone(), name.to_owned()))
        })
        .collect()
}
