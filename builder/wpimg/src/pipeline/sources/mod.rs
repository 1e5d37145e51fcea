//! Site content from the network: which files a recipe names, and what they are pinned to.
//!
//! Releases of WordPress.org are named by a path there, so that a lock holds no host; everything
//! else by its address. A file whose digest is known, from the lock or the recipe, is fetched once
//! and kept in the cache; one that nobody has pinned yet is fetched by every build, and says so.

mod error;
mod fetch;

pub(crate) use error::SourceError;
pub(crate) use fetch::{fetch, fetch_locked};

use std::path::PathBuf;

use serde_json::json;
use wpimg_oci::digest::Digest;

use crate::fetch::Url;
use crate::lock::{Lock, LockedSource, SourceKind};
use crate::recipe::{Content, ContentKind, ContentSource, Recipe, Sha256, WordPressSource};

/// A file that the recipe names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) kind: SourceKind,
    /// As messages and the lock call it: a slug, or the last part of the address.
    pub(crate) name: String,
    pub(crate) version: Wanted,
    sha256: Option<Digest>,
}

/// What of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The newest release of WordPress.org.
    Newest,
    /// This release of WordPress.org; WordPress itself may come in a language.
    Release {
        version: String,
        locale: Option<String>,
    },
    Address(Url),
}

/// Everything from the network that the recipe names, in its order.
pub(crate) fn of_recipe(recipe: &Recipe) -> Vec<Remote> {
    let mut remotes = Vec::new();
    match &recipe.wordpress.source {
        WordPressSource::None | WordPressSource::Debian | WordPressSource::Path(_) => {}
        WordPressSource::Release {
            version,
            sha256: digest,
        } => remotes.push(Remote {
            kind: SourceKind::Wordpress,
            name: "wordpress".to_owned(),
            version: Wanted::Release {
                version: version.to_string(),
                locale: recipe.wordpress.locale.as_ref().map(ToString::to_string),
            },
            sha256: digest.as_ref().and_then(pinned),
        }),
        WordPressSource::Download(download) => remotes.push(Remote {
            kind: SourceKind::Wordpress,
            name: "wordpress".to_owned(),
            version: Wanted::Address(download.url().clone()),
            sha256: download.sha256().as_ref().and_then(pinned),
        }),
    }
    for (kind, contents) in [
        (ContentKind::Plugin, &recipe.plugins),
        (ContentKind::Theme, &recipe.themes),
        (ContentKind::MuPlugin, &recipe.mu_plugins),
    ] {
        remotes.extend(
            contents
                .iter()
                .filter_map(|content| of_content(kind, content)),
        );
    }
    remotes
}

/// The file that a plugin or theme comes in, if it comes from the network.
pub(crate) fn of_content(kind: ContentKind, content: &Content) -> Option<Remote> {
    let kind = match kind {
        ContentKind::Plugin => SourceKind::Plugin,
        ContentKind::Theme => SourceKind::Theme,
        ContentKind::MuPlugin => SourceKind::MuPlugin,
    };
    match &content.source {
        ContentSource::Path(_) => None,
        ContentSource::Directory { slug, version } => Some(Remote {
            kind,
            name: slug.to_string(),
            version: match version {
                None => Wanted::Newest,
                Some(version) => Wanted::Release {
                    version: version.to_string(),
                    locale: None,
                },
            },
            sha256: None,
        }),
        ContentSource::Download(download) => {
            let url = download.url();
            let last = url.path_segments().and_then(|mut parts| parts.next_back());
            let name = content.name.as_ref().map(ToString::to_string);
            Some(Remote {
                kind,
                name: name.unwrap_or_else(|| last.unwrap_or(url.as_str()).to_owned()),
                version: Wanted::Address(url.clone()),
                sha256: download.sha256().as_ref().and_then(pinned),
            })
        }
    }
}

fn pinned(sha256: &Sha256) -> Option<Digest> {
    Digest::from_hex(&sha256.to_string()).ok()
}

/// What of the recipe's sources decides a lock.
pub(crate) fn inputs(recipe: &Recipe) -> serde_json::Value {
    let remote = |remote: Remote| {
        let wanted = match &remote.version {
            Wanted::Newest => json!("newest"),
            Wanted::Release { version, locale } => json!({ "version": version, "locale": locale }),
            Wanted::Address(url) => json!({ "url": url.as_str() }),
        };
        json!({
            "kind": remote.kind.as_str(),
            "name": remote.name,
            "wanted": wanted,
            "sha256": remote.sha256.map(|digest| digest.to_string()),
        })
    };
    of_recipe(recipe).into_iter().map(remote).collect()
}

impl Remote {
    /// The same thing in a lock.
    pub(crate) fn locked_in<'a>(&self, lock: &'a Lock) -> Option<&'a LockedSource> {
        let mut sources = lock.sources.iter();
        sources.find(|source| source.kind == self.kind && source.name == self.name)
    }

    /// Whether what was locked is still what the recipe asks for.
    pub(crate) fn still_means(&self, locked: &LockedSource) -> bool {
        let same_place = match &self.version {
            Wanted::Newest => !locked.url.contains("://"),
            Wanted::Release { version, locale } => {
                locked.url == release_path(self, version, locale.as_deref())
            }
            Wanted::Address(url) => locked.url == url.as_str(),
        };
        same_place && self.sha256.is_none_or(|digest| digest == locked.sha256)
    }
}

/// The file a locked source has in a vendor directory.
pub(crate) fn vendored_name(locked: &LockedSource) -> PathBuf {
    let file = locked.url.rsplit('/').next().unwrap_or_default();
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-._".contains(*c);
    let file: String = file.chars().filter(plain).take(100).collect();
    PathBuf::from("sources").join(format!("{}-{file}", &locked.sha256.hex()[..12]))
}

fn release_path(remote: &Remote, version: &str, locale: Option<&str>) -> String {
    let name = &remote.name;
    match (remote.kind, locale) {
        (SourceKind::Wordpress, None) => format!("release/wordpress-{version}.tar.gz"),
        (SourceKind::Wordpress, Some(locale)) => {
            format!("release/{locale}/wordpress-{version}.tar.gz")
        }
        (SourceKind::Theme, _) => format!("theme/{name}.{version}.zip"),
        (SourceKind::Plugin | SourceKind::MuPlugin, _) => format!("plugin/{name}.{version}.zip"),
    }
}
