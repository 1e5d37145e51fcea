//! How tasks come, go and multiply.

use serde_json::json;

use super::evaluation::Stack;
use crate::Kept;
use crate::app::image::DATABASE_WAIT;

#[test]
fn a_broken_version_is_given_up_after_three_tasks_and_undone() {
    let stack = Stack::new(&[]);
    let deployment = &stack.properties("Service")["DeploymentConfiguration"];
    let breaker = json!({
        "Enable": true,
        "Rollback": true,
        "ThresholdConfiguration": { "Type": "COUNT", "Value": 3 },
    });
    assert_eq!(deployment["DeploymentCircuitBreaker"], breaker);
    assert_eq!(deployment["MinimumHealthyPercent"], 100);
    assert_eq!(deployment["MaximumPercent"], 200);
}

#[test]
fn nothing_runs_before_the_first_image() {
    let stack = Stack::new(&[]);
    assert_eq!(stack.properties("Service")["DesiredCount"], "0");
    assert!(!stack.has("Scaling"));
}

#[test]
fn a_running_service_keeps_its_number_of_tasks() {
    let stack = Stack::new(&[("DesiredCount", "auto")]);
    assert!(stack.properties("Service").get("DesiredCount").is_none());
    let scaling = stack.properties("Scaling");
    assert_eq!(scaling["MinCapacity"], "2");
    assert_eq!(scaling["ResourceId"], "service/${Cluster}/${Service.Name}");
    assert!(scaling.get("ScheduledActions").is_none());
}

#[test]
fn there_are_more_tasks_when_the_schedule_says_so() {
    let stack = Stack::new(&[
        ("DesiredCount", "auto"),
        ("PeakStart", "cron(0 8 ? * MON-FRI *)"),
        ("PeakEnd", "cron(0 20 ? * MON-FRI *)"),
    ]);
    let actions = stack.properties("Scaling")["ScheduledActions"]
        .as_array()
        .expect("two");
    let least = |index: usize| &actions[index]["ScalableTargetAction"]["MinCapacity"];
    assert_eq!(
        (actions.len(), least(0), least(1)),
        (2, &json!("4"), &json!("2"))
    );
}

#[test]
fn tasks_follow_processors_and_requests() {
    let stack = Stack::new(&[("DesiredCount", "auto")]);
    for (id, metric, value) in [
        (
            "ScalingByProcessor",
            "ECSServiceAverageCPUUtilization",
            "60",
        ),
        ("ScalingByRequests", "ALBRequestCountPerTarget", "1000"),
    ] {
        let tracking = &stack.properties(id)["TargetTrackingScalingPolicyConfiguration"];
        let found = &tracking["PredefinedMetricSpecification"]["PredefinedMetricType"];
        assert_eq!(found, metric);
        assert_eq!(tracking["TargetValue"], value);
    }
}

#[test]
fn capacity_is_as_chosen() {
    for (capacity, strategy, compatible) in [
        (
            "fargate",
            json!([{ "CapacityProvider": "FARGATE", "Base": 1, "Weight": 1 }]),
            "FARGATE",
        ),
        (
            "fargate-spot",
            json!([
                { "CapacityProvider": "FARGATE", "Base": 1, "Weight": 1 },
                { "CapacityProvider": "FARGATE_SPOT", "Weight": 3 },
            ]),
            "FARGATE",
        ),
        (
            "ec2",
            json!([{ "CapacityProvider": "${InstanceProvider}", "Weight": 1 }]),
            "EC2",
        ),
    ] {
        let stack = Stack::new(&[("Capacity", capacity)]);
        assert_eq!(
            stack.properties("Service")["CapacityProviderStrategy"],
            strategy
        );
        assert_eq!(
            stack.properties("Task")["RequiresCompatibilities"],
            json!([compatible])
        );
        assert_eq!(stack.has("InstanceGroup"), capacity == "ec2");
        let disk = stack.properties("Task").get("EphemeralStorage");
        assert_eq!(disk.is_some(), capacity != "ec2");
    }
}

#[test]
fn an_instances_role_is_out_of_a_containers_reach() {
    let stack = Stack::new(&[("Capacity", "ec2")]);
    let data = &stack.properties("InstanceTemplate")["LaunchTemplateData"];
    assert_eq!(data["MetadataOptions"]["HttpTokens"], "required");
    assert_eq!(data["MetadataOptions"]["HttpPutResponseHopLimit"], 1);
    let script = data["UserData"].as_str().expect("a script");
    assert!(script.contains("ECS_AWSVPC_BLOCK_IMDS=true"));
}

#[test]
fn a_task_may_wait_for_its_database_without_being_replaced() {
    let stack = Stack::new(&[]);
    let service = stack.properties("Service");
    let container = &stack.properties("Task")["ContainerDefinitions"][0];
    let [grace, start] = [
        &service["HealthCheckGracePeriodSeconds"],
        &container["HealthCheck"]["StartPeriod"],
    ]
    .map(|seconds| seconds.as_u64().expect("seconds"));
    assert!(u64::from(DATABASE_WAIT) < grace && grace == start);
    // The most that ECS takes (HealthCheck, "startPeriod").
    assert!(start <= 300);
}

#[test]
fn images_and_revisions_outlive_the_stack() {
    let template = crate::app::template();
    let kept: Vec<_> = template
        .resources
        .iter()
        .filter(|(_, resource)| resource.kept != Kept::No)
        .map(|(id, resource)| (id.as_str(), resource.kept))
        .collect();
    let always = Kept::Always;
    assert_eq!(
        kept,
        [
            ("AccessLog", always),
            ("Repository", always),
            ("Task", always)
        ]
    );
}

#[test]
fn the_registry_keeps_what_it_was_given() {
    let stack = Stack::new(&[]);
    let repository = stack.properties("Repository");
    assert_eq!(repository["ImageTagMutability"], "IMMUTABLE");
    assert_eq!(repository["ImageScanningConfiguration"]["ScanOnPush"], true);
    let policy = repository["LifecyclePolicy"]["LifecyclePolicyText"]
        .as_str()
        .expect("a text");
    let policy: serde_json::Value = serde_json::from_str(policy).expect("JSON");
    let counts: Vec<_> = policy["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| &rule["selection"]["countNumber"])
        .collect();
    assert_eq!(counts, [&json!(7), &json!(30)]);
}
