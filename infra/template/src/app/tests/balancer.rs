//! How visitors get in.

use serde_json::Value;

use super::evaluation::Stack;
use crate::app::balancer::IDLE_TIMEOUT;

const SECURE: &[(&str, &str)] = &[("Domain", "shop.example"), ("HostedZone", "Z1")];
const DISTRIBUTED: &[(&str, &str)] = &[
    ("Domain", "shop.example"),
    ("HostedZone", "Z1"),
    ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
];

#[test]
fn http_only_redirects_where_there_is_a_certificate() {
    for choices in [SECURE, &[("Certificate", "arn:aws:acm:r:1:c")]] {
        let stack = Stack::new(choices);
        let actions = &stack.properties("Http")["DefaultActions"];
        assert_eq!(actions.as_array().map(Vec::len), Some(1));
        assert_eq!(actions[0]["Type"], "redirect");
        assert_eq!(actions[0]["RedirectConfig"]["Protocol"], "HTTPS");
        assert_eq!(
            stack.properties("Https")["DefaultActions"][0]["Type"],
            "forward"
        );
    }
}

#[test]
fn http_serves_where_there_is_no_certificate() {
    for choices in [&[][..], &[("Domain", "shop.example")]] {
        let stack = Stack::new(choices);
        assert_eq!(
            stack.properties("Http")["DefaultActions"][0]["Type"],
            "forward"
        );
        assert!(!stack.has("Https"));
    }
}

#[test]
fn https_is_of_today() {
    let stack = Stack::new(SECURE);
    let https = stack.properties("Https");
    assert_eq!(
        https["SslPolicy"],
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    );
    let certificate = &https["Certificates"][0]["CertificateArn"];
    assert_eq!(certificate, "${IssuedCertificate}");
    assert_eq!(
        stack.properties("IssuedCertificate")["ValidationMethod"],
        "DNS"
    );
}

#[test]
fn a_given_certificate_is_used_as_it_is() {
    let given = [SECURE, &[("Certificate", "arn:aws:acm:r:1:c")]].concat();
    let stack = Stack::new(&given);
    assert!(!stack.has("IssuedCertificate"));
    let certificate = &stack.properties("Https")["Certificates"][0]["CertificateArn"];
    assert_eq!(certificate, "arn:aws:acm:r:1:c");
}

#[test]
fn targets_are_asked_whether_visitors_may_come() {
    let stack = Stack::new(&[]);
    let targets = stack.properties("Targets");
    assert_eq!(targets["HealthCheckPath"], "/readyz");
    assert_eq!(targets["Port"], 8080);
    assert_eq!(targets["TargetType"], "ip");
    assert_eq!(targets["Matcher"]["HttpCode"], "200");
}

#[test]
fn each_end_of_a_task_fits_into_the_next() {
    let stack = Stack::new(&[]);
    let targets = stack.properties("Targets");
    let delay = attribute(targets, "deregistration_delay.timeout_seconds");
    let container = &stack.properties("Task")["ContainerDefinitions"][0];
    let variables = container["Environment"].as_array().expect("variables");
    let budget = variables
        .iter()
        .find(|variable| variable["Name"] == "WPIMG_STOP_TIMEOUT")
        .and_then(|variable| variable["Value"].as_str())
        .expect("a budget");
    let [delay, budget] = [delay, budget].map(|text| text.parse::<u64>().expect("seconds"));
    let killed = container["StopTimeout"].as_u64().expect("seconds");
    assert!(delay <= budget && budget < killed);
    // The most that Fargate takes (ContainerDefinition, "stopTimeout").
    assert!(killed <= 120);
}

#[test]
fn the_balancer_drops_bad_headers_and_writes_its_log() {
    for (bucket, choices) in [
        ("${AccessLog}", &[][..]),
        ("logs", &[("AccessLogBucket", "logs")]),
    ] {
        let stack = Stack::new(choices);
        let balancer = stack.properties("Balancer");
        for (key, value) in [
            ("routing.http.drop_invalid_header_fields.enabled", "true"),
            ("access_logs.s3.enabled", "true"),
            ("access_logs.s3.bucket", bucket),
            ("idle_timeout.timeout_seconds", "60"),
        ] {
            assert_eq!(attribute(balancer, key), value, "{key}");
        }
    }
}

#[test]
fn nginx_keeps_a_connection_for_longer_than_the_balancer() {
    let configuration = include_str!("../../../../../docker/rootfs/etc/wpimg/nginx/http.conf");
    let kept: u32 = configuration
        .lines()
        .find_map(|line| line.strip_prefix("keepalive_timeout ")?.strip_suffix("s;"))
        .and_then(|seconds| seconds.parse().ok())
        .expect("nginx says how long");
    assert!(IDLE_TIMEOUT < kept);
}

#[test]
fn behind_the_distribution_only_its_header_leads_to_the_targets() {
    let stack = Stack::new(DISTRIBUTED);
    let refused = &stack.properties("Https")["DefaultActions"][0];
    assert_eq!(refused["FixedResponseConfig"]["StatusCode"], "403");
    let rule = stack.properties("OriginRule");
    assert_eq!(rule["ListenerArn"], "${Https}");
    assert_eq!(rule["Actions"][0]["Type"], "forward");
    let asked = &rule["Conditions"][0]["HttpHeaderConfig"];
    let distribution = &stack.properties("Distribution")["DistributionConfig"];
    let sent = &distribution["Origins"][0]["OriginCustomHeaders"][0];
    assert_eq!(asked["HttpHeaderName"], sent["HeaderName"]);
    assert_eq!(asked["Values"][0], sent["HeaderValue"]);
}

#[test]
fn the_sites_name_leads_to_whoever_is_in_front() {
    for (choices, name) in [
        (SECURE, "${Balancer.DNSName}"),
        (DISTRIBUTED, "${Distribution.DomainName}"),
    ] {
        let stack = Stack::new(choices);
        for record in ["AddressRecord", "AddressRecord6"] {
            let record = stack.properties(record);
            assert_eq!(record["AliasTarget"]["DNSName"], name);
            assert_eq!(record["Name"], "shop.example");
        }
    }
    assert!(!Stack::new(&[]).has("AddressRecord"));
}

fn attribute<'a>(resource: &'a Value, key: &str) -> &'a str {
    let lists = ["LoadBalancerAttributes", "TargetGroupAttributes"];
    let found = lists
        .iter()
        .filter_map(|list| resource[*list].as_array())
        .flatten()
        .find(|attribute| attribute["Key"] == key);
    found
        .and_then(|attribute| attribute["Value"].as_str())
        .unwrap_or_default()
}
