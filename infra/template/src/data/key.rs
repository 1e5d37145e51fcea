//! The key of this account that encrypts what the stack holds, where `Keys` says so. Otherwise AWS's own keys do.

use serde_json::{Value, json};

use crate::expression::{attribute, only_if, reference, text};
use crate::{Kept, Resource, Template};

/// The key's ARN, or nothing, which stands for the service's own.
pub(super) fn own() -> Value {
    only_if("OwnKey", attribute("Key", "Arn"))
}

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "Key",
        Resource::new(
            "AWS::KMS::Key",
            json!({
                "Description": text("${AWS::StackName}: database, files, secrets, cache and logs"),
                "EnableKeyRotation": true,
                "PendingWindowInDays": 30,
                "KeyPolicy": policy(),
            }),
        )
        .only_if("OwnKey")
        // Without its key every snapshot that stays is noise.
        .kept(Kept::Always),
    );
    template.add(
        "KeyAlias",
        Resource::new(
            "AWS::KMS::Alias",
            json!({ "AliasName": text("alias/${AWS::StackName}"), "TargetKeyId": reference("Key") }),
        )
        .only_if("OwnKey"),
    );
}

/// The account's roles may use the key as far as their own policies say. CloudWatch Logs has no role, so the key itself
/// lets it in, for log groups of this account only (CloudWatch Logs user guide, "Encrypt log data using KMS").
fn policy() -> Value {
    let groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*";
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": { "AWS": text("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "Logs",
                "Effect": "Allow",
                "Principal": { "Service": text("logs.${AWS::Region}.${AWS::URLSuffix}") },
                "Action": [
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey*",
                    "kms:ReEncrypt*",
                ],
                "Resource": "*",
                "Condition": { "ArnLike": { "kms:EncryptionContext:aws:logs:arn": text(groups) } },
            },
        ],
    })
}
