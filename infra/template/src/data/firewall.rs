//! Who may talk to whom: security groups, and a rule at both ends of each connection.
//!
//! Rules name groups, not addresses, so they hold whatever subnets there are. They are resources of their own because
//! two groups that name each other could not be made otherwise.

use serde_json::{Map, Value, json};

use crate::expression::{absent, choose, only_if, reference};
use crate::{Resource, Template};

/// Where nginx of the image listens.
const SITE_PORT: u16 = 8080;
/// Where php-fpm of the image listens for nginx of another task.
const PHP_PORT: u16 = 9000;
pub(super) const DATABASE_PORT: u16 = 3306;
pub(super) const CACHE_PORT: u16 = 6379;
/// NFS, which EFS speaks, inside of TLS too.
const FILES_PORT: u16 = 2049;
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;
/// Submission of mail. AWS blocks port 25.
const MAIL_PORT: u16 = 587;

/// Every address. Security groups do not filter the network's own resolver, clock and metadata, so these need no rule.
const ANYWHERE: &str = "0.0.0.0/0";

const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const EGRESS: &str = "AWS::EC2::SecurityGroupEgress";

struct Group {
    name: &'static str,
    description: &'static str,
    condition: Option<&'static str>,
}

const fn group(
    name: &'static str,
    condition: Option<&'static str>,
    description: &'static str,
) -> Group {
    Group {
        name,
        description,
        condition,
    }
}

const GROUPS: [Group; 8] = [
    group("Balancer", None, "The load balancer before the site"),
    group("Service", None, "Tasks that answer the load balancer"),
    group(
        "BackendBalancer",
        Some("Split"),
        "The load balancer before php-fpm",
    ),
    group("Backend", Some("Split"), "Tasks of php-fpm"),
    group("Database", None, "The database"),
    group("Files", None, "The mount targets of the uploads"),
    group("Cache", Some("Cache"), "The object cache"),
    group("Endpoint", Some("Endpoints"), "The endpoints of AWS"),
];

/// A connection that is allowed: from one group to another's port.
struct Edge {
    from: &'static str,
    to: &'static str,
    port: u16,
    condition: Option<&'static str>,
}

const fn edge(
    from: &'static str,
    to: &'static str,
    port: u16,
    condition: Option<&'static str>,
) -> Edge {
    Edge {
        from,
        to,
        port,
        condition,
    }
}

/// Where php-fpm has tasks of its own, only these reach what PHP needs; nginx reads the uploads that it serves.
const EDGES: [Edge; 11] = [
    edge("Balancer", "Service", SITE_PORT, None),
    edge("Service", "Files", FILES_PORT, None),
    edge("Service", "Endpoint", HTTPS_PORT, Some("Endpoints")),
    edge("Service", "Database", DATABASE_PORT, Some("Single")),
    edge("Service", "Cache", CACHE_PORT, Some("SingleWithCache")),
    edge("Service", "BackendBalancer", PHP_PORT, Some("Split")),
    edge("BackendBalancer", "Backend", PHP_PORT, Some("Split")),
    edge("Backend", "Files", FILES_PORT, Some("Split")),
    edge(
        "Backend",
        "Endpoint",
        HTTPS_PORT,
        Some("SplitWithEndpoints"),
    ),
    edge("Backend", "Database", DATABASE_PORT, Some("Split")),
    edge("Backend", "Cache", CACHE_PORT, Some("SplitWithCache")),
];

pub(super) fn add_to(template: &mut Template) {
    for group in &GROUPS {
        template.add(id(group.name), security_group(group));
    }
    for edge in &EDGES {
        add_edge(template, edge);
    }
    from_the_internet(template);
    to_the_internet(template);
}

/// What a group's resource is called.
fn id(name: &str) -> String {
    format!("{name}SecurityGroup")
}

fn member(name: &str) -> Value {
    reference(&id(name))
}

