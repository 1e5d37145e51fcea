//! What is refused where a choice about a stack is taken back.

use wpimg_template::{Kept, Template, app, data};

use super::*;
use crate::evaluate::{Inputs, evaluate};

type Parameters = &'static [(&'static str, &'static str)];

/// The plan of a change from these parameters to the defaults, as far as it removes resources.
fn taken_back(template: &Template, parameters: Parameters) -> Plan {
    let stack = |parameters: Parameters| {
        let parameters = parameters.iter();
        let inputs = Inputs {
            parameters: parameters
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Inputs::default()
        };
        evaluate(&template.to_json(), &inputs).unwrap()
    };
    let (before, after) = (stack(parameters), stack(&[]));
    let gone = before.resources.into_iter();
    let gone = gone.filter(|(logical_id, _)| !after.resources.contains_key(logical_id));
    let changes = gone.map(|(logical_id, resource)| {
        let policy = match template.resources[&logical_id].kept {
            Kept::No => Policy::Delete,
            Kept::Always => Policy::Retain,
            Kept::AsSnapshot => Policy::Snapshot,
        };
        let before = serde_json::json!({ "Properties": resource.properties });
        ResourceChange {
            before: Some(before.to_string()),
            ..named(&logical_id, removed(&resource.kind, policy))
        }
    });
    Plan::of("wp", changes)
}

/// What the stack makes up again when it is asked to is no reason to refuse, and what it keeps is not lost.
#[test]
fn every_choice_can_be_taken_back() {
    let cloud_front: Parameters = &[
        ("Domain", "shop.example"),
        ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
    ];
    for (template, parameters, gone) in [
        (app::template(), cloud_front, "OriginProof"),
        (app::template(), &[("Firewall", "on")], "WebAcl"),
        (app::template(), &[("Capacity", "ec2")], "InstanceGroup"),
        (data::template(), &[("Cache", "valkey")], "CacheSecret"),
        (data::template(), &[("Backup", "daily")], "BackupVault"),
        (data::template(), &[("Keys", "own")], "Key"),
        (
            data::template(),
            &[("Egress", "endpoints")],
            "EcrApiEndpoint",
        ),
    ] {
        let plan = taken_back(&template, parameters);
        let names: Vec<&str> = plan
            .steps
            .iter()
            .map(|step| step.change.logical_id.as_str())
            .collect();
        assert!(names.contains(&gone), "{parameters:?}: {names:?}");
        assert_eq!(plan.refusal(AllowReplacement::No), None, "{plan}");
    }
}

/// The name alone is no excuse, and neither is the type.
#[test]
fn other_secrets_are_refused_as_before() {
    let secret = "AWS::SecretsManager::Secret";
    for (logical_id, kind, is_refused) in [
        ("OriginProof", secret, false),
        ("SaltsSecret", secret, true),
        ("OriginProof2", secret, true),
        ("OriginProof", "AWS::RDS::DBInstance", true),
    ] {
        for change in [
            removed(kind, Policy::Delete),
            replaced(kind, Policy::ReplaceAndDelete),
        ] {
            let plan = Plan::of("wp", [named(logical_id, change)]);
            let refusal = plan.refusal(AllowReplacement::No);
            assert_eq!(refusal.is_some(), is_refused, "{plan}");
        }
    }
}
