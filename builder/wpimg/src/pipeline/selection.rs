//! Which packages go into the image, and from where.
//!
//! A selection is a function of the releases and the recipe, so it is recorded: as long as the
//! archive has not changed, a rebuild reads no index at all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use wpimg_debian::architecture::Architecture;
use wpimg_debian::index::Package;
use wpimg_debian::resolve;
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;

use super::archive::Archive;
use super::departed;
use super::request::Request;
use super::tools::Tools;
use crate::blocking::blocking;
use crate::cache::RecordKind;
use crate::error_report::Failure;
use crate::fetch::Expected;
use crate::recipe::{PackagePattern, Pin, Recipe, WordPressSource};

/// Raised when the same releases and recipe begin to select other packages.
const RULES_VERSION: u32 = 2;

/// One selected package: enough to fetch it and to know it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Selected {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
    pub(crate) suite: String,
    /// Relative to the archive's base.
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
    /// When the suite had this version, seconds since 1970; `None`: it has it now.
    #[serde(default)]
    pub(crate) seen: Option<i64>,
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
        if recipe.wordpress.locale.is_some() {
            requests.push(super::locale::PACKAGE.to_owned());
        }
    }
    requests.sort();
    requests.dedup();
    requests
}

/// What of an earlier selection shall stay: versions, where the recipe still allows them.
pub(crate) type Kept = BTreeMap<String, Selected>;

/// Selects the packages of one platform.
pub(crate) async fn select(
    request: &Request,
    platform: Platform,
    archive: &Archive,
    kept: &Kept,
    tools: &Tools,
) -> Result<Vec<Selected>, Failure> {
    let wanted = requests(&request.recipe);
    let omit = &request.recipe.debian.omit;
    let pins = pins(&request.recipe);
    let architecture = platform.debian_architecture();
    let prefer =
        |package: &Selected| format!("{} {} {:?}", package.name, package.version, package.seen);
    let inputs = json!({
        "rules": RULES_VERSION,
        "archive": archive.digest().to_string(),
        "architecture": architecture,
        "install": wanted,
        "omit": texts(omit),
        "pins": texts(&pins),
        "kept": kept.values().map(prefer).collect::<Vec<_>>(),
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
    let mut indexes = archive.indexes(&architecture, tools).await?;
    let departed = departed::indexes(kept, &indexes, request, tools).await?;
    indexes.extend(departed.values().cloned());
    let mut query = resolve::Request::new(architecture);
    query.install = wanted
        .iter()
        .map(|text| resolve::parse_request(text))
        .collect::<Result<_, _>>()?;
    query.omit = omit.iter().cloned().collect();
    query.pins = pins;
    for package in kept.values() {
        // A lock by another hand: what is no name or version cannot be in an index either.
        if let (Ok(name), Ok(version)) = (package.name.parse(), package.version.parse()) {
            query.prefer.insert(name, version);
        }
    }
    let packages = blocking(move || resolve::resolve(&query, &indexes)).await?;
    let selected = packages.iter().map(|package| {
        // What was known about a version that has left the archive still holds.
        let was = kept.get(package.name.as_str());
        let was = was.filter(|was| departed.contains_key(&was.name));
        was.filter(|was| was.version == package.version.to_string())
            .cloned()
            .unwrap_or_else(|| Selected::of(package))
    });
    let selected: Vec<Selected> = selected.collect();
    tools
        .cache
        .put_record(RecordKind::Selection, &key, &selected)?;
    Ok(selected)
}

/// Everything in the recipe that decides what a lock holds.
pub(crate) fn inputs(recipe: &Recipe) -> serde_json::Value {
    json!({
        "suites": texts(&recipe.debian.suites),
        "install": requests(recipe),
        "omit": texts(&recipe.debian.omit),
        "pins": texts(&pins(recipe)),
    })
}

/// The recipe's pins, as the resolver takes them.
fn pins(recipe: &Recipe) -> Vec<resolve::Pin> {
    let pin = |(pattern, pin): (&PackagePattern, &Pin)| resolve::Pin {
        pattern: pattern.to_string(),
        constraint: pin.version.as_ref().map(|version| version.0.clone()),
        suite: pin.suite.clone(),
    };
    recipe.debian.pins.iter().map(pin).collect()
}

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

impl Selected {
    fn of(package: &Package) -> Self {
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
            architecture: package.architecture.to_string(),
            suite: package.suite.to_string(),
            path: package.filename.clone(),
            size: package.size,
            sha256: Expected::in_archive(&package.sha256, package.size).digest,
            seen: None,
        }
    }
}