fn security_group(group: &Group) -> Resource {
    let resource = Resource::new(
        "AWS::EC2::SecurityGroup",
        json!({
            "GroupDescription": group.description,
            "VpcId": reference("Vpc"),
            // A group without a rule of this kind may send everything everywhere. This one allows nothing: no machine
            // has the address.
            "SecurityGroupEgress": [{
                "IpProtocol": "icmp",
                "FromPort": 0,
                "ToPort": 0,
                "CidrIp": "255.255.255.255/32",
                "Description": "Nothing else",
            }],
        }),
    );
    Resource {
        condition: group.condition,
        ..resource
    }
}

fn add_edge(template: &mut Template, edge: &Edge) {
    let Edge { from, to, port, .. } = *edge;
    let description = format!("{from} to {to}");
    let source = vec![("SourceSecurityGroupId", member(from))];
    let destination = vec![("DestinationSecurityGroupId", member(to))];
    for (id, kind, group, peer) in [
        (format!("{to}From{from}"), INGRESS, to, source),
        (format!("{from}To{to}"), EGRESS, from, destination),
    ] {
        let rule = Resource {
            condition: edge.condition,
            ..rule(kind, group, port, &description, peer)
        };
        template.add(id, rule);
    }
}

/// A rule of TCP for a group, with the properties that say who the other side is.
fn rule(
    kind: &'static str,
    group: &str,
    port: u16,
    description: &str,
    peer: Vec<(&'static str, Value)>,
) -> Resource {
    let mut properties = Map::from_iter([
        ("GroupId".to_owned(), member(group)),
        ("IpProtocol".to_owned(), "tcp".into()),
        ("FromPort".to_owned(), port.into()),
        ("ToPort".to_owned(), port.into()),
        ("Description".to_owned(), description.into()),
    ]);
    properties.extend(peer.into_iter().map(|(name, who)| (name.to_owned(), who)));
    Resource::new(kind, properties.into())
}

/// CloudFront's prefix list counts as 55 rules of the 60 that a group may have, so it fits once: HTTPS only.
fn from_the_internet(template: &mut Template) {
    let visitors = vec![
        ("CidrIp", only_if("Everybody", ANYWHERE.into())),
        (
            "SourcePrefixListId",
            only_if("CloudFrontOnly", reference("CloudFrontPrefixList")),
        ),
    ];
    template.add(
        "BalancerFromInternet",
        rule(INGRESS, "Balancer", HTTPS_PORT, "Visitors", visitors),
    );
    let everybody = vec![("CidrIp", ANYWHERE.into())];
    let purpose = "Visitors, to be sent to HTTPS";
    template.add(
        "BalancerFromInternetPlain",
        rule(INGRESS, "Balancer", HTTP_PORT, purpose, everybody)
            .only_if("Everybody")
            .accept("CKV_AWS_260", "port 80 only redirects to HTTPS"),
    );
}

/// Tasks reach HTTPS everywhere: image layers, updates, payment. With endpoints there is no route but to S3, whose
/// addresses no group stands for; the prefix list does where it is given.
fn to_the_internet(template: &mut Template) {
    for (group, split, mail) in [
        ("Service", None, "SingleWithWeb"),
        ("Backend", Some("Split"), "SplitWithWeb"),
    ] {
        let web = vec![
            ("CidrIp", choose("StorageOnly", absent(), ANYWHERE.into())),
            (
                "DestinationPrefixListId",
                only_if("StorageOnly", reference("StoragePrefixList")),
            ),
        ];
        let https = Resource {
            condition: split,
            ..rule(EGRESS, group, HTTPS_PORT, "HTTPS", web)
        };
        template.add(format!("{group}ToInternet"), https);
        let anywhere = vec![("CidrIp", ANYWHERE.into())];
        let submission = rule(EGRESS, group, MAIL_PORT, "Mail", anywhere).only_if(mail);
        template.add(format!("{group}ToMail"), submission);
    }
}
