//! The database as a cluster of Aurora MySQL that grows and shrinks with its load.

use serde_json::json;

use super::database::{
    LOGS, MASTER_USER, MONITORING_INTERVAL, SLOW_QUERY, insights_days, insights_key,
    master_secret_key,
};
use super::key;
use crate::expression::{attribute, reference, text};
use crate::{Kept, Resource, Template};

const ENGINE: &str = "aurora-mysql";

/// Aurora MySQL 3 is what speaks MySQL 8.0. As for instances, RDS chooses the release of the series.
const VERSION: &str = "8.0";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseClusterParameters",
        Resource::new(
            "AWS::RDS::DBClusterParameterGroup",
            json!({
                "Family": format!("{ENGINE}{VERSION}"),
                "Description": text("${AWS::StackName}: TLS required"),
                "Parameters": {
                    // Clusters take a word where instances take a number.
                    "require_secure_transport": "ON",
                    "slow_query_log": "1",
                    "long_query_time": SLOW_QUERY,
                    "log_output": "FILE",
                },
            }),
        )
        .only_if("Aurora"),
    );
    template.add(
        "DatabaseCluster",
        Resource::new(
            "AWS::RDS::DBCluster",
            json!({
                "Engine": ENGINE,
                "EngineVersion": VERSION,
                "DatabaseName": reference("DatabaseName"),
                "DBClusterParameterGroupName": reference("DatabaseClusterParameters"),
                "DBSubnetGroupName": reference("DatabaseSubnets"),
                "VpcSecurityGroupIds": [reference("DatabaseSecurityGroup")],
                "ServerlessV2ScalingConfiguration": {
                    "MinCapacity": reference("AuroraMinimum"),
                    "MaxCapacity": reference("AuroraMaximum"),
                },
                "StorageEncrypted": true,
                "KmsKeyId": key::own(),
                "MasterUsername": MASTER_USER,
                "ManageMasterUserPassword": true,
                "MasterUserSecret": master_secret_key(),
                "EnableIAMDatabaseAuthentication": true,
                "BackupRetentionPeriod": reference("DatabaseBackupDays"),
                "CopyTagsToSnapshot": true,
                "DeleteAutomatedBackups": false,
                "DeletionProtection": reference("DeletionProtection"),
                "EnableCloudwatchLogsExports": LOGS,
            }),
        )
        .only_if("Aurora")
        .kept(Kept::AsSnapshot)
        .accept("W3690", "8.0 stands for its newest release"),
    );
    // The instances hold nothing: the cluster's storage is apart from them.
    template.add("DatabaseInstance1", instance().only_if("Aurora"));
    template.add("DatabaseInstance2", instance().only_if("AuroraStandby"));
}

fn instance() -> Resource {
    Resource::new(
        "AWS::RDS::DBInstance",
        json!({
            "Engine": ENGINE,
            "DBInstanceClass": "db.serverless",
            "DBClusterIdentifier": reference("DatabaseCluster"),
            "AutoMinorVersionUpgrade": true,
            "PubliclyAccessible": false,
            "EnablePerformanceInsights": reference("DatabaseInsights"),
            "PerformanceInsightsRetentionPeriod": insights_days(),
            "PerformanceInsightsKMSKeyId": insights_key(),
            "MonitoringInterval": MONITORING_INTERVAL,
            "MonitoringRoleArn": attribute("DatabaseMonitoringRole", "Arn"),
        }),
    )
}
