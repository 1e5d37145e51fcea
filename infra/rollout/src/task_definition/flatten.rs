//! A task definition as a flat table, so that two of them can be laid side by side.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    difference::{Field, Shown},
    secrecy::looks_secret,
};

/// Where a value stands: in which container, and under which name.
pub(super) type Place = (Option<String>, Field);

pub(super) type Table = BTreeMap<Place, Entry>;

/// A value, and whether people may see it.
pub(super) struct Entry {
    text: String,
    is_secret: bool,
}

/// Objects of which names and values are the user's own, not ECS's.
const FREE_FORM: [&str; 4] = ["dockerLabels", "driverOpts", "labels", "options"];

impl Entry {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn shown(&self) -> Shown {
        if self.is_secret {
            Shown::Hidden
        } else {
            Shown::Text(self.text.clone())
        }
    }
}

/// Flattens what `registrable` gives.
pub(super) fn flatten(definition: &Value) -> Table {
    let mut table = Table::new();
    for (name, value) in definition.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_array()) {
            ("containerDefinitions", Some(containers)) => {
                for container in containers.iter().filter_map(Value::as_object) {
                    flatten_container(container, &mut table);
                }
            }
            ("tags", Some(tags)) => named(tags, "key", "value", Field::Tag, None, &mut table),
            _ => flatten_other(None, name, value, false, &mut table),
        }
    }
    table
}

fn flatten_container(fields: &Map<String, Value>, table: &mut Table) {
    let container = fields.get("name").and_then(Value::as_str);
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("image", Value::String(image)) => {
                let place = (container.map(str::to_owned), Field::Image);
                table.insert(
                    place,
                    Entry {
                        text: image.clone(),
                        is_secret: false,
                    },
                );
            }
            ("environment", Value::Array(entries)) => {
                named(
                    entries,
                    "name",
                    "value",
                    Field::Environment,
                    container,
                    table,
                );
            }
            ("secrets", Value::Array(entries)) => {
                named(
                    entries,
                    "name",
                    "valueFrom",
                    Field::Secret,
                    container,
                    table,
                );
            }
            _ => flatten_other(container, name, value, false, table),
        }
    }
}

/// A list of which each entry is a name and a value.
fn named(
    entries: &[Value],
    key: &str,
    value: &str,
    field: impl Fn(String) -> Field,
    container: Option<&str>,
    table: &mut Table,
) {
    for entry in entries {
        let name = entry[key].as_str().unwrap_or_default();
        let text = entry[value].as_str().unwrap_or_default();
        let field = field(name.to_owned());
        let is_secret = match field {
            Field::Environment(_) | Field::Tag(_) => looks_secret(name, text),
            // Where a secret is kept is not the secret.
            Field::Secret(_) | Field::Image | Field::Other(_) => false,
        };
        let entry = Entry {
            text: text.to_owned(),
            is_secret,
        };
        table.insert((container.map(str::to_owned), field), entry);
    }
}

/// What is left: objects by their fields, lists of objects by name or position, anything else as it is. Empty is as good as
/// absent: ECS describes lists that nobody has registered.
fn flatten_other(
    container: Option<&str>,
    path: &str,
    value: &Value,
    is_free_form: bool,
    table: &mut Table,
) {
    let text = match value {
        Value::Null => return,
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_free_form = is_free_form || FREE_FORM.contains(&last(path));
                flatten_other(
                    container,
                    &format!("{path}.{name}"),
                    value,
                    is_free_form,
                    table,
                );
            }
            return;
        }
        Value::Array(entries) if entries.iter().all(Value::is_object) => {
            for (index, entry) in entries.iter().enumerate() {
                let place = match distinct_name(entries, entry) {
                    Some(name) => format!("{path}[{name}]"),
                    None => format!("{path}[{index}]"),
                };
                flatten_other(container, &place, entry, is_free_form, table);
            }
            return;
        }
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    };
    let is_secret = is_free_form && looks_secret(last(path), &text);
    let place = (container.map(str::to_owned), Field::Other(path.to_owned()));
    table.insert(place, Entry { text, is_secret });
}

/// The entry's name, if it is no other's: then another order is no difference.
fn distinct_name<'a>(entries: &[Value], entry: &'a Value) -> Option<&'a str> {
    let name = entry["name"].as_str()?;
    let same = entries.iter().filter(|other| other["name"] == name).count();
    (same == 1).then_some(name)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
