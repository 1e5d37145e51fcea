//! What does not go together, that the way out works, and that the templates still are what the rules say of them.

use super::{message, read, read_for};
use crate::{EnvironmentError, Stack};

/// Lines with a conflict; the key and the line that are blamed; a part of the message; lines that replace or join them.
struct Case {
    lines: &'static str,
    key: &'static str,
    line: usize,
    message: &'static str,
    cure: &'static str,
}

const CERTIFICATE: &str = "arn:aws:acm:eu-west-1:1:certificate/2";

fn case(
    lines: &'static str,
    key: &'static str,
    line: usize,
    message: &'static str,
    cure: &'static str,
) -> Case {
    Case {
        lines,
        key,
        line,
        message,
        cure,
    }
}

fn cases() -> Vec<Case> {
    vec![
        case(
            "database-storage = 200",
            "database-storage",
            3,
            "storage of 200 GiB can grow to 220 GiB or more, not to 200",
            "database-storage-limit = 220",
        ),
        case(
            "database-storage = 25\ndatabase-storage-limit = 27",
            "database-storage-limit",
            4,
            "storage of 25 GiB can grow to 28 GiB or more, not to 27",
            "database-storage-limit = 28",
        ),
        case(
            "database-engine = \"aurora\"\naurora-minimum = 8",
            "aurora-minimum",
            4,
            "the least capacity, 8, is above the most, 4",
            "aurora-maximum = 8",
        ),
        case(
            "database-engine = \"aurora\"\naurora-maximum = 0.5",
            "aurora-maximum",
            4,
            "Aurora's most capacity is at least 1, not 0.5",
            "aurora-maximum = 1",
        ),
        case(
            "database-class = \"db.t4g.small\"",
            "database-class",
            3,
            "the class `db.t4g.small` cannot keep the load of its queries",
            "database-insights = false",
        ),
        case(
            "hosted-zone = \"Z0123\"",
            "hosted-zone",
            3,
            "a hosted zone without the `domain`",
            "domain = \"shop.example\"",
        ),
        case(
            "distribution-certificate = \"arn:aws:acm:us-east-1:1:certificate/2\"",
            "distribution-certificate",
            3,
            "without a `domain` there is no CloudFront in front",
            "domain = \"shop.example\"",
        ),
        case(
            "distribution-firewall = \"arn:aws:wafv2:us-east-1:1:global/webacl/a/b\"",
            "distribution-firewall",
            3,
            "a web ACL for CloudFront guards nothing",
            "distribution-firewall = \"\"",
        ),
        case(
            "admin-networks = [\"192.0.2.0/24\"]",
            "admin-networks",
            3,
            "the dashboard is open to everybody",
            "firewall = \"on\"",
        ),
        case(
            "domain = \"shop.example\"\ncloud-front-prefix-list = \"pl-0123abcd\"",
            "cloud-front-prefix-list",
            4,
            "has no certificate for HTTPS",
            "hosted-zone = \"Z0123\"",
        ),
        case(
            "hosted-zone = \"Z0123\"\n\
             domain = \"abcdefghijklmnopqrstuvwxyz0123456789.abcdefghijklmnopqrstuvwxyz0.example\"",
            "domain",
            4,
            "the domain has 72 characters, and ACM makes certificates for 64 at most",
            "certificate = \"arn:aws:acm:eu-west-1:1:certificate/2\"",
        ),
        case(
            "region = \"eu-central-1\"\ncertificate = \"arn:aws:acm:eu-west-1:1:certificate/2\"",
            "certificate",
            4,
            "it is in eu-west-1, and the stacks are in eu-central-1",
            "region = \"eu-west-1\"",
        ),
        case(
            "region = \"eu-central-1\"\nalarm-topic = \"arn:aws:sns:us-east-1:1:alarms\"",
            "alarm-topic",
            4,
            "it is in us-east-1, and the stacks are in eu-central-1",
            "alarm-topic = \"arn:aws:sns:eu-central-1:1:alarms\"",
        ),
        case(
            "max-count = 1",
            "max-count",
            3,
            "the least tasks, 2, are more than the most, 1",
            "min-count = 1",
        ),
        case(
            "peak-start = \"cron(0 8 * * ? *)\"",
            "peak-start",
            3,
            "here is no `peak-end`",
            "peak-end = \"cron(0 20 * * ? *)\"",
        ),
        case(
            "peak-end = \"cron(0 20 * * ? *)\"",
            "peak-end",
            3,
            "here is no `peak-start`",
            "peak-start = \"cron(0 8 * * ? *)\"",
        ),
        case(
            "peak-start = \"rate(1 day)\"\npeak-end = \"rate(2 days)\"\nmax-count = 3",
            "max-count",
            5,
            "the peak's tasks, 4, are more than the most, 3",
            "peak-count = 3",
        ),
        case(
            "shape = \"split\"",
            "shape",
            3,
            "nginx and PHP in one task",
            "shape = \"single\"",
        ),
        case(
            "capacity = \"ec2\"\negress = \"public\"",
            "egress",
            4,
            "instances get no public address",
            "egress = \"nat\"",
        ),
        case(
            "capacity = \"ec2\"\negress = \"endpoints\"\necs-endpoints = false",
            "ecs-endpoints",
            5,
            "instances reach ECS over its endpoints",
            "ecs-endpoints = true",
        ),
        case(
            "capacity = \"ec2\"\nprocessor = \"amd64\"",
            "processor",
            4,
            "instances of type `t4g.medium` are not amd64",
            "instance-type = \"m7i.large\"",
        ),
    ]
}

