//! What cannot be priced is named, and never guessed.

use serde_json::json;

use super::*;

/// The reasons why this one resource is not counted, and what is.
fn resource(kind: &str, properties: &Value) -> (Vec<String>, f64) {
    let template = json!({
        "Parameters": { "Open": { "Type": "String" } },
        "Resources": { "Thing": { "Type": kind, "Properties": properties } },
    });
    let found = estimate(&template, &[], "us-east-1");
    let reasons = found.not_counted.iter().map(|entry| entry.why.clone());
    (reasons.collect(), found.total())
}

#[test]
fn what_is_not_known_is_left_out_and_said() {
    let open = json!({ "Ref": "Open" });
    for (kind, properties, expected) in [
        ("AWS::Lambda::Function", json!({}), "of this type"),
        ("AWS::RDS::DBInstance", json!({}), "class of the instance"),
        (
            "AWS::RDS::DBInstance",
            json!({ "DBInstanceClass": open }),
            "class of the instance",
        ),
        (
            "AWS::RDS::DBInstance",
            json!({ "DBInstanceClass": "db.x9.huge", "Engine": "mysql", "StorageType": "gp3" }),
            "`db.x9.huge`",
        ),
        (
            "AWS::RDS::DBInstance",
            json!({ "DBInstanceClass": "db.t4g.medium", "Engine": "postgres", "StorageType": "gp3" }),
            "engine",
        ),
        (
            "AWS::RDS::DBInstance",
            json!({ "DBInstanceClass": "db.serverless", "DBClusterIdentifier": open }),
            "least capacity",
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            json!({ "NumCacheClusters": open }),
            "nodes",
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            json!({ "NumCacheClusters": 1, "CacheNodeType": "cache.t4g.small", "Engine": "redis" }),
            "`cache.t4g.small`",
        ),
        (
            "AWS::EC2::VPCEndpoint",
            json!({ "VpcEndpointType": "Interface", "SubnetIds": open }),
            "zones",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            json!({ "Type": "network" }),
            "application",
        ),
        ("AWS::ECS::Service", json!({}), "how many tasks"),
        (
            "AWS::ECS::Service",
            json!({ "DesiredCount": 2 }),
            "where the tasks run",
        ),
        (
            "AWS::ECS::Service",
            json!({ "DesiredCount": 2, "LaunchType": "FARGATE", "TaskDefinition": open }),
            "size of a task",
        ),
        ("AWS::WAFv2::WebACL", json!({ "Rules": open }), "rules"),
        (
            "AWS::EC2::VPCEndpoint",
            json!({ "VpcEndpointType": open }),
            "interface endpoints",
        ),
        (
            "AWS::RDS::DBCluster",
            json!({ "ManageMasterUserPassword": open }),
            "master user",
        ),
    ] {
        let (reasons, total) = resource(kind, &properties);
        assert!(
            reasons.iter().any(|reason| reason.contains(expected)),
            "{kind} {reasons:?}"
        );
        assert!(total.abs() < 1e-9, "{kind} {properties}: {total}");
    }
}

#[test]
fn numbers_that_make_no_sense_are_not_known() {
    for storage in [
        json!("a lot"),
        json!("-5"),
        json!("NaN"),
        json!("inf"),
        Value::Null,
    ] {
        let (reasons, total) = resource(
            "AWS::RDS::DBInstance",
            &json!({
                "DBInstanceClass": "db.t4g.medium",
                "Engine": "mysql",
                "StorageType": "gp3",
                "AllocatedStorage": storage,
            }),
        );
        assert_eq!(
            reasons,
            ["the size of the storage is not known"],
            "{storage}"
        );
        assert!((total - 47.45).abs() < 1e-9, "{storage}: {total}");
    }
}

#[test]
fn what_may_not_be_there_is_named() {
    let template = json!({
        "Conditions": { "Maybe": { "Fn::Equals": [{ "Ref": "Elsewhere" }, "x"] } },
        "Resources": {
            "Gateway": { "Type": "AWS::EC2::NatGateway", "Condition": "Maybe" },
            "Role": { "Type": "AWS::IAM::Role", "Condition": "Maybe" },
        },
    });
    let found = estimate(&template, &[], "us-east-1");
    assert!(found.lines.is_empty());
    assert_eq!(found.not_counted.len(), 1);
    assert!(found.not_counted[0].why.contains("`Maybe`"));
}

#[test]
fn what_may_cost_more_is_named_beside_what_costs_in_any_case() {
    let (reasons, total) = resource(
        "AWS::RDS::DBInstance",
        &json!({
            "DBInstanceClass": "db.t4g.medium",
            "Engine": "mysql",
            "StorageType": "gp3",
            "AllocatedStorage": 20,
            "MultiAZ": { "Ref": "Open" },
        }),
    );
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("second instance")),
        "{reasons:?}"
    );
    assert!((total - 47.45 - 2.30).abs() < 1e-9, "{total}");

    let found = estimate(&app(), &[("DesiredCount", "auto")], "us-east-1");
    let service = found
        .not_counted
        .iter()
        .filter(|entry| entry.logical_id == "Service");
    let reasons: Vec<&str> = service.map(|entry| entry.why.as_str()).collect();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("public addresses")),
        "{reasons:?}"
    );
}

#[test]
fn nothing_of_a_template_reaches_a_terminal_as_it_is() {
    let name = "Thing\u{1b}[2J";
    let properties = json!({ "DBInstanceClass": "db\u{7}", "Engine": "mysql" });
    let resource = json!({ "Type": "AWS::RDS::DBInstance", "Properties": properties });
    let template = json!({ "Resources": { name: resource, "Other\n": { "Type": "A\r" } } });
    let text = estimate(&template, &[], "\u{1b}c").to_string();
    assert!(text.contains("Thing\\u{1b}[2J"), "{text}");
    assert!(
        !text.replace('\n', "").chars().any(char::is_control),
        "{text:?}"
    );
    let error = Estimate::of(
        &template,
        &inputs(&[("\u{1b}", "")], ""),
        &Assumptions::default(),
    );
    assert!(!error.unwrap_err().to_string().contains('\u{1b}'));
}
