//! What MiniStack 1.5.33 lacks, taken out of a template before it gets it. The product sends the whole.

use serde_json::{Map, Value, json};

/// Types of resources that it does not know.
const MISSING: &[&str] = &[
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Backup::BackupSelection",
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::CapacityProvider",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
];

/// What ECS gives every task, and the emulator in a form that SDKs do not take: over HTTP from an address of a network.
const GIVEN: [(&str, &str); 3] = [
    ("AWS_REGION", crate::ministack::REGION),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
];

/// The secret of the database's master user, which the emulator does not make.
pub(super) const MASTER_SECRET: &str = "master-of-the-database";

/// What stands where something referred to a resource that is not there.
const NOTHING: &str = "stripped";

/// The template without what is missing; `count` is the parameter that the emulator would leave a text.
pub(super) fn stripped(template: &str, count: Option<&str>) -> Option<String> {
    let mut template: Value = serde_json::from_str(template).ok()?;
    let resources = template["Resources"].as_object_mut()?;
    let gone: Vec<String> = resources
        .iter()
        .filter(|(_, resource)| is_missing(resource))
        .map(|(id, _)| id.clone())
        .collect();
    resources.retain(|id, _| !gone.contains(id));
    let secrets: Vec<String> = resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::SecretsManager::Secret")
        .map(|(id, _)| id.clone())
        .collect();
    for resource in resources.values_mut() {
        simplify(resource, &gone, count);
    }
    mend(&mut template, &gone, &secrets);
    Some(template.to_string())
}

fn is_missing(resource: &Value) -> bool {
    let kind = resource["Type"].as_str().unwrap_or_default();
    // Of alarms it knows those of one metric.
    MISSING.contains(&kind)
        || kind == "AWS::CloudWatch::Alarm" && !resource["Properties"]["Metrics"].is_null()
}

fn simplify(resource: &mut Value, gone: &[String], count: Option<&str>) {
    if let Some(after) = resource.get_mut("DependsOn").and_then(Value::as_array_mut) {
        after.retain(|id| !gone.iter().any(|gone| id == gone));
    }
    if resource["Type"] == "AWS::ECS::TaskDefinition"
        && let Some(variables) =
            resource["Properties"]["ContainerDefinitions"][0]["Environment"].as_array_mut()
    {
        variables.extend(GIVEN.map(|(name, value)| json!({ "Name": name, "Value": value })));
    }
    if resource["Type"] == "AWS::ECS::Service"
        && let Some(properties) = resource["Properties"].as_object_mut()
    {
        match count.and_then(|count| count.parse::<u32>().ok()) {
            Some(count) => properties.insert("DesiredCount".into(), json!(count)),
            None => properties.remove("DesiredCount"),
        };
    }
}

/// Replaces what refers to a resource that is gone, and what the emulator has in another way.
fn mend(value: &mut Value, gone: &[String], secrets: &[String]) {
    if refers(value, gone) {
        *value = NOTHING.into();
        return;
    }
    if value["Fn::GetAtt"][1] == "MasterUserSecret.SecretArn" {
        *value = MASTER_SECRET.into();
        return;
    }
    if value.as_object().is_some_and(|map| map.len() == 1)
        && let Some(id) = secrets.iter().find(|id| value["Ref"] == id.as_str())
    {
        // `Ref` is the ARN at AWS, and the name here.
        *value = json!({ "Fn::GetAtt": [id, "Id"] });
        return;
    }
    let mend = |value: &mut Value| mend(value, gone, secrets);
    match value {
        Value::Array(values) => values.iter_mut().for_each(mend),
        Value::Object(map) => map.values_mut().for_each(mend),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn refers(value: &Value, gone: &[String]) -> bool {
    let Some(map) = value.as_object().filter(|map: &&Map<_, _>| map.len() == 1) else {
        return false;
    };
    if let Some(id) = map.get("Ref") {
        return gone.iter().any(|gone| id == gone);
    }
    map.get("Fn::GetAtt")
        .is_some_and(|attribute| gone.iter().any(|gone| attribute[0] == gone.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_goes_with_all_that_refers_to_it() {
        let template = json!({ "Resources": {
            "Ip": { "Type": "AWS::EC2::EIP", "Properties": {} },
            "Route": {
                "Type": "AWS::EC2::Route",
                "DependsOn": ["Ip", "Vpc"],
                "Properties": { "To": { "Ref": "Ip" }, "Id": { "Fn::GetAtt": ["Ip", "Id"] } },
            },
            "Service": { "Type": "AWS::ECS::Service", "Properties": { "DesiredCount": "x" } },
        } });
        let template = template.to_string();
        let with = |count| {
            let text = stripped(&template, count).unwrap();
            serde_json::from_str::<Value>(&text).unwrap()["Resources"].clone()
        };
        let resources = with(Some("2"));
        assert!(resources["Ip"].is_null());
        assert_eq!(resources["Route"]["DependsOn"], json!(["Vpc"]));
        assert_eq!(
            resources["Route"]["Properties"],
            json!({ "To": NOTHING, "Id": NOTHING })
        );
        assert_eq!(
            resources["Service"]["Properties"],
            json!({ "DesiredCount": 2 })
        );
        assert_eq!(with(Some("auto"))["Service"]["Properties"], json!({}));
    }
}
