//! The part of the recipe's JSON Schema that is about the stacks, in draft 7 as the rest of it.
//!
//! It says no more than an editor can use: reading decides.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use wpimg_template::Parameter;

use crate::{
    catalog::{Catalog, Own, Setting},
    value::{ENVIRONMENT_NAME, Shape, own_pattern},
};

/// The schema of `[infra]`, and of each table of `[env]`.
pub fn schema() -> Value {
    let own = Own::ALL.map(|own| (own.key().to_owned(), own_schema(own)));
    let catalog = Catalog::bundled();
    let parameters = catalog
        .settings()
        .filter(|(_, setting)| setting.filled.is_none())
        .map(|(key, setting)| (key.to_owned(), parameter_schema(setting)));
    // In one order, whatever order a map of JSON keeps.
    let properties: BTreeMap<String, Value> = own.into_iter().chain(parameters).collect();
    json!({
        "additionalProperties": false,
        "description": "What is chosen about the AWS stacks.",
        "properties": properties.into_iter().collect::<Map<_, _>>(),
        "type": "object",
    })
}

/// The schema of `[env]`, which has a table for each environment.
pub fn environments_schema() -> Value {
    json!({
        "additionalProperties": schema(),
        "description": "What other environments have otherwise than [infra] says, each under its name.",
        "propertyNames": { "pattern": ENVIRONMENT_NAME },
        "type": "object",
    })
}

fn own_schema(own: Own) -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let schema = match (own, own_pattern(own)) {
        (Own::Tags, _) => json!({ "type": "object", "additionalProperties": text }),
        (Own::Name | Own::Region | Own::Account | Own::Profile, Some(pattern)) => {
            json!({ "type": "string", "pattern": pattern })
        }
        (Own::Name | Own::Region | Own::Account | Own::Profile, None) => text,
    };
    described(schema, own.description(), None)
}

fn parameter_schema(setting: &Setting) -> Value {
    let shape = setting.shape();
    let schema = match &shape {
        Shape::Text {
            pattern: Some((pattern, _)),
            ..
        } => json!({ "type": "string", "pattern": pattern }),
        Shape::Text {
            may_be_empty: true, ..
        } => json!({ "type": "string" }),
        Shape::Text {
            may_be_empty: false,
            ..
        } => json!({ "type": "string", "minLength": 1 }),
        Shape::TextOrNumber { pattern, .. } => json!({ "anyOf": [
            { "type": "string", "pattern": pattern },
            { "type": "number", "minimum": 0 },
        ] }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Number(numbers) => json!({ "type": "integer", "enum": whole(numbers) }),
        Shape::Truth => json!({ "type": "boolean" }),
        Shape::Range { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::List { .. } => json!({
            "type": "array",
            "items": { "type": "string", "pattern": "^[^,\\s]([^,]*[^,\\s])?$" },
        }),
    };
    let Parameter {
        default,
        description,
        ..
    } = setting.definition;
    described(
        schema,
        description,
        default.and_then(|text| as_json(&shape, text)),
    )
}

/// A default as the recipe would write it. An empty one says nothing.
fn as_json(shape: &Shape, default: &str) -> Option<Value> {
    if default.is_empty() {
        return None;
    }
    let value = match shape {
        Shape::Text { .. } | Shape::Word(_) => default.into(),
        Shape::Number(_) | Shape::Range { .. } => default.parse::<u32>().ok()?.into(),
        Shape::TextOrNumber { .. } => match default.parse::<u32>() {
            Ok(number) => number.into(),
            Err(_) => default.into(),
        },
        Shape::Truth => (default == "true").into(),
        Shape::List { .. } => default.split(',').collect(),
    };
    Some(value)
}

fn whole(numbers: &[&str]) -> Vec<u32> {
    let numbers = numbers.iter();
    numbers.filter_map(|number| number.parse().ok()).collect()
}

fn described(mut schema: Value, description: &str, default: Option<Value>) -> Value {
    schema["description"] = description.into();
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema
}
