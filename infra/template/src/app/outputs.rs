//! What the stack tells `wpimg deploy` and people.

use serde_json::Value;

use super::certificate::{NAMED, SECURE};
use super::distribution::DISTRIBUTED;
use super::environment::ENCRYPTED;
use crate::expression::{attribute, choose, reference, text};
use crate::{Output, Template};

pub(super) fn add(template: &mut Template) {
    let address = choose(
        NAMED,
        choose(
            ENCRYPTED,
            text("https://${Domain}"),
            text("http://${Domain}"),
        ),
        choose(
            SECURE,
            text("https://${Balancer.DNSName}"),
            text("http://${Balancer.DNSName}"),
        ),
    );
    let outputs = [
        ("Address", address, "Where the site is."),
        (
            "BalancerDns",
            attribute("Balancer", "DNSName"),
            "The load balancer's name, for a record that is made elsewhere.",
        ),
        (
            "Repository",
            attribute("Repository", "RepositoryUri"),
            "Where images are pushed to.",
        ),
        ("Cluster", reference("Cluster"), "Name of the cluster."),
        (
            "Service",
            attribute("Service", "Name"),
            "Name of the service.",
        ),
        (
            "TaskDefinition",
            reference("AWS::StackName"),
            "Family of the service's task definitions.",
        ),
        (
            "LogGroup",
            reference("Log"),
            "Name of the tasks' log group.",
        ),
        (
            "SetupRole",
            attribute("SetupRole", "Arn"),
            "ARN of the role of the task that makes WordPress's user in the database.",
        ),
        (
            "Image",
            reference("Image"),
            "The image as Parameter Store had it when the stack was last changed.",
        ),
    ];
    for (name, value, description) in outputs {
        template
            .outputs
            .insert(name, output(value, description, None));
    }
    template.outputs.insert(
        "DistributionId",
        output(
            reference("Distribution"),
            "The distribution, to invalidate what it has cached.",
            Some(DISTRIBUTED),
        ),
    );
}

fn output(value: Value, description: &'static str, condition: Option<&'static str>) -> Output {
    Output {
        value,
        description,
        condition,
        exported: false,
    }
}
