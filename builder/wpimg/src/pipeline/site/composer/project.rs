//! How a Composer project is laid out on disk, and where its parts lie in an image.
//!
//! ```text
//! project            image                       where `html` is, what is not a part
//! web/               /var/www/web                /var/www/html -> web
//! web/wp  web/app    /var/www/web/wp  …/app
//! config/  vendor/   /var/www/config  …/vendor   tests/, .env, Dockerfile …: not in the image
//! ```
//!
//! The document root keeps its name, because Bedrock's `config/application.php` finds it as
//! `dirname(__DIR__) . '/web'`, and WordPress compares paths that PHP has resolved with those. Where
//! the project itself is the document root, it lies in `/var/www/html`. Beside the document root,
//! only `vendor`, `config` and what `composer.json` loads (`autoload`) are parts.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use wpimg_oci::rootfs::TreePath;
use wpimg_site::detect::{self, Layout};

use super::ComposerError;
use crate::pipeline::site::files::without_links;
use crate::recipe::Composer;

/// Above the document root of a project that has one.
const PARENT: &str = "var/www";
/// Where everything else in the image expects the document root.
pub(super) const DOCUMENT_ROOT: &str = wpimg_assemble::wordpress::DOCUMENT_ROOT;

const LARGEST_COMPOSER_FILE: u64 = 1 << 20;
const LARGEST_SCRIPT: u64 = 1 << 20;
/// More names than any project has variables.
const MOST_VARIABLES: usize = 100;

/// A project that is to be put into an image. Paths are relative to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    pub(super) directory: PathBuf,
    /// The document root; empty: the project itself.
    pub(super) web: String,
    pub(super) core: String,
    pub(super) content: String,
    pub(super) vendor: String,
    /// What `composer.json` loads beside these.
    pub(super) loaded: Vec<String>,
    pub(super) configuration: Configuration,
    /// Variables that `.env.example` names.
    pub(super) variables: Vec<String>,
}

/// Which `wp-config.php` the image has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Configuration {
    /// The project's: code that loads the configuration from elsewhere, as in Bedrock.
    Project,
    /// The image's, since the project's is absent or names the database of one installation.
    Image,
}

impl Project {
    /// Looks at the project, installed or not.
    pub(crate) fn read(composer: &Composer) -> Result<Self, ComposerError> {
        let directory = without_links(&composer.path.directory, composer.path.path.as_str())?;
        if !directory.is_dir() {
            return Err(ComposerError::NotADirectory { path: directory });
        }
        let manifest = directory.join("composer.json");
        let Layout::Bedrock(found) = detect::detect(&directory)?.layout else {
            return Err(ComposerError::NoWordPress { path: manifest });
        };
        let composer: Value = text(&manifest, LARGEST_COMPOSER_FILE)?
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let content = parent(&found.plugins).to_owned();
        // WordPress with its content inside, as on any server: it is the document root.
        let web = match below(&content, &found.core) {
            Some(_) => found.core.clone(),
            None => found.web,
        };
        for path in [&found.themes, &found.mu_plugins, &found.plugins] {
            if below(path, &web).is_none() {
                let (path, web) = (path.clone(), web);
                return Err(ComposerError::Outside { path, web });
            }
        }
        let vendor = composer["config"]["vendor-dir"].as_str();
        let project = Self {
            configuration: configuration(&directory.join(&web).join("wp-config.php"))?,
            loaded: loaded(&composer["autoload"]),
            variables: variables(&directory.join(".env.example"))?,
            vendor: vendor
                .and_then(inside)
                .unwrap_or_else(|| "vendor".to_owned()),
            core: found.core,
            content,
            web,
            directory,
        };
        for path in [&project.web, &project.core, &project.content] {
            check_plain(path)?;
        }
        Ok(project)
    }

    /// Refuses a project whose dependencies are not there.
    pub(super) fn check_installed(&self) -> Result<(), ComposerError> {
        let autoload = format!("{}/autoload.php", self.vendor);
        let version = join(&self.core, "wp-includes/version.php");
        for missing in [autoload, version] {
            if !self.directory.join(&missing).is_file() {
                let path = self.directory.clone();
                return Err(ComposerError::NotInstalled { path, missing });
            }
        }
        Ok(())
    }

