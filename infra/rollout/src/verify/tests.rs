//! One thing wrong at a time, and what is said about it.

use serde_json::{Value, json};

use super::*;
use crate::{
    rollout::{
        Counts, Deployment, DeploymentStatus, RolloutState, ServiceDeployment,
        ServiceDeploymentStatus as Status,
    },
    task_definition::TaskDefinition,
};

fn definition(change: impl FnOnce(&mut Value)) -> TaskDefinition {
    let mut answer = json!({ "taskDefinition": {
        "family": "shop",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "execution",
        "taskRoleArn": "task",
        "runtimePlatform": { "cpuArchitecture": "ARM64" },
        "containerDefinitions": [{
            "name": "wordpress",
            "image": "shop@sha256:1",
            "secrets": [{ "name": "PASSWORD", "valueFrom": "arn:db" }],
            "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/shop" } },
        }],
    } });
    change(&mut answer["taskDefinition"]);
    TaskDefinition::described(answer).unwrap()
}

fn arm() -> (String, String) {
    ("linux".into(), "arm64".into())
}

fn live() -> Deployment {
    Deployment {
        id: "ecs-svc/1".into(),
        status: DeploymentStatus::Primary,
        rollout: Some(RolloutState::Completed),
        reason: None,
        task_definition: "shop:7".into(),
        counts: Counts::default(),
        failed: 0,
    }
}

