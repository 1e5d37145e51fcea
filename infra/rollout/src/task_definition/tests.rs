//! What becomes of a task definition between two registrations.

use serde_json::{Value, json};

use super::*;
use crate::PinnedImage;

pub(super) fn image(digit: &str) -> PinnedImage {
    format!("registry.example/shop@sha256:{}", digit.repeat(64))
        .parse()
        .unwrap()
}

/// As `DescribeTaskDefinition` answers, with a field that nobody knows yet on every level.
pub(super) fn answer() -> Value {
    json!({
        "taskDefinition": {
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7",
            "family": "shop",
            "revision": 7,
            "status": "ACTIVE",
            "registeredAt": 1_764_000_000.5,
            "registeredBy": "arn:aws:iam::123456789012:user/ci",
            "deregisteredAt": 1_764_000_001.5,
            "deleteRequestedAt": 1_764_000_002.5,
            "compatibilities": ["EC2", "FARGATE"],
            "requiresAttributes": [{ "name": "com.amazonaws.ecs.capability.task-iam-role" }],
            "requiresCompatibilities": ["FARGATE"],
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "taskRoleArn": "arn:aws:iam::123456789012:role/task",
            "networkMode": "awsvpc",
            "cpu": "512",
            "memory": "1024",
            "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" },
            "volumes": [{ "name": "uploads", "efsVolumeConfiguration": { "fileSystemId": "fs-1", "novelty": 1 } }],
            "placementConstraints": [],
            "novelty": { "a": [1, 2] },
            "containerDefinitions": [
                {
                    "name": "wordpress",
                    "image": image("1").to_string(),
                    "essential": true,
                    "environment": [
                        { "name": "WP_DEBUG", "value": "0" },
                        { "name": "SMTP_PASSWORD", "value": "hunter2" },
                        { "name": "WORDPRESS_DB_HOST", "value": "db" },
                    ],
                    "secrets": [{ "name": "WORDPRESS_DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:db" }],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": { "awslogs-group": "/shop", "awslogs-stream-prefix": "wp" },
                    },
                    "command": ["serve", "all"],
                    "novelty": true,
                },
                {
                    "name": "router",
                    "image": "router:1",
                    "logConfiguration": { "logDriver": "splunk", "options": { "splunk-token": "t0ken" } },
                },
            ],
        },
        "tags": [
            { "key": "team", "value": "web" },
            { "key": "wpimg:commit", "value": "aaaa" },
            { "key": "aws:cloudformation:stack-name", "value": "shop" },
        ],
    })
}

pub(super) fn live() -> TaskDefinition {
    TaskDefinition::described(answer()).unwrap()
}

fn set(container: &str, name: &str, value: &str) -> Setting {
    Setting::Set {
        container: container.into(),
        name: name.into(),
        value: value.into(),
    }
}

#[test]
fn what_is_registered_again_is_what_was_registered_and_what_nobody_knows() {
    let mut expected = answer()["taskDefinition"].take();
    let fields = expected.as_object_mut().unwrap();
    for read_only in [
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "deleteRequestedAt",
        "compatibilities",
        "requiresAttributes",
    ] {
        assert!(fields.remove(read_only).is_some(), "{read_only}");
    }
    expected["tags"] = json!([
        { "key": "team", "value": "web" },
        { "key": "wpimg:commit", "value": "aaaa" },
    ]);
    assert_eq!(live().registrable(), expected);
}

#[test]
fn a_task_definition_without_tags_is_registered_without_a_list_of_them() {
    let mut answer = answer();
    answer["tags"] = json!([]);
    let bare = TaskDefinition::described(answer).unwrap();
    assert_eq!(bare.registrable().get("tags"), None);
}

#[test]
fn another_image_changes_nothing_else() {
    let next = live().with_image("wordpress", &image("2")).unwrap();
    let mut expected = live().registrable();
    expected["containerDefinitions"][0]["image"] = image("2").to_string().into();
    assert_eq!(next.registrable(), expected);

    let error = live().with_image("nginx", &image("2")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the task definition has no container `nginx`; it has `wordpress`, `router`"
    );
}

