//! Nothing is referred to that is not there.

use std::collections::BTreeSet;

use super::evaluation::{CHOICES, Stack, function, names, texts};
use crate::Template;

/// What the data stack exports always.
const EXPORTS: &[&str] = &[
    "AssignPublicIp",
    "BalancerSecurityGroup",
    "Database",
    "DatabaseSecret",
    "Files",
    "FilesAccessPoint",
    "FilesAccessPointArn",
    "FilesArn",
    "MasterSecret",
    "PublicSubnets",
    "SaltsSecret",
    "ServiceSecurityGroup",
    "TaskSubnets",
    "Vpc",
    "VpcCidr",
];

/// What it exports only if it was told to, and the parameter that says so here.
const EXPORTS_ON_REQUEST: &[(&str, &str, &str)] = &[
    ("CacheHost", "Cache", "valkey"),
    ("CachePort", "Cache", "valkey"),
    ("CacheSecret", "Cache", "valkey"),
    ("Key", "Keys", "own"),
];

#[test]
fn whatever_is_chosen_each_name_is_of_something_that_is_made() {
    for choices in CHOICES {
        let mut stack = Stack::new(choices);
        let outputs = stack.outputs();
        let told = outputs.iter().map(|(name, value)| (*name, value));
        for (user, value) in stack.resources().chain(told) {
            for name in texts(value).into_iter().flat_map(names) {
                assert!(
                    name.starts_with("AWS::") || stack.has(name),
                    "`{user}` refers to `{name}`, which is not there for {choices:?}"
                );
            }
        }
    }
}

#[test]
fn whatever_is_chosen_only_what_the_data_stack_exports_then_is_imported() {
    for choices in CHOICES {
        let stack = Stack::new(choices);
        let on_request = EXPORTS_ON_REQUEST
            .iter()
            .filter(|(_, parameter, value)| choices.contains(&(parameter, value)))
            .map(|(name, _, _)| *name);
        let exports: BTreeSet<&str> = EXPORTS.iter().copied().chain(on_request).collect();
        for name in &stack.imports {
            assert!(exports.contains(name.as_str()), "{name} for {choices:?}");
        }
    }
}

#[test]
fn every_condition_is_used_and_every_used_one_is_there() {
    let template = crate::app::template();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for condition in template.conditions.values() {
        collect_conditions(condition, &mut used);
    }
    for resource in template.resources.values() {
        used.extend(resource.condition.map(str::to_owned));
        collect_conditions(&resource.properties, &mut used);
    }
    for output in template.outputs.values() {
        used.extend(output.condition.map(str::to_owned));
        collect_conditions(&output.value, &mut used);
    }
    let there: BTreeSet<String> = template
        .conditions
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(used, there);
}

fn collect_conditions(value: &serde_json::Value, used: &mut BTreeSet<String>) {
    match function(value) {
        Some(("Condition", name)) => used.extend(name.as_str().map(str::to_owned)),
        Some(("Fn::If", argument)) => used.extend(argument[0].as_str().map(str::to_owned)),
        _ => {}
    }
    let list = value.as_array().into_iter().flatten();
    let members = value
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    for entry in list.chain(members) {
        collect_conditions(entry, used);
    }
}

#[test]
fn what_a_resource_waits_for_is_a_resource() {
    let Template { resources, .. } = crate::app::template();
    for (id, resource) in &resources {
        for other in &resource.after {
            assert!(resources.contains_key(other), "{id} waits for {other}");
        }
    }
}

#[test]
fn no_name_is_a_parameter_and_a_resource() {
    let template = crate::app::template();
    for id in template.resources.keys() {
        assert!(!template.parameters.contains_key(id.as_str()), "{id}");
    }
}
