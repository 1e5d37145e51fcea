//! The recipe as one JSON value for hashing.
//!
//! `serde_json` keeps object keys sorted, so equal recipes give equal text. The order of lists is
//! kept: it can matter. Written out by hand so that renaming a field does not change a hash.

use std::{collections::BTreeMap, fmt::Display};

use serde_json::{Value, json};

use super::{FileEntry, FileSource, Recipe};

/// Raised when the same recipe begins to mean another image.
const SCHEMA: &str = "wpimg/recipe/1";

pub(super) fn to_json(recipe: &Recipe) -> Value {
    let Recipe {
        image,
        debian,
        php,
        wordpress,
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
        // The mirror is left out on purpose: where bytes come from does not change them.
        "debian": {
            "suites": texts(&debian.suites),
            "packages": texts(&debian.packages),
            "omit": texts(&debian.omit),
            "allow-scripts": texts(&debian.allow_scripts),
        },
        "php": php,
        "wordpress": {
            "source": wordpress.source.to_string(),
            "theme": text(wordpress.theme.as_ref()),
        },
        "files": files.iter().map(file).collect::<Vec<_>>(),
    })
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