/// Everything is as it should be.
fn facts(needs: &Needs) -> Facts {
    Facts {
        images: needs
            .images
            .iter()
            .map(|i| (i.clone(), ImageFacts::Platforms(vec![arm()])))
            .collect(),
        roles: needs
            .roles
            .iter()
            .map(|r| (r.clone(), Found::Usable))
            .collect(),
        secrets: needs
            .secrets
            .iter()
            .map(|s| (s.clone(), Found::Usable))
            .collect(),
        log_groups: needs
            .log_groups
            .iter()
            .map(|g| (g.clone(), Found::Usable))
            .collect(),
        subnets: [("subnet-1".to_owned(), Found::Usable)].into(),
        deployments: vec![live()],
        service_deployment: None,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Facts), problems: &[&str], unchecked: &[&str]) {
    let needs = Needs::of(&definition(|_| {}));
    let mut facts = facts(&needs);
    change(&mut facts);
    let report = verify(&needs, &facts);
    assert_eq!(texts(&report.problems), problems);
    assert_eq!(texts(&report.unchecked), unchecked);
    assert_eq!(report.is_clear(), problems.is_empty());
    assert!(
        report
            .problems
            .iter()
            .all(|problem| !problem.remedy().is_empty())
    );
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

fn unusable(reason: &str) -> Found {
    Found::Unusable {
        reason: reason.into(),
    }
}

#[test]
fn where_everything_is_there_nothing_is_said() {
    check(|_| {}, &[], &[]);
}

#[test]
fn whatever_is_missing_is_named() {
    check(
        |facts| {
            facts
                .images
                .values_mut()
                .for_each(|image| *image = ImageFacts::Missing);
            let tables = [&mut facts.log_groups, &mut facts.subnets]
                .into_iter()
                .flat_map(|t| t.values_mut());
            tables
                .chain(facts.roles.values_mut())
                .chain(facts.secrets.values_mut())
                .for_each(|found| *found = Found::Missing);
        },
        &[
            "execution role `execution` does not exist",
            "task role `task` does not exist",
            "image `shop@sha256:1` does not exist",
            "secret `arn:db` (`PASSWORD` of container `wordpress`) does not exist",
            "log group `/shop` does not exist",
            "subnet `subnet-1` does not exist",
        ],
        &[],
    );
}

#[test]
fn what_is_there_but_of_no_use_is_named_with_the_reason() {
    check(
        |facts| {
            facts.images.values_mut().for_each(|image| {
                *image = ImageFacts::Platforms(vec![("linux".into(), "amd64".into())]);
            });
            let tables = [&mut facts.log_groups, &mut facts.subnets]
                .into_iter()
                .flat_map(|t| t.values_mut());
            tables
                .chain(facts.roles.values_mut())
                .chain(facts.secrets.values_mut())
                .for_each(|found| *found = unusable("no"));
        },
        &[
            "ECS cannot assume execution role `execution`: no",
            "ECS cannot assume task role `task`: no",
            "the task runs on `linux/arm64`, image `shop@sha256:1` only on `linux/amd64`",
            "secret `arn:db` (`PASSWORD` of container `wordpress`) cannot be read: no",
            "log group `/shop` cannot be written to: no",
            "subnet `subnet-1` cannot be used: no",
        ],
        &[],
    );
}

#[test]
fn what_nobody_could_look_at_stands_in_nobodys_way() {
    check(
        |facts| {
            facts.images.clear();
            facts.secrets.clear();
            facts.log_groups.values_mut().for_each(|group| {
                *group = Found::Unknown {
                    reason: "denied".into(),
                }
            });
        },
        &[],
        &[
            "image `shop@sha256:1` was not checked: nobody looked",
            "secret `arn:db` (`PASSWORD` of container `wordpress`) was not checked: nobody looked",
            "log group `/shop` was not checked: denied",
        ],
    );
}

#[test]
fn an_image_of_several_platforms_needs_to_have_the_right_one() {
    let offer = |offered: &[(&str, &str)]| {
        let offered = offered
            .iter()
            .map(|(os, arch)| ((*os).into(), (*arch).into()))
            .collect();
        move |facts: &mut Facts| {
            facts
                .images
                .insert("shop@sha256:1".into(), ImageFacts::Platforms(offered));
        }
    };
    check(offer(&[("linux", "amd64"), ("linux", "arm64")]), &[], &[]);
    check(
        offer(&[("linux", "amd64"), ("windows", "arm64")]),
        &[
            "the task runs on `linux/arm64`, image `shop@sha256:1` only on `linux/amd64`, `windows/arm64`",
        ],
        &[],
    );
    check(
        offer(&[]),
        &["the task runs on `linux/arm64`, image `shop@sha256:1` only on nothing"],
        &[],
    );
}

#[test]
fn one_deployment_at_a_time() {
    for rollout in [
        Some(RolloutState::Completed),
        Some(RolloutState::Failed),
        None,
    ] {
        check(|facts| facts.deployments[0].rollout = rollout, &[], &[]);
    }
    check(
        |facts| facts.deployments[0].rollout = Some(RolloutState::InProgress),
        &["deployment `ecs-svc/1` of this service is in progress"],
        &[],
    );
    // What is being replaced stays in progress until it is gone, and is in nobody's way.
    check(
        |facts| {
            let replaced = Deployment {
                status: DeploymentStatus::Active,
                rollout: Some(RolloutState::InProgress),
                ..live()
            };
            facts.deployments.push(replaced);
        },
        &[],
        &[],
    );
    for status in Status::ALL {
        let is_over = matches!(
            status,
            Status::Successful
                | Status::Stopped
                | Status::RollbackSuccessful
                | Status::RollbackFailed
        );
        let record = ServiceDeployment {
            arn: "arn:record".into(),
            status: *status,
            reason: None,
        };
        let busy = ["deployment `arn:record` of this service is in progress"];
        check(
            |facts| facts.service_deployment = Some(record),
            if is_over { &[] } else { &busy },
            &[],
        );
    }
}

#[test]
fn a_task_needs_what_its_definition_names() {
    let needs = Needs::of(&definition(|_| {}));
    assert_eq!(needs.platform, arm());
    assert_eq!(
        (
            needs.roles.len(),
            needs.secrets.len(),
            needs.log_groups.len()
        ),
        (2, 1, 1)
    );
    assert_eq!(needs.missing_execution_role, None);

    let makes_group = definition(|d| {
        d["containerDefinitions"][0]["logConfiguration"]["options"]["awslogs-create-group"] =
            "true".into();
    });
    assert!(Needs::of(&makes_group).log_groups.is_empty());
}

#[test]
fn a_task_definition_without_an_execution_role_may_need_one() {
    let why = |change: fn(&mut Value)| {
        let definition = definition(|d| {
            d["executionRoleArn"].take();
            change(d);
        });
        let needs = Needs::of(&definition);
        let report = verify(&needs, &facts(&needs));
        texts(&report.problems)
    };
    let no_secrets = |d: &mut Value| {
        d["containerDefinitions"][0]["secrets"].take();
    };
    let no_log = |d: &mut Value| {
        d["containerDefinitions"][0]["secrets"].take();
        d["containerDefinitions"][0]["logConfiguration"].take();
    };
    let on_instances = |d: &mut Value| {
        d["containerDefinitions"][0]["secrets"].take();
        d["requiresCompatibilities"] = json!(["EC2"]);
    };
    let text = "the task definition names no execution role, ECS needs one to";
    assert_eq!(why(|_| {}), [format!("{text} read the task's secrets")]);
    assert_eq!(why(no_secrets), [format!("{text} write the task's log")]);
    assert_eq!(why(no_log), [""; 0]);
    // The instance writes it.
    assert_eq!(why(on_instances), [""; 0]);
}
