//! The recipe's JSON Schema, with which editors complete, check and explain a `wpimg.toml`.
//!
//! Made from `keys`, the list that the parser is held to. It is written in draft 7, the one that
//! editors of TOML know, and says no more than an editor can use: the parser decides.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::keys::{Choice, Key, Kind, Rule, TOP, Table};

/// Returns the schema as it is written to a file.
pub(crate) fn json_schema() -> String {
    let mut schema = table(&TOP);
    schema.insert(
        "$schema".to_owned(),
        json!("http://json-schema.org/draft-07/schema#"),
    );
    schema.insert("title".to_owned(), json!("wpimg recipe"));
    schema.insert(
        "$comment".to_owned(),
        json!("Written by `wpimg init --schema`."),
    );
    let text = serde_json::to_string_pretty(&sorted(Value::Object(schema)));
    text.expect("a map with texts as keys is always JSON") + "\n"
}

/// The value with the members of every object in the order of their names, which a JSON value keeps
/// or not as any crate of a build decides.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members.into_iter().collect();
            let sorted = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(sorted.collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn table(table: &Table) -> Map<String, Value> {
    let properties = table.keys.iter().map(|key| (key.name.to_owned(), of(key)));
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("description".to_owned(), json!(table.description));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema.insert("properties".to_owned(), properties.collect());
    if !table.required.is_empty() {
        schema.insert("required".to_owned(), json!(table.required));
    }
    match table.choice {
        _ if table.exclusive.is_empty() => {}
        Choice::Needed => {
            let one = table
                .exclusive
                .iter()
                .map(|key| json!({ "required": [key] }));
            schema.insert("oneOf".to_owned(), one.collect());
        }
        Choice::Free => {
            schema.insert("allOf".to_owned(), no_two_of(table.exclusive));
        }
    }
    schema
}

fn no_two_of(keys: &[&str]) -> Value {
    let pairs = keys.iter().enumerate().flat_map(|(index, first)| {
        let later = &keys[index + 1..];
        later
            .iter()
            .map(move |second| json!({ "not": { "required": [first, second] } }))
    });
    pairs.collect()
}

fn of(key: &Key) -> Value {
    let mut schema = match &key.kind {
        Kind::Text(rule) => text(*rule),
        Kind::Texts(rule) => object(json!({ "type": "array", "items": text(*rule) })),
        Kind::Map => object(json!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        })),
        Kind::Entries(entry) => {
            let mut with_one = table(entry);
            with_one.insert("minProperties".to_owned(), json!(1));
            object(json!({
                "type": "object",
                "additionalProperties": { "anyOf": [{ "type": "string" }, with_one] },
            }))
        }
        Kind::Table(section) => table(section),
        Kind::Tables(section) => object(json!({ "type": "array", "items": table(section) })),
        Kind::Foreign(schema) => match schema() {
            Value::Object(schema) => schema,
            _ => Map::new(),
        },
    };
    let description = match key.kind {
        Kind::Table(section) | Kind::Tables(section) => section.description,
        Kind::Text(_) | Kind::Texts(_) | Kind::Map | Kind::Entries(_) | Kind::Foreign(_) => {
            key.description
        }
    };
    schema.insert("description".to_owned(), json!(description));
    Value::Object(schema)
}

fn text(rule: Rule) -> Map<String, Value> {
    object(match rule {
        Rule::Any => json!({ "type": "string", "minLength": 1 }),
        Rule::OneOf(values) => json!({ "type": "string", "enum": values }),
        Rule::Pattern(pattern) => json!({ "type": "string", "pattern": pattern }),
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
