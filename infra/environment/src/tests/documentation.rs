//! What is said about the keys, and the schema for editors, which agrees with reading.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use super::read;
use crate::{Stack, environments_schema, keys, schema};

/// The schema of a recipe with nothing else in it.
pub(super) fn validator() -> Validator {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": { "infra": schema(), "env": environments_schema() },
    });
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
}

/// What an editor sees of a recipe.
pub(super) fn as_json(text: &str) -> Value {
    fn table(table: &DeTable<'_>) -> Value {
        let entries = table.iter();
        entries
            .map(|(key, entry)| (key.get_ref().to_string(), value(entry.get_ref())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
    fn value(toml: &DeValue<'_>) -> Value {
        match toml {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| number.to_string().into(), Value::from),
            DeValue::Float(number) => number.as_str().parse::<f64>().unwrap().into(),
            DeValue::Boolean(truth) => (*truth).into(),
            DeValue::Datetime(date) => date.to_string().into(),
            DeValue::Array(items) => items.iter().map(|item| value(item.get_ref())).collect(),
            DeValue::Table(entries) => table(entries),
        }
    }
    table(DeTable::parse(text).unwrap().get_ref())
}

#[test]
fn every_key_is_explained_and_in_the_schema() {
    let schema = schema();
    let properties = schema["properties"].as_object().unwrap();
    let mut documented = BTreeSet::new();
    for key in keys() {
        assert!(key.description.ends_with('.'), "{key:?}");
        assert!(!key.kind.is_empty(), "{key:?}");
        let property = &properties[&key.key];
        assert_eq!(property["description"], key.description, "{}", key.key);
        assert!(documented.insert(key.key));
    }
    let properties: BTreeSet<String> = properties.keys().cloned().collect();
    assert_eq!(documented, properties);
}

#[test]
fn the_documents_say_what_a_key_takes_and_where_it_goes() {
    let find = |name: &str| keys().find(|key| key.key == name).unwrap();
    let engine = find("database-engine");
    assert_eq!(engine.stacks, [Stack::Data, Stack::App]);
    assert_eq!(engine.default, Some("mysql"));
    assert_eq!(engine.kind, "`mysql` or `aurora`");
    assert_eq!(find("min-count").kind, "a whole number from 1 to 1000");
    assert_eq!(find("multi-az").kind, "true or false");
    assert_eq!(
        find("admin-networks").kind,
        "a list of IPv4 networks such as 192.0.2.0/24"
    );
    assert_eq!(find("name").stacks, []);
    assert!(keys().all(|key| key.key != "data-stack" && key.key != "image"));
    let first: Vec<String> = keys().take(5).map(|key| key.key).collect();
    assert_eq!(first, ["name", "region", "account", "profile", "tags"]);
}

#[test]
fn every_default_of_the_schema_is_one_that_reading_takes() {
    let schema = schema();
    let mut defaults = 0;
    for (key, property) in schema["properties"].as_object().unwrap() {
        let Some(default) = property.get("default") else {
            continue;
        };
        // JSON's texts, numbers and truth values are TOML's too.
        let text = format!("[infra]\nname = \"shop\"\n{key} = {default}");
        if let Err(error) = read(&text) {
            panic!("{} for\n{text}", super::message(&error));
        }
        assert!(validator().is_valid(&as_json(&text)), "{text}");
        defaults += 1;
    }
    assert!(defaults > 40, "{defaults}");
}

#[test]
fn both_take_a_recipe_with_everything_in_it() {
    let text = r#"
        [infra]
        name = "shop"
        region = "eu-west-1"
        account = "012345678901"
        profile = "shop"
        tags = { team = "web" }
        domain = "shop.example"
        hosted-zone = ""
        desired-count = "auto"
        aurora-minimum = 0.5
        zones = 3
        multi-az = true
        trusted-proxies = ["192.0.2.0/24"]
        admin-networks = []
        peak-time-zone = "Europe/Berlin"
        [env.staging]
        desired-count = 1
        min-count = 1
    "#;
    assert!(read(text).is_ok());
    let validator = validator();
    let recipe = as_json(text);
    let errors: Vec<String> = validator
        .iter_errors(&recipe)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn both_refuse_what_has_no_place_or_the_wrong_shape() {
    let validator = validator();
    for lines in [
        "unknown = 1",
        "image = \"/shop/image\"",
        "data-stack = \"shop-data\"",
        "zones = \"3\"",
        "zones = 4",
        "multi-az = \"true\"",
        "min-count = 0",
        "min-count = 1.5",
        "database-engine = \"postgres\"",
        "desired-count = true",
        "desired-count = \"many\"",
        "domain = \"Shop.example\"",
        "instance-type = \"\"",
        "trusted-proxies = \"192.0.2.0/24\"",
        "trusted-proxies = [\"192.0.2.0/24,198.51.100.0/24\"]",
        "admin-networks = [\" 192.0.2.0/24\"]",
        "admin-networks = [\"\"]",
        "region = \"Ireland\"",
        "account = 123456789012",
        "profile = \"\"",
        "tags = { team = 7 }",
        "tags = [\"team\"]",
        "[env.Staging]",
        "[env.staging]\nunknown = 1",
    ] {
        let text = format!("[infra]\nname = \"shop\"\n{lines}");
        assert!(read(&text).is_err(), "reading takes\n{text}");
        assert!(
            !validator.is_valid(&as_json(&text)),
            "the schema takes\n{text}"
        );
    }
}

#[test]
fn the_schema_is_the_same_whatever_order_maps_keep() {
    let properties = schema()["properties"].clone();
    let keys: Vec<&String> = properties.as_object().unwrap().keys().collect();
    assert!(keys.is_sorted());
}
