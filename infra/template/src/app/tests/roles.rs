//! Who may do what, line by line.

use serde_json::Value;

use super::evaluation::Stack;

const EVERYTHING: &[(&str, &str)] = &[("Keys", "own"), ("Cache", "valkey"), ("Capacity", "ec2")];

/// Actions that know no resources, so that `*` is the only one to name (Service Authorization Reference).
const WITHOUT_RESOURCES: &[&str] = &[
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

#[test]
fn a_task_reads_its_secrets_mounts_its_files_and_talks_to_exec() {
    check(
        "TaskRole",
        EVERYTHING,
        "\
secretsmanager:GetSecretValue on <DatabaseSecret>
secretsmanager:GetSecretValue on <SaltsSecret>
secretsmanager:GetSecretValue on <CacheSecret>
kms:Decrypt on <Key> if StringEquals kms:ViaService
elasticfilesystem:ClientMount on <FilesArn> if StringEquals elasticfilesystem:AccessPointArn
elasticfilesystem:ClientWrite on <FilesArn> if StringEquals elasticfilesystem:AccessPointArn
ssmmessages:CreateControlChannel on *
ssmmessages:CreateDataChannel on *
ssmmessages:OpenControlChannel on *
ssmmessages:OpenDataChannel on *
",
    );
}

#[test]
fn a_task_without_extras_may_do_less() {
    check(
        "TaskRole",
        &[("Exec", "off")],
        "\
secretsmanager:GetSecretValue on <DatabaseSecret>
secretsmanager:GetSecretValue on <SaltsSecret>
elasticfilesystem:ClientMount on <FilesArn> if StringEquals elasticfilesystem:AccessPointArn
elasticfilesystem:ClientWrite on <FilesArn> if StringEquals elasticfilesystem:AccessPointArn
",
    );
}

#[test]
fn one_task_alone_may_be_the_databases_master() {
    check(
        "SetupRole",
        EVERYTHING,
        "\
secretsmanager:GetSecretValue on <MasterSecret>
secretsmanager:GetSecretValue on <DatabaseSecret>
kms:Decrypt on <Key> if StringEquals kms:ViaService
",
    );
    for role in ["TaskRole", "ExecutionRole", "InstanceRole"] {
        let lines = lines(role, EVERYTHING);
        assert!(
            !lines.iter().any(|line| line.contains("MasterSecret")),
            "{role}"
        );
    }
}

#[test]
fn ecs_pulls_from_one_repository_and_writes_one_log() {
    check(
        "ExecutionRole",
        EVERYTHING,
        "\
ecr:GetAuthorizationToken on *
ecr:BatchCheckLayerAvailability on ${Repository.Arn}
ecr:BatchGetImage on ${Repository.Arn}
ecr:GetDownloadUrlForLayer on ${Repository.Arn}
logs:CreateLogStream on ${Log.Arn}
logs:PutLogEvents on ${Log.Arn}
",
    );
}

#[test]
fn an_instance_joins_its_own_cluster() {
    let cluster = "${Cluster.Arn}";
    let instances = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:container-instance/${Cluster}/*";
    check(
        "InstanceRole",
        EVERYTHING,
        &format!(
            "\
ecs:DiscoverPollEndpoint on *
ecs:DeregisterContainerInstance on {cluster}
ecs:RegisterContainerInstance on {cluster}
ecs:SubmitAttachmentStateChanges on {cluster}
ecs:SubmitContainerStateChange on {cluster}
ecs:SubmitTaskStateChange on {cluster}
ecs:Poll on {instances}
ecs:StartTelemetrySession on {instances}
ecs:UpdateContainerInstancesState on {instances}
"
        ),
    );
}

#[test]
fn everything_is_allowed_only_where_nothing_can_be_named() {
    for role in ["TaskRole", "SetupRole", "ExecutionRole", "InstanceRole"] {
        for line in lines(role, EVERYTHING) {
            let (action, resource) = line.split_once(" on ").expect("two parts");
            let unnamed = resource == "*";
            assert_eq!(unnamed, WITHOUT_RESOURCES.contains(&action), "{line}");
            assert!(!action.contains('*'), "{line}");
        }
    }
}

#[test]
fn the_tables_are_of_all_roles() {
    let stack = Stack::new(EVERYTHING);
    let roles: Vec<_> = stack
        .resources()
        .filter(|(_, properties)| properties.get("AssumeRolePolicyDocument").is_some())
        .map(|(id, _)| id)
        .collect();
    assert_eq!(
        roles,
        ["ExecutionRole", "InstanceRole", "SetupRole", "TaskRole"]
    );
}

#[test]
fn only_ecs_of_this_account_takes_a_tasks_role() {
    let stack = Stack::new(&[]);
    for role in ["TaskRole", "SetupRole", "ExecutionRole"] {
        let trust = &stack.properties(role)["AssumeRolePolicyDocument"]["Statement"][0];
        assert_eq!(trust["Principal"]["Service"], "ecs-tasks.amazonaws.com");
        let account = &trust["Condition"]["StringEquals"]["aws:SourceAccount"];
        assert_eq!(account, "${AWS::AccountId}");
    }
}

fn check(role: &str, choices: &[(&str, &str)], expected: &str) {
    let lines = lines(role, choices);
    assert_eq!(lines.join("\n"), expected.trim_end(), "{role}");
}

fn lines(role: &str, choices: &[(&str, &str)]) -> Vec<String> {
    let stack = Stack::new(choices);
    let policies = stack.properties(role)["Policies"].clone();
    let mut lines = Vec::new();
    for policy in policies.as_array().expect("policies") {
        let document = &policy["PolicyDocument"];
        for statement in document["Statement"].as_array().expect("statements") {
            assert_eq!(statement["Effect"], "Allow");
            for action in one_or_more(&statement["Action"]) {
                for resource in one_or_more(&statement["Resource"]) {
                    let condition = condition(&statement["Condition"]);
                    lines.push(format!("{action} on {resource}{condition}"));
                }
            }
        }
    }
    lines
}

fn condition(condition: &Value) -> String {
    let Some(operators) = condition.as_object() else {
        return String::new();
    };
    let keys = operators.iter().flat_map(|(operator, keys)| {
        let keys = keys.as_object().expect("keys").keys();
        keys.map(move |key| format!(" if {operator} {key}"))
    });
    keys.collect()
}

fn one_or_more(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}