    /// Where a path of the project lies in the image.
    pub(super) fn in_image(&self, path: &str) -> Result<TreePath, ComposerError> {
        let root = if self.web.is_empty() {
            DOCUMENT_ROOT
        } else {
            PARENT
        };
        let full = format!("{root}/{path}");
        full.trim_end_matches('/')
            .parse()
            .map_err(|_| ComposerError::Name {
                path: path.to_owned(),
            })
    }

    pub(super) fn document_root(&self) -> Result<TreePath, ComposerError> {
        self.in_image(&self.web)
    }

    /// Where the usual document root leads to, if it is not this project's.
    pub(super) fn link_target(&self) -> Option<String> {
        let is_other = !self.web.is_empty() && self.web != "html";
        is_other.then(|| self.web.clone())
    }

    /// What WordPress writes to.
    pub(super) fn uploads(&self) -> Result<TreePath, ComposerError> {
        self.in_image(&join(&self.content, "uploads"))
    }

    /// The path of an address: `/wp`, empty where WordPress is the document root.
    pub(super) fn core_address(&self) -> String {
        self.address(&self.core)
    }

    /// `/app`, `/wp-content`.
    pub(super) fn content_address(&self) -> String {
        self.address(&self.content)
    }

    fn address(&self, path: &str) -> String {
        match below(path, &self.web) {
            None | Some("") => String::new(),
            Some(rest) => format!("/{rest}"),
        }
    }
}

/// What follows `directory` in `path`: empty for the directory itself.
pub(super) fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(directory)?;
    rest.is_empty().then_some("").or(rest.strip_prefix('/'))
}

pub(super) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The path if it stays in the project.
fn inside(path: &str) -> Option<String> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    path.parse::<TreePath>().ok().map(|path| path.to_string())
}

/// These stand in the configuration of nginx and PHP, where other characters have a meaning.
fn check_plain(path: &str) -> Result<(), ComposerError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if path.len() <= 60 && path.bytes().all(plain) {
        return Ok(());
    }
    Err(ComposerError::Name {
        path: path.to_owned(),
    })
}

/// The folders and files of `autoload`: `psr-4`, `psr-0`, `classmap` and `files`.
fn loaded(autoload: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    let mut pending = vec![autoload];
    while let Some(value) = pending.pop() {
        match value {
            Value::String(path) => paths.extend(inside(path)),
            Value::Array(values) => pending.extend(values),
            Value::Object(values) => {
                let read = values
                    .iter()
                    .filter(|(key, _)| *key != "exclude-from-classmap");
                pending.extend(read.map(|(_, value)| value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    paths.sort();
    paths.dedup();
    paths
}

/// A `wp-config.php` that names the password's constant configures one installation.
fn configuration(path: &Path) -> Result<Configuration, ComposerError> {
    Ok(match text(path, LARGEST_SCRIPT)? {
        Some(text) if !text.contains("DB_PASSWORD") => Configuration::Project,
        Some(_) | None => Configuration::Image,
    })
}

/// The names of a file that tells developers which variables there are; its values are examples.
fn variables(path: &Path) -> Result<Vec<String>, ComposerError> {
    let text = text(path, LARGEST_COMPOSER_FILE)?.unwrap_or_default();
    let is_name = |name: &&str| {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        (1..=60).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(allowed)
            && !name.starts_with("WPIMG_")
            && !name.starts_with("WORDPRESS_")
            && !name.ends_with("_FILE")
            && *name != "PATH"
    };
    let names = text.lines().filter_map(|line| {
        // An optional variable stands there commented out.
        let line = line.trim_start_matches(['#', ' ', '\t']);
        let (name, _) = line.split_once('=')?;
        let name = name.trim();
        Some(name.strip_prefix("export ").unwrap_or(name).trim())
    });
    let mut names: Vec<String> = names.filter(is_name).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names.truncate(MOST_VARIABLES);
    Ok(names)
}

/// The text of a file; `None` if there is none.
pub(super) fn text(path: &Path, limit: u64) -> Result<Option<String>, ComposerError> {
    let failed = |source| ComposerError::Read {
        path: path.to_owned(),
        source,
    };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(failed(io::ErrorKind::InvalidInput.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        let path = path.to_owned();
        return Err(ComposerError::TooLarge { path, limit });
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