#[test]
fn settings_change_what_they_name() {
    let next = live().with_settings(&[
        set("wordpress", "WP_DEBUG", "1"),
        set("router", "LEVEL", "info"),
        Setting::Unset {
            container: "wordpress".into(),
            name: "SMTP_PASSWORD".into(),
        },
        Setting::Unset {
            container: "router".into(),
            name: "NEVER_SET".into(),
        },
        Setting::Cpu(1024),
        Setting::Memory(2048),
    ]);
    let mut expected = live().registrable();
    expected["cpu"] = "1024".into();
    expected["memory"] = "2048".into();
    let containers = &mut expected["containerDefinitions"];
    containers[0]["environment"] = json!([
        { "name": "WP_DEBUG", "value": "1" },
        { "name": "WORDPRESS_DB_HOST", "value": "db" },
    ]);
    containers[1]["environment"] = json!([{ "name": "LEVEL", "value": "info" }]);
    assert_eq!(next.unwrap().registrable(), expected);
}

#[test]
fn what_is_a_secret_cannot_be_set() {
    let error = live()
        .with_settings(&[set("wordpress", "WORDPRESS_DB_PASSWORD", "x")])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`WORDPRESS_DB_PASSWORD` of container `wordpress` is a secret already, ECS takes no setting of that name"
    );
}

#[test]
fn the_tags_tell_where_a_revision_comes_from_and_no_older_story() {
    let tags = |commit| {
        let next = live().with_origin(&image("2"), commit);
        next.tags()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
    };
    let digest = format!("wpimg:digest=sha256:{}", "2".repeat(64));
    let (stack, team) = ("aws:cloudformation:stack-name=shop", "team=web");
    assert_eq!(
        tags(Some("bbbb")),
        [stack, team, "wpimg:commit=bbbb", &digest]
    );
    assert_eq!(tags(None), [stack, team, &digest]);
}

#[test]
fn what_a_task_runs_on_is_named_as_images_name_it() {
    let cases = [
        (json!(null), ("linux", "amd64")),
        (json!({}), ("linux", "amd64")),
        (json!({ "cpuArchitecture": "X86_64" }), ("linux", "amd64")),
        (
            json!({ "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" }),
            ("linux", "arm64"),
        ),
        (
            json!({ "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" }),
            ("windows", "amd64"),
        ),
    ];
    for (platform, expected) in cases {
        let mut answer = answer();
        answer["taskDefinition"]["runtimePlatform"] = platform.clone();
        let definition = TaskDefinition::described(answer).unwrap();
        assert_eq!(definition.platform(), expected, "{platform}");
    }
}

#[test]
fn what_is_no_task_definition_is_refused_by_what_is_missing() {
    let without = |pointer: &str, field: &str| {
        let mut answer = answer();
        answer
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(field);
        answer
    };
    let cases = [
        (json!([]), "taskDefinition"),
        (without("", "taskDefinition"), "taskDefinition"),
        (without("/taskDefinition", "family"), "family"),
        (
            without("/taskDefinition", "containerDefinitions"),
            "containerDefinitions",
        ),
        (
            without("/taskDefinition/containerDefinitions/1", "name"),
            "containerDefinitions[].name",
        ),
    ];
    for (answer, field) in cases {
        let error = TaskDefinition::described(answer).unwrap_err();
        assert_eq!(error, TaskDefinitionError::Unreadable { field });
    }
}

#[test]
fn a_container_tells_where_its_log_is() {
    let live = live();
    let logs: Vec<_> = live
        .containers()
        .map(|c| (c.name(), c.log_driver()))
        .collect();
    let awslogs = LogDriver::Awslogs {
        group: "/shop",
        makes_group: false,
        stream_prefix: Some("wp"),
    };
    assert_eq!(
        logs,
        [("wordpress", awslogs), ("router", LogDriver::Elsewhere)]
    );
}

#[test]
fn no_value_gets_into_a_message_about_a_bug() {
    let debug = format!("{:?}", live());
    assert!(
        debug.contains("shop:7") && !debug.contains("hunter2"),
        "{debug}"
    );
}
