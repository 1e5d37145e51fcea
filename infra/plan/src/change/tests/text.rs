//! What people and programs read.

use serde_json::{Value, json};

use super::{
    Severity::{Loss, Plain, Warning},
    *,
};

#[test]
fn a_plan_is_read_from_the_worst_to_the_best() {
    let plan = Plan::of("wp", everything());
    let expected = r"
- AccessLog (AWS::S3::Bucket, thing-1) removed; it stays outside of the stack, and costs
- WebAclLog (AWS::Logs::LogGroup, thing-1) removed; its entries go with it
± Database (AWS::RDS::DBInstance, thing-1) replaced: `KmsKeyId` (parameter `Keys`); the database would be lost to the site: a snapshot stays, but the new one begins empty
± Balancer (AWS::ElasticLoadBalancingV2::LoadBalancer, thing-1) may be replaced: `Subnets` (by `PublicSubnet1`); its name in DNS is another one: the site is away until its records follow
~ Standby (AWS::RDS::DBInstance, thing-1) changed: `AuthToken` from (not shown) to (not shown) (template), `DBInstanceClass` from `db.t4g.medium` to `db.t4g.large\n` (parameter `DatabaseClass`), `Tags` (template); the database may be away for some minutes
= Vpc (AWS::EC2::VPC, thing-1) recorded as it is
+ Log (AWS::Logs::LogGroup, thing-1) taken in
+ NatGateway2 (AWS::EC2::NatGateway) added
";
    assert_eq!(plan.to_string().trim(), expected.trim());
    assert_eq!(
        plan.summary(),
        "stack `wp`: 2 to remove, 2 to replace, 1 to change, 1 to record, 1 to take in, 1 to add"
    );
    let severities: Vec<_> = plan.lines().map(|line| line.severity).collect();
    assert_eq!(
        severities,
        [
            Warning, Warning, Loss, Warning, Warning, Plain, Plain, Plain
        ]
    );
}

#[test]
fn nothing_to_do_is_said() {
    let plan = Plan::of("wp", []);
    assert!(plan.is_empty());
    assert_eq!(plan.summary(), "stack `wp` is as its template says");
    assert_eq!(plan.counts().to_string(), "nothing to do");
    assert_eq!(plan.to_string(), "");
}

#[test]
fn a_refusal_names_what_would_be_lost_and_the_way_out() {
    let plan = Plan::of("wp", everything());
    let refusal = plan.refusal(AllowReplacement::No).unwrap();
    assert_eq!(
        refusal.to_string(),
        "stack `wp` is left as it is, because `Database` would lose what it holds"
    );
    assert!(refusal.hint().contains("--allow-replacement"));
    assert_eq!(refusal.losses.len(), 1);
    assert_eq!(
        refusal.losses[0].to_string(),
        "`Database` (AWS::RDS::DBInstance, thing-1) is replaced because of `KmsKeyId`: \
         the database would be lost to the site: a snapshot stays, but the new one begins empty"
    );
    assert!(refusal.losses[0].instead.contains("snapshot"));
    assert_eq!(plan.refusal(AllowReplacement::Yes), None);
}

#[test]
fn programs_get_the_same() {
    let plan = Plan::of("wp", everything());
    let document = serde_json::to_value(plan.document()).unwrap();
    assert_eq!(document["schema"], "wpimg/infra-plan/1");
    assert_eq!(document["stack"], "wp");
    assert_eq!(
        document["changes"][2],
        json!({
            "logical_id": "Database",
            "type": "AWS::RDS::DBInstance",
            "physical_id": "thing-1",
            "change": "replaced",
            "certain": true,
            "severity": "loss",
            "loss": {
                "what": "the database",
                "left": "snapshot",
                "instead": plan.steps[2].loss.as_ref().unwrap().instead,
            },
            "notes": [],
            "properties": [{
                "name": "KmsKeyId",
                "attribute": "Properties",
                "recreation": "Always",
                "cause": "parameter `Keys`",
                "before": null,
                "after": null,
                "hidden": false,
            }],
        })
    );
    assert_eq!(document["changes"][3]["certain"], false);
    let secret = &document["changes"][4]["properties"][0];
    assert_eq!(
        (&secret["name"], &secret["after"], &secret["hidden"]),
        (&json!("AuthToken"), &Value::Null, &json!(true))
    );
    assert_eq!(document["changes"][7]["physical_id"], Value::Null);
}

#[test]
fn the_detail_with_the_values_is_the_one_that_is_shown() {
    let told = Detail {
        before: Some("1".into()),
        after: Some("2".into()),
        ..detail("Port", Recreation::Never, Cause::Template)
    };
    let untold = detail("Port", Recreation::Never, Cause::Unknown);
    for details in [vec![told.clone(), untold.clone()], vec![untold, told]] {
        let change = ResourceChange {
            details,
            ..change("AWS::IAM::Role", Action::Modify)
        };
        let plan = Plan::of("wp", [change]);
        assert_eq!(
            plan.to_string(),
            "~ Thing (AWS::IAM::Role, thing-1) changed: `Port` from `1` to `2` (template)\n"
        );
    }
}
