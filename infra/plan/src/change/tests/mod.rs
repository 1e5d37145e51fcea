//! Change sets to try out, and what has to hold of the plans made of them.

mod choices;
mod meaning;
mod properties;
mod text;
mod words;

use super::*;

/// A resource `Thing` with nothing special about it.
fn change(kind: &str, action: Action) -> ResourceChange {
    ResourceChange {
        logical_id: "Thing".into(),
        kind: kind.into(),
        physical_id: (action != Action::Add).then(|| "thing-1".into()),
        action,
        replacement: Replacement::No,
        policy: None,
        details: Vec::new(),
        before: None,
    }
}

fn replaced(kind: &str, policy: Policy) -> ResourceChange {
    ResourceChange {
        replacement: Replacement::Yes,
        policy: Some(policy),
        ..change(kind, Action::Modify)
    }
}

fn removed(kind: &str, policy: Policy) -> ResourceChange {
    ResourceChange {
        policy: Some(policy),
        ..change(kind, Action::Remove)
    }
}

fn named(logical_id: &str, change: ResourceChange) -> ResourceChange {
    ResourceChange {
        logical_id: logical_id.into(),
        ..change
    }
}

fn detail(property: &str, requires_recreation: Recreation, cause: Cause) -> Detail {
    Detail {
        attribute: Attribute::Properties,
        property: Some(property.into()),
        requires_recreation,
        cause,
        before: None,
        after: None,
    }
}

/// A change set with something of everything.
fn everything() -> Vec<ResourceChange> {
    let parameter = || Cause::Parameter("Keys".into());
    let class = Detail {
        before: Some("db.t4g.medium".into()),
        after: Some("db.t4g.large\n".into()),
        ..detail(
            "DBInstanceClass",
            Recreation::Never,
            Cause::Parameter("DatabaseClass".into()),
        )
    };
    let header = Detail {
        before: Some("abc".into()),
        after: Some("def".into()),
        ..detail("AuthToken", Recreation::Never, Cause::Template)
    };
    let tags = Detail {
        attribute: Attribute::Tags,
        property: None,
        ..detail("", Recreation::Never, Cause::Template)
    };
    vec![
        named("NatGateway2", change("AWS::EC2::NatGateway", Action::Add)),
        named(
            "Database",
            ResourceChange {
                details: vec![
                    tags.clone(),
                    detail("KmsKeyId", Recreation::Always, parameter()),
                    detail("MasterUserSecret", Recreation::Never, parameter()),
                    detail("KmsKeyId", Recreation::Always, parameter()),
                ],
                ..replaced("AWS::RDS::DBInstance", Policy::ReplaceAndSnapshot)
            },
        ),
        named("WebAclLog", removed("AWS::Logs::LogGroup", Policy::Delete)),
        named("AccessLog", removed("AWS::S3::Bucket", Policy::Retain)),
        named(
            "Standby",
            ResourceChange {
                details: vec![tags, header, class],
                ..change("AWS::RDS::DBInstance", Action::Modify)
            },
        ),
        named(
            "Balancer",
            ResourceChange {
                replacement: Replacement::Conditional,
                policy: Some(Policy::ReplaceAndDelete),
                details: vec![detail(
                    "Subnets",
                    Recreation::Conditionally,
                    Cause::Resource("PublicSubnet1".into()),
                )],
                ..change("AWS::ElasticLoadBalancingV2::LoadBalancer", Action::Modify)
            },
        ),
        named("Vpc", change("AWS::EC2::VPC", Action::SyncWithActual)),
        named("Log", change("AWS::Logs::LogGroup", Action::Import)),
    ]
}
