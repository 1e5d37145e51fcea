//! What can be chosen.

use std::collections::BTreeSet;

use serde_json::Value;

use super::template;

/// Whether a parameter's name stands anywhere in a value as a reference: by itself, or within a text.
fn uses(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| uses(item, name)),
        Value::Object(entries) => entries.iter().any(|(key, argument)| {
            let is_reference = key == "Ref" && argument == name;
            is_reference || uses(argument, name)
        }),
        Value::String(text) => text.contains(&format!("${{{name}}}")),
        _ => false,
    }
}

#[test]
fn every_parameter_is_used_has_a_default_and_a_description() {
    let template = template();
    for (name, parameter) in template["Parameters"].as_object().unwrap() {
        let sections = ["Conditions", "Resources", "Outputs"];
        assert!(
            sections
                .iter()
                .any(|section| uses(&template[*section], name)),
            "nothing uses `{name}`"
        );
        assert!(parameter["Default"].is_string(), "`{name}` has no default");
        let description = parameter["Description"].as_str().unwrap();
        assert!(
            description.ends_with('.') && description.len() > 10,
            "`{name}`: {description}"
        );
    }
}

#[test]
fn defaults_are_allowed() {
    for (name, parameter) in super::super::template().parameters {
        let default = parameter.default.unwrap();
        let allowed = match parameter.kind {
            crate::Kind::OneOf(values) => values.contains(&default),
            crate::Kind::Number(least, most) => default
                .parse()
                .is_ok_and(|number| (least..=most).contains(&number)),
            crate::Kind::Matching { .. }
            | crate::Kind::Text
            | crate::Kind::List
            | crate::Kind::Stored => true,
        };
        assert!(allowed, "`{name}` cannot be `{default}`");
    }
}

/// A value that a parameter offers and no condition or property tells from another would be a promise without effect.
#[test]
fn every_value_makes_a_difference() {
    let template = template();
    for (name, parameter) in template["Parameters"].as_object().unwrap() {
        // Only with one of these does the parameter count.
        let context: &[(&str, &str)] = match name.as_str() {
            "EcsEndpoints" => &[("Egress", "endpoints")],
            _ => &[],
        };
        let values = parameter["AllowedValues"].as_array().into_iter().flatten();
        let values: Vec<&str> = values.filter_map(Value::as_str).collect();
        let stacks: BTreeSet<String> = values
            .iter()
            .map(|value| {
                let choices = [context, &[(name.as_str(), *value)]].concat();
                super::chosen(&choices).to_string()
            })
            .collect();
        assert_eq!(stacks.len(), values.len(), "`{name}`");
    }
}
