//! Who may talk to whom.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{chosen, template};

/// Those resources of a kind that are there.
fn of_kind<'a>(stack: &'a Value, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let resources = stack["Resources"].as_object().unwrap().iter();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    of_kind
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
        .collect()
}

/// What a rule calls the other side, or itself: a group by its name, addresses as they are.
fn side(rule: &Value, names: &[&str]) -> String {
    let mut sides = names.iter().filter_map(|name| match &rule[*name] {
        Value::Null => None,
        Value::String(address) => Some(address.clone()),
        group => {
            let id = group["Ref"].as_str().unwrap();
            Some(id.strip_suffix("SecurityGroup").unwrap().to_owned())
        }
    });
    let side = sides.next().unwrap_or_else(|| panic!("nobody in {rule}"));
    assert_eq!(sides.next(), None, "{rule}");
    side
}

fn port(rule: &Value) -> &Value {
    assert_eq!(rule["IpProtocol"], "tcp", "{rule}");
    assert_eq!(rule["FromPort"], rule["ToPort"], "{rule}");
    &rule["FromPort"]
}

/// What the rules at the receiving end let in.
fn incoming(stack: &Value) -> BTreeSet<String> {
    let sources = ["SourceSecurityGroupId", "SourcePrefixListId", "CidrIp"];
    of_kind(stack, "AWS::EC2::SecurityGroupIngress")
        .into_iter()
        .map(|(_, rule)| {
            let to = side(rule, &["GroupId"]);
            format!("{} -> {to} {}", side(rule, &sources), port(rule))
        })
        .collect()
}

/// What the rules at the sending end let out.
fn outgoing(stack: &Value) -> BTreeSet<String> {
    let destinations = [
        "DestinationSecurityGroupId",
        "DestinationPrefixListId",
        "CidrIp",
    ];
    of_kind(stack, "AWS::EC2::SecurityGroupEgress")
        .into_iter()
        .map(|(_, rule)| {
            let from = side(rule, &["GroupId"]);
            format!("{from} -> {} {}", side(rule, &destinations), port(rule))
        })
        .collect()
}

fn check(choices: &[(&str, &str)], expected: &[&str]) {
    let stack = chosen(choices);
    let both: BTreeSet<String> = incoming(&stack).union(&outgoing(&stack)).cloned().collect();
    let expected: BTreeSet<String> = expected.iter().map(|edge| (*edge).to_owned()).collect();
    assert_eq!(both, expected, "{choices:?}");

    // A connection between groups needs a rule at both ends.
    let between = |edges: BTreeSet<String>| -> BTreeSet<String> {
        let is_address = |edge: &str| edge.contains("0.0.0.0/0") || edge.contains("pl-");
        edges.into_iter().filter(|edge| !is_address(edge)).collect()
    };
    assert_eq!(
        between(incoming(&stack)),
        between(outgoing(&stack)),
        "{choices:?}"
    );
}

#[test]
fn a_single_task_reaches_what_wordpress_needs() {
    check(
        &[],
        &[
            "0.0.0.0/0 -> Balancer 443",
            "0.0.0.0/0 -> Balancer 80",
            "Balancer -> Service 8080",
            "Service -> Database 3306",
            "Service -> Files 2049",
            "Service -> 0.0.0.0/0 443",
            "Service -> 0.0.0.0/0 587",
        ],
    );
}

#[test]
fn with_endpoints_a_task_reaches_aws_only() {
    let expected = |storage| {
        [
            "0.0.0.0/0 -> Balancer 443",
            "0.0.0.0/0 -> Balancer 80",
            "Balancer -> Service 8080",
            "Service -> Database 3306",
            "Service -> Files 2049",
            "Service -> Cache 6379",
            "Service -> Endpoint 443",
            storage,
        ]
    };
    let choices = [("Egress", "endpoints"), ("Cache", "valkey")];
    check(&choices, &expected("Service -> 0.0.0.0/0 443"));
    let list = [("StoragePrefixList", "pl-0123abcd")];
    check(
        &[&choices[..], &list[..]].concat(),
        &expected("Service -> pl-0123abcd 443"),
    );
}

#[test]
fn where_php_has_tasks_of_its_own_nginx_reaches_no_database() {
    check(
        &[("Shape", "split"), ("Cache", "valkey")],
        &[
            "0.0.0.0/0 -> Balancer 443",
            "0.0.0.0/0 -> Balancer 80",
            "Balancer -> Service 8080",
            "Service -> BackendBalancer 9000",
            "Service -> Files 2049",
            "Service -> 0.0.0.0/0 443",
            "BackendBalancer -> Backend 9000",
            "Backend -> Database 3306",
            "Backend -> Files 2049",
            "Backend -> Cache 6379",
            "Backend -> 0.0.0.0/0 443",
            "Backend -> 0.0.0.0/0 587",
        ],
    );
    check(
        &[("Shape", "split"), ("Egress", "endpoints")],
        &[
            "0.0.0.0/0 -> Balancer 443",
            "0.0.0.0/0 -> Balancer 80",
            "Balancer -> Service 8080",
            "Service -> BackendBalancer 9000",
            "Service -> Files 2049",
            "Service -> Endpoint 443",
            "Service -> 0.0.0.0/0 443",
            "BackendBalancer -> Backend 9000",
            "Backend -> Database 3306",
            "Backend -> Files 2049",
            "Backend -> Endpoint 443",
            "Backend -> 0.0.0.0/0 443",
        ],
    );
}

#[test]
fn behind_cloudfront_nobody_else_gets_in() {
    let stack = chosen(&[("CloudFrontPrefixList", "pl-0123abcd")]);
    let found: Vec<String> = incoming(&stack)
        .into_iter()
        .filter(|edge| edge.contains("-> Balancer"))
        .collect();
    assert_eq!(found, ["pl-0123abcd -> Balancer 443"]);
}

#[test]
fn only_the_load_balancer_listens_to_everybody() {
    let template = template();
    let rules = of_kind(&template, "AWS::EC2::SecurityGroupIngress").into_iter();
    let open = rules.filter(|(_, rule)| rule.to_string().contains("0.0.0.0/0"));
    let open: Vec<_> = open
        .map(|(_, rule)| (side(rule, &["GroupId"]), port(rule).clone()))
        .collect();
    let balancer = |port: u16| ("Balancer".to_owned(), Value::from(port));
    assert_eq!(open, [balancer(443), balancer(80)]);
}

#[test]
fn a_group_by_itself_allows_nothing() {
    let template = template();
    for (id, group) in of_kind(&template, "AWS::EC2::SecurityGroup") {
        assert!(group["SecurityGroupIngress"].is_null(), "{id}");
        let outgoing = group["SecurityGroupEgress"].as_array().unwrap();
        let addresses: Vec<&Value> = outgoing.iter().map(|rule| &rule["CidrIp"]).collect();
        assert_eq!(addresses, ["255.255.255.255/32"], "{id}");
    }
}
