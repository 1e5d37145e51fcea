//! What a stack tells others before it is there.

use std::collections::BTreeMap;

use super::*;

#[test]
fn what_is_exported_is_known_as_far_as_it_can_be() {
    let exported = json!({ "Name": { "Fn::Sub": "${AWS::StackName}-Value" } });
    let mut template = template(&json!(1));
    let table = [
        (json!("plain"), Some("plain")),
        (json!({ "Ref": "Size" }), Some("512/1024")),
        (json!({ "Ref": "Vpc" }), Some("${Vpc}")),
        (json!({ "Fn::GetAtt": ["Vpc", "Arn"] }), Some("${Vpc.Arn}")),
        (json!({ "Fn::GetAtt": "Vpc.Arn" }), Some("${Vpc.Arn}")),
        (
            json!({ "Fn::Join": [",", [{ "Ref": "A" }, "b", { "Fn::If": ["No", "c", { "Ref": "AWS::NoValue" }] }]] }),
            Some("${A},b"),
        ),
        (json!({ "Fn::If": ["Yes", "a", "b"] }), Some("a")),
        (json!({ "Fn::If": ["Maybe", "a", "b"] }), None),
        (json!({ "Fn::Sub": "a-${Vpc}" }), Some("a-${Vpc}")),
        (json!({ "Fn::Base64": "a" }), None),
        (json!(["a"]), None),
        (json!({ "Ref": "AWS::NoValue" }), None),
    ];
    for (value, expected) in table {
        template["Outputs"] = json!({
            "Told": { "Value": value, "Export": exported },
            "Kept": { "Value": "for itself" },
            "Absent": { "Value": 1, "Export": { "Name": "absent" }, "Condition": "No" },
            "Unsure": { "Value": 1, "Export": { "Name": "unsure" }, "Condition": "Maybe" },
        });
        let expected: BTreeMap<String, String> = expected
            .map(|text| ("shop-Value".to_owned(), text.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(
            exports(&template, &inputs(&[])).unwrap(),
            expected,
            "{value}"
        );
    }
}

#[test]
fn without_a_name_of_the_stack_its_exports_have_none() {
    let data = wpimg_template::data::template().to_json();
    let nameless = Inputs {
        stack: None,
        ..inputs(&[])
    };
    assert!(exports(&data, &nameless).unwrap().is_empty());
    assert!(exports(&data, &inputs(&[("Nothing", "")])).is_err());
}

/// Whatever is chosen, the app stack finds what it imports, and as many subnets as there are.
#[test]
fn the_data_stack_tells_what_the_app_stack_asks_for() {
    let data = wpimg_template::data::template().to_json();
    let app = wpimg_template::app::template().to_json();
    for (chosen, public) in [
        (&[("Zones", "2")][..], "DISABLED"),
        (&[("Zones", "3"), ("Egress", "endpoints")], "DISABLED"),
        (&[("Zones", "3"), ("Egress", "public")], "ENABLED"),
        (
            &[("Zones", "2"), ("Cache", "valkey"), ("Keys", "own")],
            "DISABLED",
        ),
    ] {
        let known = exports(&data, &inputs(chosen)).unwrap();
        let zones: usize = chosen[0].1.parse().unwrap();
        assert_eq!(known["shop-PublicSubnets"].split(',').count(), zones);
        assert_eq!(known["shop-TaskSubnets"].split(',').count(), zones);
        assert_eq!(known["shop-AssignPublicIp"], public);

        let both = ["Cache", "Keys"];
        let shared = chosen.iter().filter(|(name, _)| both.contains(name));
        let mut parameters: Vec<(&str, &str)> = shared.copied().collect();
        parameters.push(("DataStack", "shop"));
        let inputs = Inputs {
            exports: known,
            ..inputs(&parameters)
        };
        let stack = evaluate(&app, &inputs).unwrap();
        for (logical_id, resource) in &stack.resources {
            let text = resource.properties.to_string();
            assert!(
                !text.contains("Fn::ImportValue"),
                "{logical_id} {chosen:?}: {text}"
            );
        }
    }
}
