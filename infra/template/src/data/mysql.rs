//! The database as an instance of RDS for MySQL.

use serde_json::json;

use super::database::{
    LOGS, MASTER_USER, MONITORING_INTERVAL, SLOW_QUERY, insights_days, insights_key,
    master_secret_key,
};
use super::key;
use crate::expression::{attribute, reference, text};
use crate::{Kept, Resource, Template};

/// Only the release series: which release of it runs is RDS's to say once it updates by itself, and a template that
/// names an older one could not be applied any more.
const VERSION: &str = "8.4";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseParameters",
        Resource::new(
            "AWS::RDS::DBParameterGroup",
            json!({
                "Family": format!("mysql{VERSION}"),
                "Description": text("${AWS::StackName}: TLS required"),
                "Parameters": {
                    "require_secure_transport": "1",
                    "slow_query_log": "1",
                    "long_query_time": SLOW_QUERY,
                    "log_output": "FILE",
                },
            }),
        )
        .only_if("Mysql"),
    );
    template.add(
        "Database",
        Resource::new(
            "AWS::RDS::DBInstance",
            json!({
                "Engine": "mysql",
                "EngineVersion": VERSION,
                "AutoMinorVersionUpgrade": true,
                "DBInstanceClass": reference("DatabaseClass"),
                "DBName": reference("DatabaseName"),
                "DBParameterGroupName": reference("DatabaseParameters"),
                "DBSubnetGroupName": reference("DatabaseSubnets"),
                "VPCSecurityGroups": [reference("DatabaseSecurityGroup")],
                "PubliclyAccessible": false,
                "MultiAZ": reference("MultiAz"),
                "StorageType": "gp3",
                "AllocatedStorage": reference("DatabaseStorage"),
                "MaxAllocatedStorage": reference("DatabaseStorageLimit"),
                "StorageEncrypted": true,
                "KmsKeyId": key::own(),
                "MasterUsername": MASTER_USER,
                "ManageMasterUserPassword": true,
                "MasterUserSecret": master_secret_key(),
                "EnableIAMDatabaseAuthentication": true,
                "BackupRetentionPeriod": reference("DatabaseBackupDays"),
                "CopyTagsToSnapshot": true,
                // Point-in-time backups outlast an instance that is deleted in error.
                "DeleteAutomatedBackups": false,
                "DeletionProtection": reference("DeletionProtection"),
                "EnableCloudwatchLogsExports": LOGS,
                "EnablePerformanceInsights": reference("DatabaseInsights"),
                "PerformanceInsightsRetentionPeriod": insights_days(),
                "PerformanceInsightsKMSKeyId": insights_key(),
                "MonitoringInterval": MONITORING_INTERVAL,
                "MonitoringRoleArn": attribute("DatabaseMonitoringRole", "Arn"),
            }),
        )
        .only_if("Mysql")
        .kept(Kept::AsSnapshot)
        .accept("CKV_AWS_157", "MultiAz says whether there is a standby")
        .accept("E3691", "RDS takes a release series too"),
    );
}
