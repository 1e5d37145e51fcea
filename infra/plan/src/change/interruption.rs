//! What visitors or operators notice when a resource goes, is made anew or restarts, by its type. Nothing is lost by it.

use super::{
    resource_change::{Detail, ResourceChange},
    turn::Turn,
};

/// What is noticed of a type.
struct Interruption {
    kind: &'static str,
    /// When another one takes its place.
    replaced: Option<&'static str>,
    /// When none does.
    removed: Option<&'static str>,
}

/// A replacement is usually made before what it replaces goes (CloudFormation user guide, "Understand update behaviors of
/// stack resources"): this is what is noticed all the same.
const TABLE: [Interruption; 20] = [
    both(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "its name in DNS is another one: the site is away until its records follow",
        "the site can no longer be reached",
    ),
    both(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "requests fail until the tasks are registered in the new one",
        "the load balancer has nobody to send requests to",
    ),
    both(
        "AWS::ElasticLoadBalancingV2::Listener",
        "its port may be closed for a moment",
        "its port is closed",
    ),
    both(
        "AWS::CloudFront::Distribution",
        "its name in DNS is another one: the site is away until its records follow",
        "visitors no longer come through CloudFront",
    ),
    both(
        "AWS::Route53::RecordSet",
        "the site's name may lead nowhere for a moment",
        "the site's name leads nowhere",
    ),
    both(
        "AWS::ECS::Service",
        "all tasks are started anew under another service",
        "all tasks are stopped",
    ),
    both(
        "AWS::ECS::Cluster",
        "all tasks are started anew in another cluster",
        "all tasks are stopped",
    ),
    both(
        "AWS::AutoScaling::AutoScalingGroup",
        "all tasks move to other instances",
        "all instances go, with their tasks",
    ),
    both(
        "AWS::EC2::VPC",
        "everything that has an address in it is made anew",
        "nothing can be reached",
    ),
    both(
        "AWS::EC2::Subnet",
        "everything that has an address in it is made anew",
        "the zone is no longer used",
    ),
    both(
        "AWS::EC2::NatGateway",
        "connections to the outside break off",
        "tasks of its zones have another way out, or none",
    ),
    both(
        "AWS::EC2::EIP",
        "whoever lets this address in has to let in another one",
        "whoever lets this address in sees others from now on",
    ),
    both(
        "AWS::EC2::VPCEndpoint",
        "calls to this service of AWS fail for a moment",
        "calls to this service of AWS take the way to the outside, if there is one",
    ),
    both(
        "AWS::EFS::MountTarget",
        "tasks of its zone wait for uploads meanwhile",
        "no task of its zone reaches the uploads",
    ),
    both(
        "AWS::EFS::AccessPoint",
        "running tasks lose the uploads until they are replaced; the files stay",
        "no task reaches the uploads; the files stay",
    ),
    both(
        "AWS::ElastiCache::ReplicationGroup",
        "the object cache begins empty, and the database has all the work meanwhile",
        "without the object cache the database has all the work",
    ),
    both(
        "AWS::RDS::DBInstance",
        "connections to this instance break off",
        "its cluster has an instance less",
    ),
    both(
        "AWS::Logs::LogGroup",
        "the new log begins empty",
        "its entries go with it",
    ),
    only_removed(
        "AWS::WAFv2::WebACLAssociation",
        "requests are no longer looked at by the firewall",
    ),
    only_removed("AWS::Backup::BackupSelection", "no new copies are made"),
];

/// Properties whose change restarts what runs, with the type ("Update requires: Some interruptions" in CloudFormation's
/// template reference).
const RESTARTS: [(&str, &str, &str); 4] = [
    ("AWS::RDS::DBInstance", "DBInstanceClass", DATABASE_AWAY),
    ("AWS::RDS::DBInstance", "EngineVersion", DATABASE_AWAY),
    (
        "AWS::RDS::DBInstance",
        "DBParameterGroupName",
        DATABASE_AWAY,
    ),
    ("AWS::RDS::DBCluster", "EngineVersion", DATABASE_AWAY),
];

const DATABASE_AWAY: &str = "the database may be away for some minutes";

const fn both(kind: &'static str, replaced: &'static str, removed: &'static str) -> Interruption {
    Interruption {
        kind,
        replaced: Some(replaced),
        removed: Some(removed),
    }
}

const fn only_removed(kind: &'static str, removed: &'static str) -> Interruption {
    Interruption {
        kind,
        replaced: None,
        removed: Some(removed),
    }
}

/// What is noticed of this change.
pub(super) fn of(change: &ResourceChange, turn: Turn) -> Option<&'static str> {
    let entry = TABLE.iter().find(|entry| entry.kind == change.kind);
    match turn {
        Turn::Removed => entry?.removed,
        Turn::Replaced => entry?.replaced,
        Turn::Changed => restart(change),
        Turn::Recorded | Turn::Imported | Turn::Added => None,
    }
}

fn restart(change: &ResourceChange) -> Option<&'static str> {
    let names: Vec<&str> = change.details.iter().map(Detail::name).collect();
    let entry = RESTARTS
        .iter()
        .find(|(kind, property, _)| *kind == change.kind && names.contains(property));
    entry.map(|(_, _, notice)| *notice)
}
