//! Nothing refers to what is not there, whatever is chosen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::evaluated::Choices;
use super::template;

/// Names of resources and parameters that a value refers to, of two alternatives the one that counts.
fn named<'a>(value: &'a Value, choices: &Choices, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| named(item, choices, names)),
        Value::Object(entries) => {
            for (function, argument) in entries {
                match (function.as_str(), argument) {
                    ("Ref", Value::String(name)) => {
                        names.insert(name);
                    }
                    ("Fn::GetAtt", Value::Array(path)) => names.extend(path[0].as_str()),
                    ("Fn::If", choice) => named(choices.side(choice), choices, names),
                    ("Fn::Sub", Value::String(text)) => names.extend(in_text(text)),
                    ("Fn::Sub", Value::Array(parts)) => {
                        let text = in_text(parts[0].as_str().unwrap());
                        names.extend(text.filter(|name| parts[1][*name].is_null()));
                        named(&parts[1], choices, names);
                    }
                    ("DependsOn", Value::Array(ids)) => {
                        names.extend(ids.iter().filter_map(Value::as_str));
                    }
                    (_, argument) => named(argument, choices, names),
                }
            }
        }
        _ => {}
    }
}

/// Names in a text's `${Name}` and `${Name.Attribute}`. One that begins with `!` stands for itself.
fn in_text(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split("${").skip(1);
    let inner = pieces.filter_map(|piece| Some(piece.split_once('}')?.0));
    let names = inner.filter(|inner| !inner.starts_with('!'));
    names.filter_map(|inner| inner.split('.').next())
}

/// Names of conditions in `Fn::If`, in conditions, and at resources and outputs.
fn conditions_named(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| conditions_named(item, names)),
        Value::Object(entries) => {
            for (name, argument) in entries {
                match (name.as_str(), argument) {
                    ("Fn::If", Value::Array(parts)) => {
                        names.extend(parts[0].as_str().map(str::to_owned));
                    }
                    ("Condition", Value::String(name)) => {
                        names.insert(name.clone());
                    }
                    _ => {}
                }
                conditions_named(argument, names);
            }
        }
        _ => {}
    }
}

/// What resources and outputs refer to although there is no such thing once these parameters are chosen.
fn dangling<'a>(template: &'a Value, chosen: &[(&str, &str)]) -> BTreeSet<&'a str> {
    let choices = Choices::new(template, chosen);
    let mut names = BTreeSet::new();
    for section in ["Resources", "Outputs"] {
        let there = choices.there(&template[section]);
        there.for_each(|(_, entry)| named(entry, &choices, &mut names));
    }
    let resources: BTreeSet<&str> = choices
        .there(&template["Resources"])
        .map(|(id, _)| id.as_str())
        .collect();
    names.retain(|name| {
        let is_parameter = !template["Parameters"][*name].is_null();
        !is_parameter && !name.starts_with("AWS::") && !resources.contains(name)
    });
    names
}

#[test]
fn every_kind_of_reference_is_found() {
    let template = json!({ "Conditions": { "Yes": { "Fn::Equals": ["a", "a"] } } });
    let choices = Choices::new(&template, &[]);
    for (value, expected) in [
        (json!({ "Ref": "A" }), "A"),
        (json!([{ "Fn::GetAtt": ["A", "Arn"] }]), "A"),
        (json!({ "Fn::Sub": "x-${A}-${B.Arn}-${!C}" }), "A B"),
        (
            json!({ "Fn::Sub": ["${A}${B}", { "B": { "Ref": "D" } }] }),
            "A D",
        ),
        (json!({ "X": { "DependsOn": ["A", "B"] } }), "A B"),
        (json!({ "Fn::Join": [",", [{ "Ref": "A" }, "B"]] }), "A"),
        (
            json!({ "Fn::If": ["Yes", { "Ref": "A" }, { "Ref": "B" }] }),
            "A",
        ),
    ] {
        let mut found = BTreeSet::new();
        named(&value, &choices, &mut found);
        let found: Vec<&str> = found.into_iter().collect();
        assert_eq!(found.join(" "), expected, "{value}");
    }
}

#[test]
fn a_reference_into_the_void_is_found() {
    let template = json!({
        "Parameters": { "Big": { "Default": "no" } },
        "Conditions": { "Big": { "Fn::Equals": [{ "Ref": "Big" }, "yes"] } },
        "Resources": {
            "A": { "Properties": { "B": { "Ref": "B" }, "Stack": { "Ref": "AWS::StackName" } } },
            "B": { "Condition": "Big" },
        },
    });
    for (big, expected) in [("yes", &[][..]), ("no", &["B"])] {
        let found: Vec<&str> = dangling(&template, &[("Big", big)]).into_iter().collect();
        assert_eq!(found, expected, "{big}");
    }
}

#[test]
fn conditions_are_defined_and_used() {
    let template = template();
    let mut named = BTreeSet::new();
    conditions_named(&template, &mut named);
    let defined: BTreeSet<String> = template["Conditions"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(named, defined);
}

/// Every choice that a condition looks at, with every value that makes a difference.
fn alternatives(template: &Value) -> BTreeMap<String, Vec<String>> {
    let mut asked = BTreeSet::new();
    let choices = Choices::new(template, &[]);
    named(&template["Conditions"], &choices, &mut asked);
    let parameters = template["Parameters"].as_object().unwrap();
    let alternatives = parameters
        .iter()
        .filter(|(name, _)| asked.contains(name.as_str()));
    alternatives
        .map(|(name, parameter)| {
            let values = match parameter["AllowedValues"].as_array() {
                Some(values) => values
                    .iter()
                    .map(|value| value.as_str().unwrap().to_owned())
                    .collect(),
                None => vec![String::new(), "pl-0123abcd".to_owned()],
            };
            (name.clone(), values)
        })
        .collect()
}

#[test]
fn nothing_refers_to_what_is_not_there_whatever_is_chosen() {
    let template = template();
    let alternatives = alternatives(&template);
    let combinations: usize = alternatives.values().map(Vec::len).product();
    for combination in 0..combinations {
        let mut rest = combination;
        let chosen: Vec<(&str, &str)> = alternatives
            .iter()
            .map(|(name, values)| {
                let value = &values[rest % values.len()];
                rest /= values.len();
                (name.as_str(), value.as_str())
            })
            .collect();
        let found = dangling(&template, &chosen);
        assert!(found.is_empty(), "{found:?} with {chosen:?}");
    }
}
