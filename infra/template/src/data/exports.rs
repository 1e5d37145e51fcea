//! What the app stack gets to know. It imports by these names, so a name changes in both or in none.

use serde_json::Value;

use super::firewall::{CACHE_PORT, DATABASE_PORT};
use super::zone::joined;
use super::{database, files};
use crate::Template;
use crate::expression::{attribute, choose, reference};

pub(super) fn add_to(template: &mut Template) {
    network(template);
    contents(template);
}

fn network(template: &mut Template) {
    template.export("Vpc", reference("Vpc"), "The network.");
    template.export("VpcCidr", reference("Cidr"), "Its addresses.");
    let subnets = joined("PublicSubnet");
    template.export("PublicSubnets", subnets, "Subnets of the load balancer.");
    let subnets = joined("PrivateSubnet");
    template.export("PrivateSubnets", subnets, "Subnets without a way in.");
    template.export(
        "TaskSubnets",
        choose(
            "PublicTasks",
            joined("PublicSubnet"),
            joined("PrivateSubnet"),
        ),
        "Subnets of the tasks.",
    );
    template.export(
        "AssignPublicIp",
        choose("PublicTasks", "ENABLED".into(), "DISABLED".into()),
        "Whether tasks need a public address.",
    );
    for (name, description) in [
        ("BalancerSecurityGroup", "Of the load balancer."),
        ("ServiceSecurityGroup", "Of tasks behind it."),
    ] {
        template.export(name, reference(name), description);
    }
    for (name, description) in [
        (
            "BackendBalancerSecurityGroup",
            "Of the load balancer before php-fpm.",
        ),
        ("BackendSecurityGroup", "Of php-fpm's tasks."),
    ] {
        let group = reference(name);
        export_if(template, "Split", name, group, description);
    }
}

fn contents(template: &mut Template) {
    for (name, value, description) in [
        (
            "Database",
            database::identifier(),
            "What RDS calls the instance or cluster.",
        ),
        ("DatabaseHost", database::host(), "The database's host."),
        (
            "DatabasePort",
            DATABASE_PORT.to_string().into(),
            "Its port.",
        ),
        ("DatabaseName", reference("DatabaseName"), "Its name."),
        (
            "DatabaseSecret",
            reference("DatabaseSecret"),
            "The secret of WordPress's own user of it, for WPIMG_SECRET.",
        ),
        (
            "MasterSecret",
            database::master_secret(),
            "The secret of its master user.",
        ),
        (
            "SaltsSecret",
            reference("SaltsSecret"),
            "The secret for WPIMG_SALT_MASTER.",
        ),
        ("Files", reference("Files"), "The file system of uploads."),
        ("FilesArn", files::arn(), "Its ARN."),
        (
            "FilesAccessPoint",
            reference("FilesAccessPoint"),
            "Its access point.",
        ),
        (
            "FilesAccessPointArn",
            files::access_point_arn(),
            "That one's ARN.",
        ),
    ] {
        template.export(name, value, description);
    }
    for (name, value, description) in [
        (
            "CacheHost",
            attribute("CacheGroup", "PrimaryEndPoint.Address"),
            "The cache's host, which speaks TLS.",
        ),
        ("CachePort", CACHE_PORT.to_string().into(), "Its port."),
        (
            "CacheSecret",
            reference("CacheSecret"),
            "The secret that is its password, for WPIMG_REDIS_PASSWORD.",
        ),
    ] {
        export_if(template, "Cache", name, value, description);
    }
    let key = attribute("Key", "Arn");
    export_if(template, "OwnKey", "Key", key, "The key that encrypts.");
}

/// Tells a value that is there on a condition.
fn export_if(
    template: &mut Template,
    condition: &'static str,
    name: &'static str,
    value: Value,
    description: &'static str,
) {
    template.export(name, value, description);
    if let Some(output) = template.outputs.get_mut(name) {
        output.condition = Some(condition);
    }
}
