//! Nothing is referred to that is not there.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::evaluation::{CHOICES, Stack};
use crate::references::{alternatives, conditions, dangling};

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

proptest! {
    /// There are too many combinations to try each.
    #[test]
    fn whatever_is_chosen_each_name_is_of_something_that_is_made(seeds in vec(any::<Index>(), 64)) {
        let template = crate::app::template().to_json();
        let alternatives = alternatives(&template);
        prop_assert!(alternatives.len() <= seeds.len());
        let chosen: Vec<(&str, &str)> = alternatives
            .iter()
            .zip(&seeds)
            .map(|((name, values), seed)| (*name, *seed.get(values)))
            .collect();
        let found = dangling(&template, &chosen);
        prop_assert!(found.is_empty(), "{found:?} with {chosen:?}");
    }
}

#[test]
fn in_every_known_choice_each_name_is_of_something_that_is_made() {
    let template = crate::app::template().to_json();
    for choices in CHOICES {
        let found = dangling(&template, choices);
        assert!(found.is_empty(), "{found:?} with {choices:?}");
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
    let (defined, asked) = conditions(&crate::app::template().to_json());
    assert_eq!(asked, defined);
}

#[test]
fn no_name_is_a_parameter_and_a_resource() {
    let template = crate::app::template();
    for id in template.resources.keys() {
        assert!(!template.parameters.contains_key(id.as_str()), "{id}");
    }
}
