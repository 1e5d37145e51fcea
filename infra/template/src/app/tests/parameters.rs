//! What can be chosen.

use super::evaluation::{function, names, texts};
use serde_json::Value;

use crate::Kind;

/// What CloudFormation takes in one call (quotas, "Template body size in a request").
const LONGEST_TEMPLATE: usize = 51_200;

#[test]
fn the_template_fits_into_a_call() {
    let length = crate::app::template().to_json().to_string().len();
    assert!(length < LONGEST_TEMPLATE, "{length} bytes");
}

#[test]
fn every_parameter_does_something() {
    let template = crate::app::template();
    let json = template.to_json();
    let mut used = Vec::new();
    for part in ["Conditions", "Resources", "Outputs"] {
        collect_references(&json[part], &mut used);
    }
    for name in template.parameters.keys() {
        assert!(
            used.iter().any(|used| used == name),
            "nothing uses `{name}`"
        );
    }
}

fn collect_references(value: &Value, used: &mut Vec<String>) {
    match function(value) {
        Some(("Ref", name)) => used.extend(name.as_str().map(str::to_owned)),
        Some(("Fn::Sub", text)) => {
            let names = texts(text).into_iter().flat_map(names);
            used.extend(names.map(str::to_owned));
        }
        _ => {}
    }
    let list = value.as_array().into_iter().flatten();
    let members = value
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    for entry in list.chain(members) {
        collect_references(entry, used);
    }
}

#[test]
fn every_parameter_is_explained_in_one_line() {
    for (name, parameter) in &crate::app::template().parameters {
        let description = parameter.description;
        assert!(description.len() > 10, "{name}");
        assert!(!description.contains('\n'), "{name}");
        assert!(description.ends_with('.'), "{name}");
    }
}

#[test]
fn every_default_is_a_value_that_the_parameter_takes() {
    for (name, parameter) in &crate::app::template().parameters {
        let Some(default) = parameter.default else {
            continue;
        };
        match &parameter.kind {
            Kind::OneOf(values) => assert!(values.contains(&default), "{name}"),
            Kind::Number(least, most) => {
                let number: u32 = default.parse().expect("a number");
                assert!((*least..=*most).contains(&number), "{name}");
            }
            Kind::Matching { pattern, .. } => {
                assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{name}");
            }
            Kind::Text | Kind::List | Kind::Stored => {}
        }
    }
}

#[test]
fn only_the_data_stack_and_the_image_have_to_be_given() {
    let template = crate::app::template();
    let required: Vec<_> = template
        .parameters
        .iter()
        .filter(|(_, parameter)| parameter.default.is_none())
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(required, ["DataStack", "Image"]);
}
