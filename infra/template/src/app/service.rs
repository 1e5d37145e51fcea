//! The service: how many tasks there are, how they are replaced, and where they are.

use serde_json::json;

use super::balancer;
use super::capacity::{self, INSTANCES, PROVIDERS};
use super::image::PORT;
use super::list::split;
use super::roles::EXEC;
use super::task::{CONTAINER, START_PERIOD};
use crate::expression::{absent, choose, equal, imported, not, reference};
use crate::{Kind, Resource, Template};

/// Holds where the service has, or will have, a task.
pub(super) const RUNS: &str = "Runs";

const UNCOUNTED: &str = "IsUncounted";

/// Tasks in a row that may fail before a rollout is undone. The default is half of the tasks and at least three: with
/// many of them a broken version would be tried for an hour.
pub(super) const FAILURES: u32 = 3;

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "DesiredCount",
        Kind::Matching {
            pattern: "^(auto|[0-9]{1,3})$",
            explanation: "auto, or a number of tasks",
        },
        "0",
        "Number of tasks to set. 0 until the first image is there, since a service that waits for one holds up the stack; afterwards auto, which leaves the number as it is.",
    );
    template.condition(RUNS, not(equal(reference("DesiredCount"), "0")));
    template.condition(UNCOUNTED, equal(reference("DesiredCount"), "auto"));

    let deployment = json!({
        // All old tasks serve until new ones do.
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
        "DeploymentCircuitBreaker": {
            "Enable": true,
            "Rollback": true,
            "ThresholdConfiguration": { "Type": "COUNT", "Value": FAILURES },
        },
    });
    let network = json!({
        "Subnets": split(",", &imported("TaskSubnets")),
        "SecurityGroups": [imported("ServiceSecurityGroup")],
        // On instances a task has no address of its own to the outside (RunTask, "assignPublicIp").
        "AssignPublicIp": choose(INSTANCES, absent(), imported("AssignPublicIp")),
    });
    let targets = json!({
        "TargetGroupArn": balancer::reached_targets(),
        "ContainerName": CONTAINER,
        "ContainerPort": PORT,
    });
    let properties = json!({
        "Cluster": reference("Cluster"),
        "TaskDefinition": reference("Task"),
        // Autoscaling has set the number since: a stack that set its own each time would take tasks away at noon.
        "DesiredCount": choose(UNCOUNTED, absent(), reference("DesiredCount")),
        "CapacityProviderStrategy": capacity::strategy(),
        "DeploymentConfiguration": deployment,
        "NetworkConfiguration": { "AwsvpcConfiguration": network },
        "LoadBalancers": [targets],
        "HealthCheckGracePeriodSeconds": START_PERIOD,
        "AvailabilityZoneRebalancing": "ENABLED",
        "EnableExecuteCommand": choose(EXEC, true.into(), false.into()),
        "EnableECSManagedTags": true,
        "PropagateTags": "SERVICE",
    });
    template.add(
        "Service",
        Resource::new("AWS::ECS::Service", properties).after(PROVIDERS),
    );
}
