//! What both kinds of database have in common: where it lies, what is kept of it, who watches it, and what it is called.

use serde_json::{Map, Value, json};

use super::key;
use super::zone::in_each;
use crate::expression::{attribute, choose, only_if, reference, text};
use crate::{Resource, Template};

/// The user that may do everything. Nothing but tasks that run once knows its password, which RDS rotates.
const MASTER_USER: &str = "admin";

/// What the database says about itself in CloudWatch Logs.
const LOGS: [&str; 2] = ["error", "slowquery"];

/// Seconds between two measurements of the machine under the database.
const MONITORING_INTERVAL: u32 = 60;

/// Seconds from which on a query is a slow one.
const SLOW_QUERY: &str = "2";

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

/// What whatever has the storage is told, an instance by itself or a cluster, with `more` that only one of them is.
pub(super) fn storing(more: Value) -> Value {
    let common = json!({
        "DBSubnetGroupName": reference("DatabaseSubnets"),
        "StorageEncrypted": true,
        "KmsKeyId": key::own(),
        "MasterUsername": MASTER_USER,
        "ManageMasterUserPassword": true,
        "MasterUserSecret": master_secret_key(),
        "EnableIAMDatabaseAuthentication": true,
        "BackupRetentionPeriod": reference("DatabaseBackupDays"),
        "CopyTagsToSnapshot": true,
        // Point-in-time backups outlast a database that is deleted in error.
        "DeleteAutomatedBackups": false,
        "DeletionProtection": reference("DeletionProtection"),
        "EnableCloudwatchLogsExports": LOGS,
    });
    merged(common, more)
}

/// What every machine is told, also one of a cluster, with `more` that only one kind is.
pub(super) fn running(more: Value) -> Value {
    let common = json!({
        "AutoMinorVersionUpgrade": true,
        "PubliclyAccessible": false,
        "EnablePerformanceInsights": reference("DatabaseInsights"),
        "PerformanceInsightsRetentionPeriod": insights_days(),
        "PerformanceInsightsKMSKeyId": insights_key(),
        "MonitoringInterval": MONITORING_INTERVAL,
        "MonitoringRoleArn": attribute("DatabaseMonitoringRole", "Arn"),
    });
    merged(common, more)
}

/// A group of parameters of MySQL. Where instances take a number for TLS that is required, clusters take a word.
pub(super) fn parameters(family: &str, tls_required: &str) -> Value {
    json!({
        "Family": family,
        "Description": text("${AWS::StackName}: TLS required"),
        "Parameters": {
            "require_secure_transport": tls_required,
            "slow_query_log": "1",
            "long_query_time": SLOW_QUERY,
            "log_output": "FILE",
        },
    })
}

/// The properties of both. One that is in both would be a mistake of ours.
fn merged(one: Value, other: Value) -> Value {
    let (one, other) = (properties(one), properties(other));
    debug_assert!(other.keys().all(|name| !one.contains_key(name)));
    Value::Object(one.into_iter().chain(other).collect())
}

fn properties(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(properties) => properties,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
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
fn master_secret_key() -> Value {
    only_if("OwnKey", json!({ "KmsKeyId": attribute("Key", "Arn") }))
}

/// Days of the queries' load that cost nothing.
fn insights_days() -> Value {
    only_if("Insights", 7.into())
}

/// With which key it is encrypted. RDS refuses one where there is no load to keep.
fn insights_key() -> Value {
    only_if("OwnKeyForInsights", attribute("Key", "Arn"))
}
