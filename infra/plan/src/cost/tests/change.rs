//! What one change of a stack costs, from what CloudFormation tells of it.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::evaluate::{TemplateError, exports};

fn change(
    deployed: Option<(&str, &Inputs)>,
    wanted: (&str, &Inputs),
) -> Result<CostChange, CostError> {
    let version = |(template, inputs)| Version { template, inputs };
    let assumptions = Assumptions::default();
    CostChange::of(deployed.map(version), version(wanted), &assumptions)
}

/// `DescribeStacks` tells every parameter with its value, also those that nobody has chosen.
fn as_described(template: &Value, inputs: &Inputs) -> Inputs {
    let known = template["Parameters"].as_object().unwrap();
    let mut described = inputs.clone();
    for (name, parameter) in known {
        let default = parameter["Default"].as_str().unwrap_or("given");
        let entry = described.parameters.entry(name.clone());
        entry.or_insert_with(|| default.to_owned());
    }
    described
}

fn without_defaults(template: &Value) -> Value {
    let mut template = template.clone();
    let parameters = template["Parameters"].as_object_mut().unwrap();
    for parameter in parameters.values_mut() {
        parameter.as_object_mut().unwrap().remove("Default");
    }
    template
}

#[test]
fn a_stack_that_is_not_there_has_cost_nothing() {
    let inputs = inputs(&[], "us-east-1");
    let found = change(None, (&data().to_string(), &inputs)).unwrap();
    assert_eq!(
        found.summary(),
        "monthly cost: about 0.00 -> 140.20 USD (+140.20)"
    );
    assert_eq!(found.after, estimate(&data(), &[], "us-east-1"));
    let difference = found.difference();
    assert_eq!(difference.lines.len(), found.after.lines.len());
    assert_eq!(difference.newly_not_counted, found.after.not_counted);
    assert!(found.caveat().contains("list prices of us-east-1"));
}

#[test]
fn parameters_that_are_told_are_as_good_as_defaults() {
    let chosen = inputs(&[("DatabaseClass", "db.t4g.large")], "us-east-1");
    let wanted = inputs(&[("DatabaseClass", "db.t4g.medium")], "us-east-1");
    let expected = "monthly cost: about 233.64 -> 140.20 USD (-93.44)";
    let described = as_described(&data(), &chosen);
    for (template, deployed) in [
        (data(), &chosen),
        (data(), &described),
        (without_defaults(&data()), &described),
    ] {
        let found = change(
            Some((&template.to_string(), deployed)),
            (&data().to_string(), &wanted),
        );
        assert_eq!(found.unwrap().summary(), expected);
    }
}

/// What an older template does not have is not missed, and what it had besides is seen to go.
#[test]
fn the_deployed_template_may_be_another_one() {
    let inputs = inputs(&[], "us-east-1");
    let mut older = data();
    let parameters = older["Parameters"].as_object_mut().unwrap();
    parameters.remove("DatabaseInsights");
    let resources = older["Resources"].as_object_mut().unwrap();
    resources.insert("Old".into(), json!({ "Type": "AWS::KMS::Key" }));
    let found = change(
        Some((&older.to_string(), &inputs)),
        (&data().to_string(), &inputs),
    );
    let found = found.unwrap();
    assert_eq!(
        found.summary(),
        "monthly cost: about 141.20 -> 140.20 USD (-1.00)"
    );
    assert_eq!(found.difference().lines[0].logical_id, "Old");
}

/// Without its defaults, and without its parameters, a template says little, but what it says is counted.
#[test]
fn what_is_not_known_of_the_deployed_stack_is_left_out() {
    let inputs = inputs(&[], "us-east-1");
    let deployed = without_defaults(&data()).to_string();
    let found = change(Some((&deployed, &inputs)), (&data().to_string(), &inputs)).unwrap();
    assert!(found.before.total() < found.after.total());
    let reasons = found.before.not_counted.iter();
    let is_database = |entry: &&NotCounted| entry.logical_id == "Database";
    assert!(reasons.filter(is_database).count() > 0);
}

#[test]
fn nothing_changes_where_nothing_is_changed() {
    let inputs = inputs(&[("DesiredCount", "auto")], "eu-west-1");
    let text = app().to_string();
    let described = as_described(&app(), &inputs);
    let found = change(Some((&text, &described)), (&text, &inputs)).unwrap();
    assert!(found.summary().ends_with("(+0.00)"), "{}", found.summary());
    assert!(found.difference().is_empty());
}

/// A deployed data stack tells ids, one that is going to be tells stand-ins for them.
#[test]
fn ids_that_are_not_known_yet_cost_the_same() {
    let data_inputs = Inputs {
        stack: Some("net".into()),
        ..inputs(&[], "us-east-1")
    };
    let coming = exports(&data(), &data_inputs).unwrap();
    let deployed = coming.iter().map(|(name, value)| {
        let ids: Vec<&str> = value.split(',').map(|_| "id-0123").collect();
        let is_id = value.contains("${");
        let value = if is_id { ids.join(",") } else { value.clone() };
        (name.clone(), value)
    });
    let deployed: BTreeMap<String, String> = deployed.collect();
    assert_ne!(deployed, coming);
    let [before, after] = [deployed, coming].map(|exports| Inputs {
        exports,
        ..inputs(
            &[("DesiredCount", "auto"), ("DataStack", "net")],
            "us-east-1",
        )
    });
    let text = app().to_string();
    let found = change(Some((&text, &before)), (&text, &after)).unwrap();
    assert!(found.difference().is_empty(), "{}", found.difference());
    assert_eq!(found.before, found.after);
}

#[test]
fn a_template_that_cannot_be_read_is_named() {
    let inputs = inputs(&[], "us-east-1");
    let good = data().to_string();
    let no_json = || TemplateError::NotJson { line: 1, column: 2 };
    let no_resources = || TemplateError::NoResources;
    for (deployed, wanted, expected) in [
        (
            "Resources:\n",
            good.as_str(),
            CostError::Deployed {
                source: TemplateError::NotJson { line: 1, column: 1 },
            },
        ),
        (
            "{}",
            &good,
            CostError::Deployed {
                source: no_resources(),
            },
        ),
        (
            &good,
            "{",
            CostError::Wanted {
                source: TemplateError::NotJson { line: 1, column: 1 },
            },
        ),
        (&good, "[1", CostError::Wanted { source: no_json() }),
    ] {
        let error = change(Some((deployed, &inputs)), (wanted, &inputs)).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.hint().is_empty());
    }
}
