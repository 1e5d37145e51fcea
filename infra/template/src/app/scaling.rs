//! How the number of tasks follows the visitors.

use serde_json::{Value, json};

use super::service::RUNS;
use crate::expression::{all, condition, equal, not, only_if, reference, text};
use crate::{Kind, Resource, Template};

/// Holds where more tasks are wanted at certain times.
const SCHEDULED: &str = "IsScheduled";

/// Seconds before tasks are taken away again: a new one takes one to two minutes until it serves.
const SCALE_IN_COOLDOWN: u32 = 300;
const SCALE_OUT_COOLDOWN: u32 = 60;

pub(super) fn add(template: &mut Template) {
    add_parameters(template);
    let given = |name| not(equal(reference(name), ""));
    template.condition(
        SCHEDULED,
        all(vec![condition(RUNS), given("PeakStart"), given("PeakEnd")]),
    );
    template.add("Scaling", target().only_if(RUNS));
    let requests = text("${Balancer.LoadBalancerFullName}/${Targets.TargetGroupFullName}");
    let policies = [
        (
            "ScalingByProcessor",
            "TargetProcessor",
            json!({ "PredefinedMetricType": "ECSServiceAverageCPUUtilization" }),
        ),
        (
            "ScalingByRequests",
            "TargetRequests",
            json!({ "PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": requests }),
        ),
    ];
    for (id, value, metric) in policies {
        template.add(id, policy(id, value, &metric).only_if(RUNS));
    }
}

fn add_parameters(template: &mut Template) {
    template.parameter(
        "MinCount",
        Kind::Number(1, 1000),
        "2",
        "Least tasks that run; two are in two zones.",
    );
    template.parameter(
        "MaxCount",
        Kind::Number(1, 1000),
        "6",
        "Most tasks that run.",
    );
    template.parameter(
        "TargetProcessor",
        Kind::Number(10, 90),
        "60",
        "Per cent of their processors that tasks use on average.",
    );
    template.parameter(
        "TargetRequests",
        Kind::Number(1, 1_000_000),
        "1000",
        "Requests a minute that a task gets on average.",
    );
    for (name, description) in [
        (
            "PeakStart",
            "When there have to be PeakCount tasks, such as cron(0 8 ? * MON-FRI *). Empty: never.",
        ),
        ("PeakEnd", "When MinCount are enough again, as PeakStart."),
    ] {
        let kind = Kind::Matching {
            pattern: "^((cron|rate|at)\\(.+\\))?$",
            explanation: "cron(...), rate(...) or at(...) of Application Auto Scaling",
        };
        template.parameter(name, kind, "", description);
    }
    template.parameter(
        "PeakCount",
        Kind::Number(1, 1000),
        "4",
        "Least tasks from PeakStart to PeakEnd.",
    );
    template.parameter(
        "PeakTimeZone",
        Kind::Text,
        "Etc/UTC",
        "Time zone of PeakStart and PeakEnd.",
    );
}

fn target() -> Resource {
    let properties = json!({
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": text("service/${Cluster}/${Service.Name}"),
        "MinCapacity": reference("MinCount"),
        "MaxCapacity": reference("MaxCount"),
        "ScheduledActions": only_if(SCHEDULED, json!([
            scheduled("PeakStart", "PeakCount"),
            scheduled("PeakEnd", "MinCount"),
        ])),
    });
    Resource::new("AWS::ApplicationAutoScaling::ScalableTarget", properties)
}

fn scheduled(when: &str, least: &str) -> Value {
    json!({
        "ScheduledActionName": when,
        "Schedule": reference(when),
        "Timezone": reference("PeakTimeZone"),
        "ScalableTargetAction": { "MinCapacity": reference(least), "MaxCapacity": reference("MaxCount") },
    })
}

fn policy(name: &str, value: &str, metric: &Value) -> Resource {
    let properties = json!({
        "PolicyName": name,
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": reference("Scaling"),
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": metric,
            "TargetValue": reference(value),
            "ScaleInCooldown": SCALE_IN_COOLDOWN,
            "ScaleOutCooldown": SCALE_OUT_COOLDOWN,
        },
    });
    Resource::new("AWS::ApplicationAutoScaling::ScalingPolicy", properties)
}
