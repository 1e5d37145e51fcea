//! What the stack tells about itself.

use super::evaluation::Stack;

const DISTRIBUTED: &[(&str, &str)] = &[
    ("Domain", "shop.example"),
    ("HostedZone", "Z1"),
    ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
];

#[test]
fn these_are_told() {
    check(
        &[],
        "\
Address=http://${Balancer.DNSName}
BalancerDns=${Balancer.DNSName}
Cluster=${Cluster}
Image=given
LogGroup=${Log}
Repository=${Repository.RepositoryUri}
Service=${Service.Name}
SetupRole=${SetupRole.Arn}
TaskDefinition=${AWS::StackName}
",
    );
}

#[test]
fn the_task_definitions_family_is_the_one_that_is_told() {
    let mut stack = Stack::new(&[]);
    let family = stack.properties("Task")["Family"].clone();
    let outputs = stack.outputs();
    assert!(outputs.contains(&("TaskDefinition", family)));
}

#[test]
fn the_distribution_is_told_where_there_is_one() {
    let mut stack = Stack::new(DISTRIBUTED);
    let told = ("DistributionId", "${Distribution}".into());
    assert!(stack.outputs().contains(&told));
}

#[test]
fn the_address_is_the_one_that_visitors_type() {
    for (choices, address) in [
        (&[][..], "http://${Balancer.DNSName}"),
        (
            &[("Certificate", "arn:aws:acm:r:1:c")],
            "https://${Balancer.DNSName}",
        ),
        (&[("Domain", "shop.example")], "http://shop.example"),
        (
            &[("Domain", "shop.example"), ("HostedZone", "Z1")],
            "https://shop.example",
        ),
        (DISTRIBUTED, "https://shop.example"),
    ] {
        let mut stack = Stack::new(choices);
        let outputs = stack.outputs();
        assert!(
            outputs.contains(&("Address", address.into())),
            "{choices:?}"
        );
    }
}

fn check(choices: &[(&str, &str)], expected: &str) {
    let mut stack = Stack::new(choices);
    let lines: Vec<String> = stack
        .outputs()
        .iter()
        .map(|(name, value)| format!("{name}={}\n", value.as_str().unwrap_or("?")))
        .collect();
    assert_eq!(lines.concat(), expected);
}
