//! Nothing of the templates is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::cost::catalogue::{Costs, TABLE, costs};

fn types() -> BTreeSet<&'static str> {
    let templates = [
        wpimg_template::data::template(),
        wpimg_template::app::template(),
    ];
    let resources = templates
        .iter()
        .flat_map(|template| template.resources.values());
    resources.map(|resource| resource.kind).collect()
}

#[test]
fn every_type_of_both_templates_is_priced_free_or_named() {
    let types = types();
    assert!(types.len() > 40);
    for kind in types {
        assert!(
            costs(kind).is_some(),
            "the catalogue does not have `{kind}`"
        );
    }
}

#[test]
fn the_catalogue_has_each_type_once_and_none_that_is_not_there() {
    let types = types();
    let known: BTreeSet<&str> = TABLE.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(known.len(), TABLE.len());
    for kind in known {
        assert!(types.contains(kind), "no template has a `{kind}`");
    }
}

/// Each type that costs is seen with its costs under some choice of parameters.
#[test]
fn every_priced_type_comes_to_a_line() {
    let data_choices: [&[(&str, &str)]; 3] = [
        &[("Cache", "valkey"), ("Keys", "own")],
        &[("DatabaseEngine", "aurora")],
        &[("Egress", "endpoints")],
    ];
    let app_choices: [&[(&str, &str)]; 2] = [
        &[("DesiredCount", "auto"), ("Firewall", "on")],
        &[("DesiredCount", "auto"), ("Capacity", "ec2")],
    ];
    let mut seen = BTreeMap::new();
    for (template, choices) in [(data(), &data_choices[..]), (app(), &app_choices[..])] {
        for choice in choices {
            let found = estimate(&template, choice, "us-east-1");
            for line in found.lines {
                let kind = template["Resources"][&line.logical_id]["Type"]
                    .as_str()
                    .unwrap();
                seen.insert(kind.to_owned(), line.monthly);
            }
        }
    }
    // Container Insights is named only, with a reason that depends on the cluster's settings.
    let without = ["AWS::ECS::Cluster"];
    for (kind, costs) in TABLE {
        match costs {
            Costs::Priced(_) => {
                assert!(seen.contains_key(kind) || without.contains(&kind), "{kind}");
            }
            Costs::Usage(_) | Costs::Nothing => assert!(!seen.contains_key(kind), "{kind}"),
        }
    }
}
