//! What somebody has to be told.

use serde_json::{Value, json};

use super::foundation::INSTANCE;
use crate::expression::{attribute, choose, equal, imported, not, only_if, reference};
use crate::{Kind, Resource, Template};

const TOLD: &str = "HasAlarmTopic";

const INSTANCE_DIMENSION: &str = "DBInstanceIdentifier";

/// A metric that is above or below what it should be for some minutes.
struct Alarm {
    id: &'static str,
    description: &'static str,
    namespace: &'static str,
    metric: &'static str,
    dimensions: Vec<Value>,
    statistic: &'static str,
    threshold: Value,
    above: &'static str,
    minutes: u32,
    condition: Option<&'static str>,
}

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "AlarmTopic",
        Kind::Matching {
            pattern: "^(arn:[a-z-]+:sns:.+)?$",
            explanation: "the ARN of a topic of SNS",
        },
        "",
        "ARN of the topic that alarms go to. Empty: they only show.",
    );
    template.parameter(
        "AlarmSeconds",
        Kind::Number(1, 300),
        "3",
        "Seconds within which 95 of 100 requests have to be answered.",
    );
    template.condition(TOLD, not(equal(reference("AlarmTopic"), "")));
    for alarm in alarms() {
        template.add(alarm.id, alarm.resource());
    }
    template.add("ErrorAlarm", errors());
}

fn alarms() -> Vec<Alarm> {
    vec![
        Alarm {
            id: "UnhealthyAlarm",
            description: "A task does not answer its health check",
            metric: "UnHealthyHostCount",
            dimensions: target_dimensions(),
            statistic: "Maximum",
            threshold: 0.into(),
            minutes: 5,
            ..balancer_alarm()
        },
        Alarm {
            id: "LatencyAlarm",
            description: "Answers take long",
            metric: "TargetResponseTime",
            statistic: "p95",
            threshold: reference("AlarmSeconds"),
            minutes: 5,
            ..balancer_alarm()
        },
        Alarm {
            id: "BalancerErrorAlarm",
            description: "The load balancer finds nobody to answer",
            metric: "HTTPCode_ELB_5XX_Count",
            statistic: "Sum",
            threshold: 10.into(),
            minutes: 3,
            ..balancer_alarm()
        },
        Alarm {
            id: "ProcessorAlarm",
            description: "Tasks are busy although there may be no more of them",
            metric: "CPUUtilization",
            statistic: "Average",
            threshold: 85.into(),
            minutes: 10,
            ..service_alarm()
        },
        Alarm {
            id: "MemoryAlarm",
            description: "Tasks run out of memory",
            metric: "MemoryUtilization",
            statistic: "Maximum",
            threshold: 90.into(),
            minutes: 5,
            ..service_alarm()
        },
        Alarm {
            id: "DatabaseProcessorAlarm",
            description: "The database is busy",
            metric: "CPUUtilization",
            statistic: "Average",
            threshold: 85.into(),
            minutes: 10,
            ..database_alarm(&choose(
                INSTANCE,
                INSTANCE_DIMENSION.into(),
                "DBClusterIdentifier".into(),
            ))
        },
        Alarm {
            id: "DatabaseStorageAlarm",
            description: "The database has less than 2 GiB of storage left",
            metric: "FreeStorageSpace",
            statistic: "Minimum",
            threshold: (2_u64 << 30).into(),
            above: "LessThanThreshold",
            minutes: 5,
            // A cluster's storage grows by itself.
            condition: Some(INSTANCE),
            ..database_alarm(&INSTANCE_DIMENSION.into())
        },
    ]
}

fn balancer_alarm() -> Alarm {
    Alarm {
        id: "",
        description: "",
        namespace: "AWS/ApplicationELB",
        metric: "",
        dimensions: balancer_dimensions(),
        statistic: "Average",
        threshold: Value::Null,
        above: "GreaterThanThreshold",
        minutes: 5,
        condition: None,
    }
}

fn service_alarm() -> Alarm {
    Alarm {
        namespace: "AWS/ECS",
        dimensions: vec![
            dimension("ClusterName", reference("Cluster")),
            dimension("ServiceName", attribute("Service", "Name")),
        ],
        ..balancer_alarm()
    }
}

fn database_alarm(identifier: &Value) -> Alarm {
    Alarm {
        namespace: "AWS/RDS",
        dimensions: vec![json!({ "Name": identifier, "Value": imported("Database") })],
        ..balancer_alarm()
    }
}

/// More than one answer in twenty is an error of ours. A share, because what is much at night is little at noon.
fn errors() -> Resource {
    let sum = |id: &str, metric: &str| {
        json!({
            "Id": id,
            "ReturnData": false,
            "MetricStat": {
                "Stat": "Sum",
                "Period": 60,
                "Metric": {
                    "Namespace": "AWS/ApplicationELB",
                    "MetricName": metric,
                    "Dimensions": balancer_dimensions(),
                },
            },
        })
    };
    let share = json!({
        "Id": "share",
        "Label": "errors, per cent",
        // A single error in a quiet night is no reason to wake anybody.
        "Expression": "IF(errors > 5, 100 * errors / requests, 0)",
        "ReturnData": true,
    });
    let mut properties = common("More than 5 per cent of the answers are errors");
    properties["Metrics"] = json!([
        share,
        sum("errors", "HTTPCode_Target_5XX_Count"),
        sum("requests", "RequestCount"),
    ]);
    properties["Threshold"] = 5.into();
    properties["ComparisonOperator"] = "GreaterThanThreshold".into();
    properties["EvaluationPeriods"] = 3.into();
    Resource::new("AWS::CloudWatch::Alarm", properties)
}

impl Alarm {
    fn resource(self) -> Resource {
        let mut properties = common(self.description);
        properties["Namespace"] = self.namespace.into();
        properties["MetricName"] = self.metric.into();
        properties["Dimensions"] = self.dimensions.into();
        // Percentiles are not among the statistics of old.
        let statistic = match self.statistic {
            "p95" => "ExtendedStatistic",
            _ => "Statistic",
        };
        properties[statistic] = self.statistic.into();
        properties["Threshold"] = self.threshold;
        properties["ComparisonOperator"] = self.above.into();
        properties["Period"] = 60.into();
        properties["EvaluationPeriods"] = self.minutes.into();
        let resource = Resource::new("AWS::CloudWatch::Alarm", properties);
        Resource {
            condition: self.condition,
            ..resource
        }
    }
}

fn common(description: &str) -> Value {
    let actions = only_if(TOLD, json!([reference("AlarmTopic")]));
    json!({
        "AlarmDescription": description,
        "AlarmActions": actions,
        "OKActions": actions,
        // Nobody comes, or there is no task: neither is what these alarms are about.
        "TreatMissingData": "notBreaching",
    })
}

fn balancer_dimensions() -> Vec<Value> {
    vec![dimension(
        "LoadBalancer",
        attribute("Balancer", "LoadBalancerFullName"),
    )]
}

fn target_dimensions() -> Vec<Value> {
    let mut dimensions = balancer_dimensions();
    dimensions.push(dimension(
        "TargetGroup",
        attribute("Targets", "TargetGroupFullName"),
    ));
    dimensions
}

fn dimension(name: &str, value: impl Into<Value>) -> Value {
    json!({ "Name": name, "Value": value.into() })
}
