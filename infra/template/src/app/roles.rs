//! What the tasks may do, and what ECS may do to start them.

use serde_json::{Value, json};

use super::foundation::{CACHE, OWN_KEY};
use crate::expression::{attribute, equal, imported, only_if, reference, text};
use crate::{Kind, Resource, Template};

/// Holds where people may open a shell in a task.
pub(super) const EXEC: &str = "AllowsExec";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Exec",
        Kind::OneOf(&["on", "off"]),
        "on",
        "Whether ECS Exec opens a shell in a task for those whom IAM lets.",
    );
    template.condition(EXEC, equal(reference("Exec"), "on"));
    template.add(
        "TaskRole",
        role(
            &tasks(),
            &[
                read_secrets(&["DatabaseSecret", "SaltsSecret"]),
                only_if(CACHE, read_secrets(&["CacheSecret"])),
                only_if(OWN_KEY, decrypt_secrets()),
                mount_files(),
                only_if(EXEC, talk_to_session()),
            ],
        ),
    );
    // For the one task that makes WordPress's user in the database, as the master user: no other has that password.
    let secrets = read_secrets(&["MasterSecret", "DatabaseSecret"]);
    let key = only_if(OWN_KEY, decrypt_secrets());
    template.add("SetupRole", role(&tasks(), &[secrets, key]));
    template.add(
        "ExecutionRole",
        role(&tasks(), &[log_in_to_registry(), pull(), write_log()]),
    );
}

/// A role with one policy inside.
pub(super) fn role(trust: &Value, statements: &[Value]) -> Resource {
    let policy = json!({
        "PolicyName": "wpimg",
        "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
    });
    let properties = json!({
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [trust] },
        "Policies": [policy],
    });
    Resource::new("AWS::IAM::Role", properties)
}

/// ECS for tasks of this account, and nobody who makes ECS act for him from another one.
fn tasks() -> Value {
    let ours = text("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*");
    json!({
        "Effect": "Allow",
        "Principal": { "Service": "ecs-tasks.amazonaws.com" },
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": { "aws:SourceAccount": reference("AWS::AccountId") },
            "ArnLike": { "aws:SourceArn": ours },
        },
    })
}

/// The container fetches secrets itself, and again after a rotation: so they are in no environment.
fn read_secrets(names: &[&str]) -> Value {
    let secrets: Vec<Value> = names.iter().map(|name| imported(name)).collect();
    json!({
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": secrets,
    })
}

fn decrypt_secrets() -> Value {
    let service = text("secretsmanager.${AWS::Region}.amazonaws.com");
    json!({
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": imported("Key"),
        "Condition": { "StringEquals": { "kms:ViaService": service } },
    })
}

/// No root access: the access point says whose the files are.
fn mount_files() -> Value {
    json!({
        "Effect": "Allow",
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": imported("FilesArn"),
        "Condition": { "StringEquals": {
            "elasticfilesystem:AccessPointArn": imported("FilesAccessPointArn"),
        } },
    })
}

fn talk_to_session() -> Value {
    json!({
        "Effect": "Allow",
        "Action": [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        // These actions know no resources.
        "Resource": "*",
    })
}

fn log_in_to_registry() -> Value {
    json!({
        "Effect": "Allow",
        "Action": "ecr:GetAuthorizationToken",
        // The token is for all repositories that other statements name.
        "Resource": "*",
    })
}

fn pull() -> Value {
    json!({
        "Effect": "Allow",
        "Action": [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ],
        "Resource": attribute("Repository", "Arn"),
    })
}

fn write_log() -> Value {
    json!({
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": attribute("Log", "Arn"),
    })
}
