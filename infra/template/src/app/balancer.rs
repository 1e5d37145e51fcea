//! The public load balancer, what it listens on, and the targets it sends requests to.

use serde_json::{Value, json};

use super::access_log;
use super::certificate::{self, SECURE};
use super::distribution::{self, DISTRIBUTED};
use super::image::{PORT, READY_PATH, STOP_BUDGET};
use super::list::{after, split};
use crate::expression::{choose, imported, reference};
use crate::{Resource, Template};

/// TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only.
pub(super) const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// Seconds without a byte after which the load balancer closes a connection. nginx keeps it for longer: who closes
/// first must be the one that knows whether a request is about to be sent.
pub(super) const IDLE_TIMEOUT: u32 = 60;

/// Seconds that a target still gets what it has begun, before ECS stops its task. Longer would only delay every
/// rollout: what takes longer is cut by the stop budget as well.
pub(super) const DEREGISTRATION_DELAY: u32 = STOP_BUDGET;

pub(super) fn add(template: &mut Template) {
    template.add("Balancer", balancer());
    template.add("Targets", targets());
    template.add("Http", http());
    template.add("Https", https());
    template.add("OriginRule", origin_rule());
}

fn balancer() -> Resource {
    let attributes = [
        (
            "idle_timeout.timeout_seconds",
            IDLE_TIMEOUT.to_string().into(),
        ),
        (
            "routing.http.drop_invalid_header_fields.enabled",
            "true".into(),
        ),
        ("routing.http.desync_mitigation_mode", "defensive".into()),
        ("access_logs.s3.enabled", "true".into()),
        ("access_logs.s3.bucket", access_log::bucket()),
    ];
    let properties = json!({
        "Type": "application",
        "Scheme": "internet-facing",
        "Subnets": split(",", &imported("PublicSubnets")),
        "SecurityGroups": [imported("BalancerSecurityGroup")],
        "LoadBalancerAttributes": pairs(attributes),
    });
    Resource::new("AWS::ElasticLoadBalancingV2::LoadBalancer", properties)
}

fn targets() -> Resource {
    let attributes = [
        (
            "deregistration_delay.timeout_seconds",
            DEREGISTRATION_DELAY.to_string().into(),
        ),
        // A task whose PHP workers are busy gets less than one that is idle.
        (
            "load_balancing.algorithm.type",
            "least_outstanding_requests".into(),
        ),
    ];
    let properties = json!({
        "TargetType": "ip",
        "Protocol": "HTTP",
        "Port": PORT,
        "VpcId": imported("Vpc"),
        "HealthCheckPath": READY_PATH,
        "HealthCheckIntervalSeconds": 10,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        // The page asks PHP, and ECS replaces what is unhealthy: a task that is busy for half a minute is to stay.
        "UnhealthyThresholdCount": 6,
        "Matcher": { "HttpCode": "200" },
        "TargetGroupAttributes": pairs(attributes),
    });
    Resource::new("AWS::ElasticLoadBalancingV2::TargetGroup", properties)
}

fn http() -> Resource {
    let redirect = json!({
        "Type": "redirect",
        "RedirectConfig": { "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301" },
    });
    let properties = json!({
        "LoadBalancerArn": reference("Balancer"),
        "Protocol": "HTTP",
        "Port": 80,
        "DefaultActions": [choose(SECURE, redirect, serve())],
    });
    Resource::new("AWS::ElasticLoadBalancingV2::Listener", properties)
        .accept(
            "CKV_AWS_2",
            "Redirects to HTTPS where there is a certificate",
        )
        .accept(
            "CKV_AWS_103",
            "Redirects to HTTPS where there is a certificate",
        )
}

fn https() -> Resource {
    let properties = json!({
        "LoadBalancerArn": reference("Balancer"),
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": TLS_POLICY,
        "Certificates": [{ "CertificateArn": certificate::arn() }],
        "DefaultActions": [serve()],
    });
    Resource::new("AWS::ElasticLoadBalancingV2::Listener", properties).only_if(SECURE)
}

/// With CloudFront in front, only what comes through it gets further: else the firewall and the cache could be walked
/// around.
fn serve() -> Value {
    let refuse = json!({
        "Type": "fixed-response",
        "FixedResponseConfig": { "StatusCode": "403", "ContentType": "text/plain", "MessageBody": "forbidden" },
    });
    choose(DISTRIBUTED, refuse, forward())
}

fn forward() -> Value {
    json!({ "Type": "forward", "TargetGroupArn": reference("Targets") })
}

/// The targets, once a listener leads to them: before that ECS refuses them.
pub(super) fn reached_targets() -> Value {
    let targets = reference("Targets");
    let secure = choose(SECURE, after("Https", &targets), after("Http", &targets));
    choose(DISTRIBUTED, after("OriginRule", &targets), secure)
}

fn origin_rule() -> Resource {
    let header = json!({
        "HttpHeaderName": distribution::PROOF_HEADER,
        "Values": [distribution::proof()],
    });
    let properties = json!({
        "ListenerArn": choose(SECURE, reference("Https"), reference("Http")),
        "Priority": 1,
        "Conditions": [{ "Field": "http-header", "HttpHeaderConfig": header }],
        "Actions": [forward()],
    });
    Resource::new("AWS::ElasticLoadBalancingV2::ListenerRule", properties).only_if(DISTRIBUTED)
}

/// Attributes as load balancers want them.
pub(super) fn pairs<const N: usize>(attributes: [(&str, Value); N]) -> Vec<Value> {
    attributes
        .into_iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}
