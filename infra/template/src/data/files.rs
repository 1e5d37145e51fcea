//! The uploads: a file system that all tasks share, and the one directory of it that they see.

use serde_json::{Value, json};

use super::key;
use super::zone::ZONES;
use crate::expression::{choose, reference, text};
use crate::{Kept, Resource, Template};

/// www-data of Debian, which nginx and php-fpm of the image are.
const OWNER: &str = "33";

/// The directory of the file system that is mounted.
const DIRECTORY: &str = "/uploads";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "Files",
        Resource::new(
            "AWS::EFS::FileSystem",
            json!({
                "Encrypted": true,
                "KmsKeyId": key::own(),
                "PerformanceMode": "generalPurpose",
                // The other modes run dry after a large import, and then every page with a picture waits.
                "ThroughputMode": "elastic",
                "LifecyclePolicies": [
                    { "TransitionToIA": "AFTER_30_DAYS" },
                    { "TransitionToPrimaryStorageClass": "AFTER_1_ACCESS" },
                ],
                // The vault has the files too where there is one; twice would cost twice.
                "BackupPolicy": {
                    "Status": choose("Backup", "DISABLED".into(), "ENABLED".into())
                },
                "FileSystemPolicy": policy(),
                "FileSystemTags": [{ "Key": "Name", "Value": text("${AWS::StackName}") }],
            }),
        )
        .kept(Kept::Always),
    );
    template.add(
        "FilesAccessPoint",
        Resource::new(
            "AWS::EFS::AccessPoint",
            json!({
                "FileSystemId": reference("Files"),
                "PosixUser": { "Uid": OWNER, "Gid": OWNER },
                "RootDirectory": {
                    "Path": DIRECTORY,
                    "CreationInfo": { "OwnerUid": OWNER, "OwnerGid": OWNER, "Permissions": "0750" },
                },
            }),
        ),
    );
    for zone in ZONES {
        template.add(
            zone.id("FilesMountTarget"),
            zone.resource(
                "AWS::EFS::MountTarget",
                json!({
                    "FileSystemId": reference("Files"),
                    "SubnetId": zone.own("PrivateSubnet"),
                    "SecurityGroups": [reference("FilesSecurityGroup")],
                }),
            ),
        );
    }
}

/// Nobody mounts without TLS, and nobody but through an access point, whatever a role's own policy allows. What is
/// allowed is so for roles of this account: a client without a role is refused.
fn policy() -> Value {
    let clients = [
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:ClientRootAccess",
    ];
    let deny = |sid: &str, condition: Value| {
        json!({
            "Sid": sid,
            "Effect": "Deny",
            "Principal": { "AWS": "*" },
            "Action": clients,
            "Condition": condition,
        })
    };
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Roles",
                "Effect": "Allow",
                "Principal": { "AWS": text("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
                "Action": clients[..2],
                "Condition": { "Bool": { "elasticfilesystem:AccessedViaMountTarget": "true" } },
            },
            deny("Plain", json!({ "Bool": { "aws:SecureTransport": "false" } })),
            deny(
                "NoAccessPoint",
                json!({ "Null": { "elasticfilesystem:AccessPointArn": "true" } }),
            ),
        ],
    })
}

/// The file system's ARN.
pub(super) fn arn() -> Value {
    text(
        "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/${Files}",
    )
}

/// The access point's ARN.
pub(super) fn access_point_arn() -> Value {
    text(
        "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:access-point/${FilesAccessPoint}",
    )
}
