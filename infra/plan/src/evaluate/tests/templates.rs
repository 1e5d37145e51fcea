//! The templates that come with wpimg.

use super::*;

/// What parameters of the two templates are tried with.
const APP: &[&[(&str, &str)]] = &[
    &[],
    &[("DesiredCount", "auto"), ("Capacity", "fargate-spot")],
    &[
        ("DesiredCount", "4"),
        ("Capacity", "ec2"),
        ("Processor", "amd64"),
    ],
    &[
        ("Domain", "shop.example"),
        ("HostedZone", "Z1"),
        ("Firewall", "on"),
    ],
];
const DATA: &[&[(&str, &str)]] = &[
    &[],
    &[
        ("DatabaseEngine", "aurora"),
        ("MultiAz", "false"),
        ("Keys", "own"),
    ],
    &[
        ("Zones", "3"),
        ("Egress", "nat-per-az"),
        ("Cache", "valkey"),
    ],
    &[
        ("Egress", "endpoints"),
        ("Shape", "split"),
        ("Backup", "daily"),
    ],
];

#[test]
fn all_conditions_are_decided_by_the_parameters() {
    for (template, choices) in [
        (wpimg_template::app::template().to_json(), APP),
        (wpimg_template::data::template().to_json(), DATA),
    ] {
        for choice in choices {
            let stack = evaluate(&template, &inputs(choice)).unwrap();
            for (logical_id, resource) in &stack.resources {
                assert_eq!(
                    resource.existence,
                    Existence::Certain,
                    "{logical_id} {choice:?}"
                );
                assert!(
                    !contains_choice(&resource.properties),
                    "{logical_id} {choice:?}"
                );
            }
        }
    }
}

fn contains_choice(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(contains_choice),
        Value::Object(object) => {
            matches!(function(value), Some(("Fn::If", _))) || object.values().any(contains_choice)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[test]
fn a_choice_is_seen_in_the_resources() {
    let template = wpimg_template::data::template().to_json();
    let choice = [("Zones", "3"), ("Egress", "endpoints")];
    let stack = evaluate(&template, &inputs(&choice)).unwrap();
    let subnets = &stack.resources["EcrApiEndpoint"].properties["SubnetIds"];
    assert_eq!(items(subnets).unwrap().len(), 3);
    assert!(!stack.resources.contains_key("NatGateway1"));
    let database = &stack.resources["Database"].properties;
    assert_eq!(text(&database["MultiAZ"]).unwrap(), "true");

    let template = wpimg_template::app::template().to_json();
    let stack = evaluate(&template, &inputs(&[("Size", "1024/2048")])).unwrap();
    let task = &stack.resources["Task"].properties;
    assert_eq!(
        (&task["Cpu"], &task["Memory"]),
        (&json!("1024"), &json!("2048"))
    );
    assert!(stack.resources["Service"].properties["DesiredCount"] == "0");
}