/// The lines, without those whose key the cure has, and the cure.
fn cured(case: &Case) -> String {
    let key = |line: &str| line.split(" = ").next().map(str::to_owned);
    let kept = case
        .lines
        .lines()
        .filter(|line| key(line) != key(case.cure));
    kept.chain([case.cure]).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_conflict_is_found_where_it_is_and_has_a_way_out() {
    for case in cases() {
        let text = format!("[infra]\nname = \"shop\"\n{}", case.lines);
        let Err(error) = read(&text) else {
            panic!("no conflict is found in\n{text}");
        };
        let message = message(&error);
        let EnvironmentError::Conflict { place, .. } = error else {
            panic!("{message}");
        };
        assert_eq!(place.key, case.key, "{message}");
        assert_eq!(place.position.line, case.line, "{message}");
        assert!(message.contains(case.message), "{message}");
        assert!(message.contains("\nhint: "), "{message}");
        let text = format!("[infra]\nname = \"shop\"\n{}", cured(&case));
        if let Err(error) = read(&text) {
            panic!("{} for the way out of\n{text}", super::message(&error));
        }
    }
}

#[test]
fn a_conflict_shows_as_a_whole() {
    let error = read("[infra]\nname = \"shop\"\nhosted-zone = \"Z0123\"").unwrap_err();
    assert_eq!(
        message(&error),
        "`hosted-zone` in [infra] at wpimg.toml:3:15 does not go with the rest\n\
         a hosted zone without the `domain` in it gets no records and makes no certificate\n\
         hint: add `domain`, or write `hosted-zone = \"\"`"
    );
}

#[test]
fn what_an_environment_changes_is_blamed_and_not_what_is_shared() {
    let text = r#"
        [infra]
        name = "shop"
        min-count = 3
        [env.staging]
        max-count = 2
    "#;
    assert!(read(text).is_ok());
    let error = read_for(text, "staging").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`max-count` in [env.staging] at wpimg.toml:6:21"),
        "{error}"
    );
}

#[test]
fn other_engines_and_capacities_leave_values_without_effect_alone() {
    for lines in [
        "database-engine = \"aurora\"\ndatabase-class = \"db.t3.micro\"\ndatabase-storage = 65536",
        "aurora-minimum = 9\naurora-maximum = 1",
        "processor = \"amd64\"\negress = \"public\"",
        "egress = \"endpoints\"\necs-endpoints = false",
        "peak-count = 1000",
        "capacity = \"ec2\"\nprocessor = \"amd64\"\ninstance-type = \"\\u0075-6tb1.metal\"",
        "certificate = \"arn:aws:acm:eu-west-1:1:certificate/2\"",
    ] {
        let text = format!("[infra]\nname = \"shop\"\n{lines}");
        if let Err(error) = read(&text) {
            panic!("{} for\n{text}", message(&error));
        }
    }
    // Without a region nobody knows whether it is the right one.
    let text = format!("[infra]\nname = \"shop\"\ncertificate = \"{CERTIFICATE}\"");
    assert!(read(&text).is_ok());
}

#[test]
fn the_templates_are_what_the_rules_say_of_them() {
    let [data, app] = Stack::ALL.map(Stack::template);
    // `SplitShape`: nothing in the app stack is made otherwise for it, and tasks behind the load balancer reach no database.
    assert!(!app.parameters.contains_key("Shape"));
    assert_eq!(
        data.resources["ServiceToDatabase"].condition,
        Some("Single")
    );
    // `Unreachable`: port 80 is closed with the prefix list, and port 443 is there with a certificate only.
    let plain = &data.resources["BalancerFromInternetPlain"];
    assert_eq!(plain.condition, Some("Everybody"));
    assert_eq!(app.resources["Https"].condition, Some("IsSecure"));
    // `InstancesInPublic`: neither subnets nor the launch template give an address.
    let subnet = &data.resources["PublicSubnet1"].properties;
    assert_eq!(subnet["MapPublicIpOnLaunch"], false);
    let instance = &app.resources["InstanceTemplate"].properties["LaunchTemplateData"];
    assert!(instance.get("NetworkInterfaces").is_none());
    // `NetworksWithoutFirewall`: the list is in the firewall only.
    assert_eq!(
        app.resources["AdminAddresses"].condition,
        Some("RestrictsAdmin")
    );
}
