//! The recipe as one JSON value for hashing.
//!
//! Whoever writes it sorts the keys, so equal recipes give equal text. The order of lists is
//! kept: it can matter. Written out by hand so that renaming a field does not change a hash.

use std::{collections::BTreeMap, fmt::Display};

use serde_json::{Value, json};

use super::{
    Content, ContentSource, Download, FileEntry, FileSource, Pin, Recipe, SitePath, WordPress,
    WordPressSource,
};

/// Raised when the same recipe begins to mean another image.
const SCHEMA: &str = "wpimg/recipe/2";

pub(super) fn to_json(recipe: &Recipe) -> Value {
    let Recipe {
        image,
        debian,
        php,
        wordpress,
        plugins,
        themes,
        mu_plugins,
        composer,
        files,
    } = recipe;
    let php = php.as_ref().map(|php| {
        json!({
            "version": php.version.to_string(),
            "extensions": texts(&php.extensions),
            "ini": map(&php.ini),
        })
    });
    json!({
        "schema": SCHEMA,
        "image": {
            "name": image.name.to_string(),
            "repository": text(image.repository.as_ref()),
            "tags": texts(&image.tags),
            "platforms": texts(&image.platforms),
            "compression": image.compression.to_string(),
            "labels": map(&image.labels),
            "annotations": map(&image.annotations),
            "environment": map(&image.environment),
            "user": text(image.user.as_ref()),
            "entrypoint": texts(&image.entrypoint),
            "command": texts(&image.command),
            "working-directory": text(image.working_directory.as_ref()),
            "ports": texts(&image.ports),
            "volumes": texts(&image.volumes),
            "stop-signal": text(image.stop_signal.as_ref()),
            "keep": texts(&image.keep),
            "drop": texts(&image.drop),
        },
        // The mirror and the archive of old versions are left out on purpose: where bytes come from
        // does not change them.
        "debian": {
            "suites": texts(&debian.suites),
            "packages": texts(&debian.packages),
            "omit": texts(&debian.omit),
            "allow-scripts": texts(&debian.allow_scripts),
            "pins": debian.pins.iter().map(|(name, limit)| (name.to_string(), pin(limit))).collect::<Value>(),
        },
        "php": php,
        "wordpress": self::wordpress(wordpress),
        "plugins": contents(plugins),
        "themes": contents(themes),
        "mu-plugins": contents(mu_plugins),
        "composer": composer.as_ref().map(|composer| beside(&composer.path)),
        "files": files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn pin(pin: &Pin) -> Value {
    json!({ "version": text(pin.version.as_ref()), "suite": text(pin.suite.as_ref()) })
}

fn wordpress(wordpress: &WordPress) -> Value {
    let source = match &wordpress.source {
        WordPressSource::None => json!({ "from": "none" }),
        WordPressSource::Debian => json!({ "from": "debian" }),
        WordPressSource::Release { version, sha256 } => json!({
            "from": "release",
            "version": version.to_string(),
            "sha256": text(sha256.as_ref()),
        }),
        WordPressSource::Download(download) => fetched(download),
        WordPressSource::Path(path) => beside(path),
    };
    json!({
        "source": source,
        "locale": text(wordpress.locale.as_ref()),
        "theme": text(wordpress.theme.as_ref()),
    })
}

/// The positions are left out: a line more above does not change what is meant.
fn contents(list: &[Content]) -> Value {
    let content = |content: &Content| {
        let source = match &content.source {
            ContentSource::Directory { slug, version } => json!({
                "from": "directory",
                "slug": slug.to_string(),
                "version": text(version.as_ref()),
            }),
            ContentSource::Download(download) => fetched(download),
            ContentSource::Path(path) => beside(path),
        };
        json!({
            "source": source,
            "name": text(content.name.as_ref()),
            "keep": texts(&content.keep),
        })
    };
    list.iter().map(content).collect()
}

fn fetched(download: &Download) -> Value {
    json!({
        "from": "url",
        "url": download.url().as_str(),
        "sha256": text(download.sha256().as_ref()),
    })
}

fn beside(path: &SitePath) -> Value {
    json!({ "from": "recipe", "path": path.path.to_string() })
}

fn file(entry: &FileEntry) -> Value {
    let (from, path) = match &entry.source {
        FileSource::Directory { path, .. } => ("recipe", path),
        FileSource::BuiltIn { path } => ("built-in", path),
    };
    json!({
        "from": from,
        "source": path.to_string(),
        "target": entry.target.to_string(),
        "mode": text(entry.mode.as_ref()),
        "owner": entry.owner.to_string(),
    })
}

fn text(value: Option<&impl Display>) -> Option<String> {
    value.map(ToString::to_string)
}

fn texts(values: &[impl Display]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn map(map: &BTreeMap<String, String>) -> Value {
    map.iter()
        .map(|(key, value)| (key.clone(), Value::from(value.clone())))
        .collect()
}
