//! Which names a template refers to, and whether there is such a thing: what the tests of both stacks ask.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::chosen::Choices;

/// A value that no condition asks for.
const OTHER: &str = "other";

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

/// What a template's resources and outputs refer to although there is no such thing once these parameters are chosen.
pub(crate) fn dangling<'a>(template: &'a Value, chosen: &[(&str, &str)]) -> BTreeSet<&'a str> {
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

/// The conditions that a template has, and those that it asks for.
pub(crate) fn conditions(template: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let defined = template["Conditions"].as_object().into_iter().flatten();
    let defined = defined.map(|(name, _)| name.clone()).collect();
    let mut asked = BTreeSet::new();
    conditions_named(template, &mut asked);
    (defined, asked)
}

/// Every parameter that a condition looks at, with every value that makes a difference: those that it takes, or else those
/// that conditions compare it with, and one more.
pub(crate) fn alternatives(template: &Value) -> BTreeMap<&str, Vec<&str>> {
    let mut compared = BTreeMap::new();
    comparisons(&template["Conditions"], &mut compared);
    for (name, values) in &mut compared {
        match template["Parameters"][*name]["AllowedValues"].as_array() {
            Some(allowed) => *values = allowed.iter().filter_map(Value::as_str).collect(),
            None => values.push(OTHER),
        }
    }
    compared
}

/// The parameters in comparisons, each with the texts that it is compared with.
fn comparisons<'a>(value: &'a Value, compared: &mut BTreeMap<&'a str, Vec<&'a str>>) {
    let sides = value.get("Fn::Equals");
    if let Some([one, Value::String(text)]) =
        sides.and_then(|sides| sides.as_array()?.first_chunk())
    {
        let mut names = BTreeSet::new();
        named(one, &Choices::new(value, &[]), &mut names);
        for name in names {
            let texts = compared.entry(name).or_default();
            if !texts.contains(&text.as_str()) {
                texts.push(text);
            }
        }
        return;
    }
    let inner: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(entries) => entries.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for one in inner {
        comparisons(one, compared);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
    fn alternatives_are_what_conditions_tell_apart() {
        let template = json!({
            "Parameters": {
                "Size": { "AllowedValues": ["small", "large"] },
                "Count": {},
                "List": {},
                "Unasked": {},
            },
            "Conditions": {
                "Large": { "Fn::Equals": [{ "Ref": "Size" }, "large"] },
                "Some": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Count" }, "0"] }] },
                "Auto": {
                    "Fn::And": [
                        { "Condition": "Some" },
                        { "Fn::Equals": [{ "Ref": "Count" }, "auto"] },
                    ],
                },
                "Listed": { "Fn::Equals": [{ "Fn::Join": ["", { "Ref": "List" }] }, ""] },
            },
        });
        let mut found = alternatives(&template);
        for values in found.values_mut() {
            values.sort_unstable();
        }
        let expected = [
            ("Count", vec!["0", "auto", OTHER]),
            ("List", vec!["", OTHER]),
            ("Size", vec!["large", "small"]),
        ];
        assert_eq!(found, BTreeMap::from(expected));
    }
}
