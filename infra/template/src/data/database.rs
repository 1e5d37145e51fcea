//! What both kinds of database have in common: where it lies, who watches it, and what it is called.

use serde_json::{Value, json};

use super::zone::in_each;
use crate::expression::{attribute, choose, only_if, reference, text};
use crate::{Resource, Template};

/// The user that may do everything. Nothing but tasks that run once knows its password, which RDS rotates.
pub(super) const MASTER_USER: &str = "admin";

/// What the database says about itself in CloudWatch Logs.
pub(super) const LOGS: [&str; 2] = ["error", "slowquery"];

/// Seconds between two measurements of the machine under the database.
pub(super) const MONITORING_INTERVAL: u32 = 60;

/// Seconds from which on a query is a slow one.
pub(super) const SLOW_QUERY: &str = "2";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseSubnets",
        Resource::new(
            "AWS::RDS::DBSubnetGroup",
            json!({
                "DBSubnetGroupDescription": text("${AWS::StackName}: private subnets"),
                "SubnetIds": in_each("PrivateSubnet"),
            }),
        ),
    );
    template.add(
        "DatabaseMonitoringRole",
        service_role(
            "monitoring.rds",
            &["service-role/AmazonRDSEnhancedMonitoringRole"],
        ),
    );
}

/// A role that a service of AWS takes, with AWS's own policies for it.
pub(super) fn service_role(service: &str, policies: &[&str]) -> Resource {
    let policies: Vec<Value> = policies
        .iter()
        .map(|policy| text(&format!("arn:${{AWS::Partition}}:iam::aws:policy/{policy}")))
        .collect();
    Resource::new(
        "AWS::IAM::Role",
        json!({
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": format!("{service}.amazonaws.com") },
                    "Action": "sts:AssumeRole",
                }],
            },
            "ManagedPolicyArns": policies,
        }),
    )
}

/// Whichever of the two is there.
fn either(instance: Value, cluster: Value) -> Value {
    choose("Mysql", instance, cluster)
}

/// The name that the database is reached by.
pub(super) fn host() -> Value {
    either(
        attribute("Database", "Endpoint.Address"),
        attribute("DatabaseCluster", "Endpoint.Address"),
    )
}

/// What RDS calls the instance or cluster.
pub(super) fn identifier() -> Value {
    either(reference("Database"), reference("DatabaseCluster"))
}

/// The ARN of the instance or cluster.
pub(super) fn arn() -> Value {
    let arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}";
    either(
        text(&format!("{arn}:db:${{Database}}")),
        text(&format!("{arn}:cluster:${{DatabaseCluster}}")),
    )
}

/// The secret that RDS keeps for the master user.
pub(super) fn master_secret() -> Value {
    either(
        attribute("Database", "MasterUserSecret.SecretArn"),
        attribute("DatabaseCluster", "MasterUserSecret.SecretArn"),
    )
}

/// With which key that secret is encrypted.
pub(super) fn master_secret_key() -> Value {
    only_if("OwnKey", json!({ "KmsKeyId": attribute("Key", "Arn") }))
}

/// Days of the queries' load that cost nothing.
pub(super) fn insights_days() -> Value {
    only_if("Insights", 7.into())
}

/// With which key it is encrypted. RDS refuses one where there is no load to keep.
pub(super) fn insights_key() -> Value {
    only_if("OwnKeyForInsights", attribute("Key", "Arn"))
}
