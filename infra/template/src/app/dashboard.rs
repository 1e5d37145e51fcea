//! The numbers of the site on one screen.

use serde_json::{Value, json};

use crate::expression::text;
use crate::json::compact;
use crate::{Resource, Template};

/// Half of a dashboard's columns.
const WIDTH: u32 = 12;

const BALANCER: &str = "${Balancer.LoadBalancerFullName}";
const TARGETS: &str = "${Targets.TargetGroupFullName}";

pub(super) fn add(template: &mut Template) {
    // Without a place each widget stands where the last one leaves room.
    let widgets: Vec<Value> = graphs()
        .into_iter()
        .map(|(title, statistic, metrics)| {
            json!({
                "type": "metric",
                "width": WIDTH,
                "properties": {
                    "title": title,
                    "stat": statistic,
                    "period": 60,
                    "region": "${AWS::Region}",
                    "metrics": abbreviated(&metrics),
                },
            })
        })
        .collect();
    let body = compact(&json!({ "widgets": widgets }));
    let properties = json!({
        "DashboardName": text("${AWS::StackName}-${AWS::Region}"),
        "DashboardBody": text(&body),
    });
    template.add(
        "Dashboard",
        Resource::new("AWS::CloudWatch::Dashboard", properties),
    );
}

/// A dot stands for what is in the same place of the metric before (CloudWatch, "Dashboard body structure and syntax").
fn abbreviated(metrics: &[Value]) -> Vec<Value> {
    let before = std::iter::once(&Value::Null).chain(metrics);
    let shorter = metrics.iter().zip(before).map(|(metric, before)| {
        let places = metric.as_array().into_iter().flatten().enumerate();
        places
            .map(|(place, word)| match before.get(place) {
                Some(same) if same == word => ".".into(),
                _ => word.clone(),
            })
            .collect()
    });
    shorter.collect()
}

/// Title, statistic and metrics of each graph.
fn graphs() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    vec![
        (
            "Requests and answers",
            "Sum",
            vec![
                balancer("RequestCount"),
                balancer("HTTPCode_Target_4XX_Count"),
                balancer("HTTPCode_Target_5XX_Count"),
                balancer("HTTPCode_ELB_5XX_Count"),
            ],
        ),
        (
            "Seconds to an answer, of 95 in 100",
            "p95",
            vec![balancer("TargetResponseTime")],
        ),
        (
            "Tasks",
            "Average",
            vec![target("HealthyHostCount"), target("UnHealthyHostCount")],
        ),
        (
            "Use of the tasks, per cent",
            "Average",
            vec![
                of_service("AWS/ECS", "ClusterName", "ServiceName", "CPUUtilization"),
                of_service("AWS/ECS", "ClusterName", "ServiceName", "MemoryUtilization"),
            ],
        ),
        (
            "PHP workers",
            "Maximum",
            vec![
                of_site("PhpWorkersActive"),
                of_site("PhpWorkersIdle"),
                of_site("PhpQueue"),
            ],
        ),
        (
            "What went wrong inside",
            "Sum",
            vec![
                of_site("ServiceRestarts"),
                of_site("LogLinesDropped"),
                of_site("PhpMaxWorkersReached"),
            ],
        ),
    ]
}

fn balancer(metric: &str) -> Value {
    json!(["AWS/ApplicationELB", metric, "LoadBalancer", BALANCER])
}

fn target(metric: &str) -> Value {
    json!([
        "AWS/ApplicationELB",
        metric,
        "TargetGroup",
        TARGETS,
        "LoadBalancer",
        BALANCER
    ])
}

/// What wpimg-init reports.
fn of_site(metric: &str) -> Value {
    of_service("wpimg", "Cluster", "Service", metric)
}

fn of_service(namespace: &str, cluster: &str, service: &str, metric: &str) -> Value {
    json!([
        namespace,
        metric,
        cluster,
        "${Cluster}",
        service,
        "${Service.Name}"
    ])
}
