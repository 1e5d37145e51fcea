//! Which packages go into the image, and from where.
//!
//! A selection is a function of the releases and the recipe, so it is recorded: as long as the
//! archive has not changed, a rebuild reads no index at all.

use serde::{Deserialize, Serialize};
use serde_json::json;
use wpimg_debian::architecture::Architecture;
use wpimg_debian::index::Package;
use wpimg_debian::resolve;
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;

use super::archive::Archive;
use super::request::Request;
use super::tools::Tools;
use crate::blocking::blocking;
use crate::cache::RecordKind;
use crate::error_report::Failure;
use crate::fetch::Expected;
use crate::recipe::{Recipe, WordPressSource};

/// Raised when the same releases and recipe begin to select other packages.
const RULES_VERSION: u32 = 1;

/// One selected package: enough to fetch it and to know it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Selected {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    pub(super) suite: String,
    /// Relative to the archive's base.
    pub(super) filename: String,
    pub(super) size: u64,
    pub(super) sha256: Digest,
}

/// Extensions whose package has another name: Debian ships several in one.
const EXTENSION_PACKAGES: &[(&str, &str)] = &[
    ("mysqli", "mysql"),
    ("mysqlnd", "mysql"),
    ("pdo_mysql", "mysql"),
    ("dom", "xml"),
    ("simplexml", "xml"),
    ("xmlreader", "xml"),
    ("xmlwriter", "xml"),
    ("xsl", "xml"),
    ("pdo_sqlite", "sqlite3"),
    ("pdo_pgsql", "pgsql"),
    ("calendar", "common"),
    ("ctype", "common"),
    ("exif", "common"),
    ("ffi", "common"),
    ("fileinfo", "common"),
    ("ftp", "common"),
    ("gettext", "common"),
    ("iconv", "common"),
    ("pdo", "common"),
    ("phar", "common"),
    ("posix", "common"),
    ("shmop", "common"),
    ("sockets", "common"),
    ("sysvmsg", "common"),
    ("sysvsem", "common"),
    ("sysvshm", "common"),
    ("tokenizer", "common"),
];

/// The packages a recipe asks for, as requests: `php8.4-mysql`, `nginx (>= 1.26)`.
fn requests(recipe: &Recipe) -> Vec<String> {
    let mut requests: Vec<String> = recipe
        .debian
        .packages
        .iter()
        .map(ToString::to_string)
        .collect();
    if let Some(php) = &recipe.php {
        let version = &php.version;
        requests.push(format!("php{version}-fpm"));
        requests.push(format!("php{version}-cli"));
        for extension in &php.extensions {
            let name = extension.to_string();
            let package = EXTENSION_PACKAGES
                .iter()
                .find(|(extension, _)| *extension == name)
                .map_or(name.as_str(), |(_, package)| package);
            requests.push(format!("php{version}-{package}"));
        }
    }
    if recipe.wordpress.source == WordPressSource::Debian {
        requests.push("wordpress".to_owned());
        if let Some(theme) = &recipe.wordpress.theme {
            requests.push(format!("wordpress-theme-{theme}"));
        }
    }
    requests.sort();
    requests.dedup();
    requests
}

/// Selects the packages of one platform.
pub(super) async fn select(
    request: &Request,
    platform: Platform,
    archive: &Archive,
    tools: &Tools,
) -> Result<Vec<Selected>, Failure> {
    let wanted = requests(&request.recipe);
    let omit = &request.recipe.debian.omit;
    let architecture = platform.debian_architecture();
    let inputs = json!({
        "rules": RULES_VERSION,
        "archive": archive.digest().to_string(),
        "architecture": architecture,
        "install": wanted,
        "omit": omit.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let key = Digest::of(inputs.to_string().as_bytes());
    let recorded: Option<Vec<Selected>> = tools.cache.get_record(RecordKind::Selection, &key);
    if let Some(selected) = recorded.filter(|selected| !selected.is_empty()) {
        return Ok(selected);
    }
    let architecture = match architecture {
        "arm64" => Architecture::arm64(),
        _ => Architecture::amd64(),
    };
    let indexes = archive.indexes(&architecture, tools).await?;
    let query = resolve::Request {
        architecture,
        install: wanted
            .iter()
            .map(|text| resolve::parse_request(text))
            .collect::<Result<_, _>>()?,
        omit: omit.iter().cloned().collect(),
    };
    let packages = blocking(move || resolve::resolve(&query, &indexes)).await?;
    let selected: Vec<Selected> = packages.iter().map(Selected::of).collect();
    tools
        .cache
        .put_record(RecordKind::Selection, &key, &selected)?;
    Ok(selected)
}

impl Selected {
    fn of(package: &Package) -> Self {
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
            architecture: package.architecture.to_string(),
            suite: package.suite.to_string(),
            filename: package.filename.clone(),
            size: package.size,
            sha256: Expected::in_archive(&package.sha256, package.size).digest,
        }
    }
}
