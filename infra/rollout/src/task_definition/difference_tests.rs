//! What people read about the difference between two task definitions.

use serde_json::{Value, json};

use super::{
    tests::{answer, image, live},
    *,
};

/// The difference that a change of the described JSON makes.
#[track_caller]
fn check(change: impl FnOnce(&mut Value), expected: &[&str]) {
    let mut answer = answer();
    change(&mut answer);
    let next = TaskDefinition::described(answer).unwrap();
    let difference = difference(&live(), &next);
    let text = difference.to_string();
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert_eq!(difference.is_empty(), expected.is_empty());
}

/// The first container, for a change.
fn wordpress(answer: &mut Value) -> &mut Value {
    &mut answer["taskDefinition"]["containerDefinitions"][0]
}

#[test]
fn a_release_is_its_image_its_settings_and_its_tags() {
    let next = live().with_image("wordpress", &image("2")).unwrap();
    let next = next.with_origin(&image("2"), Some("bbbb"));
    let next = next.with_settings(&[
        Setting::Cpu(1024),
        Setting::Set {
            container: "wordpress".into(),
            name: "WP_DEBUG".into(),
            value: "1".into(),
        },
    ]);
    let difference = difference(&live(), &next.unwrap());
    let (one, two) = ("1".repeat(64), "2".repeat(64));
    assert_eq!(
        difference.to_string(),
        format!(
            "task: cpu changes from `512` to `1024`\n\
             task: tag `wpimg:commit` changes from `aaaa` to `bbbb`\n\
             task: tag `wpimg:digest` is new: `sha256:{two}`\n\
             wordpress: image changes from `registry.example/shop@sha256:{one}` to `registry.example/shop@sha256:{two}`\n\
             wordpress: environment `WP_DEBUG` changes from `0` to `1`\n"
        )
    );
    let image_change = &difference.changes[3];
    assert_eq!(image_change.container.as_deref(), Some("wordpress"));
    assert_eq!(image_change.field, Field::Image);
}

#[test]
fn what_ecs_says_about_a_revision_and_the_order_of_names_are_no_difference() {
    check(
        |answer| {
            let definition = &mut answer["taskDefinition"];
            definition["revision"] = 8.into();
            definition["status"] = "INACTIVE".into();
            definition["placementConstraints"].take();
            definition["containerDefinitions"]
                .as_array_mut()
                .unwrap()
                .reverse();
            definition["containerDefinitions"][1]["environment"]
                .as_array_mut()
                .unwrap()
                .reverse();
            definition["containerDefinitions"][1]["mountPoints"] = json!([]);
            answer["tags"].as_array_mut().unwrap().reverse();
        },
        &[],
    );
}

#[test]
fn values_that_look_secret_are_not_shown() {
    check(
        |answer| {
            let environment = &mut wordpress(answer)["environment"];
            environment[1]["value"] = "correct horse".into();
            environment[2]["value"] = "mysql://root:battery@db".into();
            environment
                .as_array_mut()
                .unwrap()
                .push(json!({ "name": "API_TOKEN", "value": "staple" }));
            let router = &mut answer["taskDefinition"]["containerDefinitions"][1];
            router["logConfiguration"]["options"]["splunk-token"] = "t1ken".into();
        },
        &[
            "router: logConfiguration.options.splunk-token changes (values not shown)",
            "wordpress: environment `API_TOKEN` is new: a value that is not shown",
            "wordpress: environment `SMTP_PASSWORD` changes (values not shown)",
            "wordpress: environment `WORDPRESS_DB_HOST` changes from `db` to a value that is not shown",
        ],
    );
    check(
        |answer| {
            wordpress(answer)["environment"]
                .as_array_mut()
                .unwrap()
                .remove(1);
        },
        &["wordpress: environment `SMTP_PASSWORD` goes, it was a value that is not shown"],
    );
}

#[test]
fn a_value_stays_on_its_line() {
    check(
        |answer| {
            wordpress(answer)["environment"][0]["value"] = "1\nrouter: image\u{1b}[2K é".into();
        },
        &["wordpress: environment `WP_DEBUG` changes from `0` to `1\\nrouter: image\\u{1b}[2K é`"],
    );
}

#[test]
fn where_a_secret_is_kept_is_shown() {
    check(
        |answer| wordpress(answer)["secrets"][0]["valueFrom"] = "arn:aws:ssm:db".into(),
        &[
            "wordpress: secret `WORDPRESS_DB_PASSWORD` changes from `arn:aws:secretsmanager:db` to `arn:aws:ssm:db`",
        ],
    );
}

#[test]
fn anything_else_is_named_by_its_path() {
    check(
        |answer| {
            let definition = &mut answer["taskDefinition"];
            definition["volumes"][0]["efsVolumeConfiguration"]["novelty"] = 2.into();
            definition["novelty"]["a"] = json!([1]);
            definition["containerDefinitions"]
                .as_array_mut()
                .unwrap()
                .remove(1);
            let container = wordpress(answer);
            container["command"] = json!(["serve"]);
            container["essential"] = false.into();
            container["portMappings"] = json!([{ "containerPort": 80 }, { "containerPort": 443 }]);
            container["ulimits"] = json!([{ "name": "nofile", "softLimit": 1024 }]);
        },
        &[
            "task: novelty.a changes from `[1,2]` to `[1]`",
            "task: volumes[uploads].efsVolumeConfiguration.novelty changes from `1` to `2`",
            "router: image goes, it was `router:1`",
            "router: logConfiguration.logDriver goes, it was `splunk`",
            "router: logConfiguration.options.splunk-token goes, it was a value that is not shown",
            "router: name goes, it was `router`",
            "wordpress: command changes from `[\"serve\",\"all\"]` to `[\"serve\"]`",
            "wordpress: essential changes from `true` to `false`",
            "wordpress: portMappings[0].containerPort is new: `80`",
            "wordpress: portMappings[1].containerPort is new: `443`",
            "wordpress: ulimits[nofile].name is new: `nofile`",
            "wordpress: ulimits[nofile].softLimit is new: `1024`",
        ],
    );
}
