//! A vault of AWS Backup, where copies lie apart from what they are copies of.

use serde_json::json;

use super::database::{self, service_role};
use super::{files, key};
use crate::expression::{attribute, reference, text};
use crate::{Kept, Resource, Template};

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "BackupVault",
        Resource::new(
            "AWS::Backup::BackupVault",
            json!({
                // The vault stays when its stack goes, so its name must not stand in the way of the next one: the end
                // of the stack's id is different each time.
                "BackupVaultName": {
                    "Fn::Sub": ["wpimg-${Id}", {
                        "Id": {
                            "Fn::Select": [2, { "Fn::Split": ["/", reference("AWS::StackId")] }]
                        }
                    }]
                },
                "EncryptionKeyArn": key::own(),
            }),
        )
        .only_if("Backup")
        .kept(Kept::Always)
        .accept("CKV_AWS_166", "a key of one's own is there with Keys own"),
    );
    template.add(
        "BackupPlan",
        Resource::new(
            "AWS::Backup::BackupPlan",
            json!({
                "BackupPlan": {
                    "BackupPlanName": text("${AWS::StackName}"),
                    "BackupPlanRule": [{
                        "RuleName": "daily",
                        "TargetBackupVault": reference("BackupVault"),
                        "ScheduleExpression": "cron(0 3 * * ? *)",
                        "StartWindowMinutes": 60,
                        // A file system's first copy takes longer than all later ones.
                        "CompletionWindowMinutes": 1440,
                        "Lifecycle": { "DeleteAfterDays": reference("BackupDays") },
                    }],
                },
            }),
        )
        .only_if("Backup"),
    );
    template.add(
        "BackupSelection",
        Resource::new(
            "AWS::Backup::BackupSelection",
            json!({
                "BackupPlanId": reference("BackupPlan"),
                "BackupSelection": {
                    "SelectionName": "database-and-files",
                    "IamRoleArn": attribute("BackupRole", "Arn"),
                    "Resources": [database::arn(), files::arn()],
                },
            }),
        )
        .only_if("Backup"),
    );
    template.add(
        "BackupRole",
        service_role(
            "backup",
            &[
                "service-role/AWSBackupServiceRolePolicyForBackup",
                "service-role/AWSBackupServiceRolePolicyForRestores",
            ],
        )
        .only_if("Backup"),
    );
}
