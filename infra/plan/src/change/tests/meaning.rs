//! What is lost, and what is only noticed.

use super::*;

fn severity(change: ResourceChange) -> Severity {
    Plan::of("wp", [change]).steps[0].severity()
}

#[test]
fn contents_are_lost_unless_they_stay_and_are_not_needed() {
    use Severity::{Loss, Plain, Warning};
    #[rustfmt::skip]
    let table = [
        // type                            removed:  delete, snapshot, retain    replaced: delete, snapshot, retain
        ("AWS::RDS::DBInstance",                    [Loss,   Warning,  Warning], [Loss,    Loss,     Loss]),
        ("AWS::RDS::DBCluster",                     [Loss,   Warning,  Warning], [Loss,    Loss,     Loss]),
        ("AWS::EFS::FileSystem",                    [Loss,   Warning,  Warning], [Loss,    Loss,     Loss]),
        ("AWS::SecretsManager::Secret",             [Loss,   Warning,  Warning], [Loss,    Loss,     Loss]),
        ("AWS::ECR::Repository",                    [Loss,   Warning,  Warning], [Loss,    Loss,     Loss]),
        ("AWS::KMS::Key",                           [Loss,   Warning,  Warning], [Loss,    Warning,  Warning]),
        ("AWS::Backup::BackupVault",                [Loss,   Warning,  Warning], [Loss,    Warning,  Warning]),
        ("AWS::S3::Bucket",                         [Loss,   Warning,  Warning], [Loss,    Warning,  Warning]),
        ("AWS::Logs::LogGroup",                     [Warning, Warning, Warning], [Warning, Warning,  Warning]),
        ("AWS::ElastiCache::ReplicationGroup",      [Warning, Warning, Warning], [Warning, Warning,  Warning]),
        ("AWS::EFS::AccessPoint",                   [Warning, Warning, Warning], [Warning, Warning,  Warning]),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", [Warning, Warning, Warning], [Warning, Warning, Warning]),
        ("AWS::ECS::TaskDefinition",                [Plain,  Plain,    Plain],   [Plain,   Plain,    Plain]),
        ("AWS::IAM::Role",                          [Plain,  Plain,    Plain],   [Plain,   Plain,    Plain]),
    ];
    for (kind, when_removed, when_replaced) in table {
        let policies = [Policy::Delete, Policy::Snapshot, Policy::Retain];
        let found = policies.map(|policy| severity(removed(kind, policy)));
        assert_eq!(found, when_removed, "{kind} removed");
        let policies = [
            Policy::ReplaceAndDelete,
            Policy::ReplaceAndSnapshot,
            Policy::ReplaceAndRetain,
        ];
        let found = policies.map(|policy| severity(replaced(kind, policy)));
        assert_eq!(found, when_replaced, "{kind} replaced");
    }
}

#[test]
fn what_cannot_be_told_beforehand_counts_as_if_it_happened() {
    let database = || change("AWS::RDS::DBInstance", Action::Modify);
    let conditional = ResourceChange {
        replacement: Replacement::Conditional,
        ..database()
    };
    let dynamic = change("AWS::RDS::DBInstance", Action::Dynamic);
    for possible in [conditional, dynamic] {
        let plan = Plan::of("wp", [possible]);
        assert_eq!(plan.steps[0].certainty, Certainty::Possible);
        assert!(plan.refusal(AllowReplacement::No).is_some(), "{plan}");
    }
    for harmless in [
        database(),
        change("AWS::RDS::DBInstance", Action::Add),
        change("AWS::RDS::DBInstance", Action::Import),
        change("AWS::RDS::DBInstance", Action::SyncWithActual),
    ] {
        let plan = Plan::of("wp", [harmless]);
        assert_eq!(plan.refusal(AllowReplacement::No), None, "{plan}");
        assert_eq!(plan.steps[0].severity(), Severity::Plain, "{plan}");
    }
}

#[test]
fn an_instance_of_a_cluster_holds_nothing() {
    let instance = removed("AWS::RDS::DBInstance", Policy::Delete);
    for (before, expected) in [
        (None, Severity::Loss),
        (Some("not JSON"), Severity::Loss),
        (Some(r#"{"Properties":{"Engine":"mysql"}}"#), Severity::Loss),
        (
            Some(r#"{"Properties":{"DBClusterIdentifier":null}}"#),
            Severity::Loss,
        ),
        (
            Some(r#"{"Properties":{"DBClusterIdentifier":"wp-cluster"}}"#),
            Severity::Warning,
        ),
    ] {
        let instance = ResourceChange {
            before: before.map(str::to_owned),
            ..instance.clone()
        };
        assert_eq!(severity(instance), expected, "{before:?}");
    }
}

#[test]
fn less_protection_is_a_warning() {
    let database = "AWS::RDS::DBInstance";
    let log = "AWS::Logs::LogGroup";
    for (kind, attribute, property, before, after, expected) in [
        (
            database,
            Attribute::Properties,
            "BackupRetentionPeriod",
            "14",
            "7",
            "restore points",
        ),
        (
            database,
            Attribute::Properties,
            "BackupRetentionPeriod",
            "7",
            "14",
            "",
        ),
        (
            database,
            Attribute::Properties,
            "BackupRetentionPeriod",
            "7",
            "some",
            "",
        ),
        (
            database,
            Attribute::Properties,
            "DeletionProtection",
            "true",
            "false",
            "deleted",
        ),
        (
            database,
            Attribute::Properties,
            "DeletionProtection",
            "false",
            "true",
            "",
        ),
        (
            database,
            Attribute::DeletionPolicy,
            "",
            "Snapshot",
            "Delete",
            "leaves the stack",
        ),
        (
            database,
            Attribute::DeletionPolicy,
            "",
            "Snapshot",
            "Retain",
            "",
        ),
        (
            database,
            Attribute::DeletionPolicy,
            "",
            "Delete",
            "Retain",
            "",
        ),
        (
            database,
            Attribute::UpdateReplacePolicy,
            "",
            "Retain",
            "",
            "replaced",
        ),
        (database, Attribute::Tags, "", "Retain", "", ""),
        (
            log,
            Attribute::Properties,
            "RetentionInDays",
            "90",
            "30",
            "entries",
        ),
        (
            log,
            Attribute::Properties,
            "BackupRetentionPeriod",
            "90",
            "30",
            "",
        ),
    ] {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let detail = Detail {
            attribute,
            property: given(property),
            before: given(before),
            after: given(after),
            ..detail("", Recreation::Never, Cause::Template)
        };
        let change = ResourceChange {
            details: vec![detail.clone(), detail],
            ..change(kind, Action::Modify)
        };
        let step = &Plan::of("wp", [change]).steps[0];
        let what = format!("{kind} {attribute:?} {property} {before} {after}");
        match expected {
            "" => assert_eq!(step.severity(), Severity::Plain, "{what}"),
            expected => {
                assert_eq!(step.severity(), Severity::Warning, "{what}");
                assert_eq!(step.notes.len(), 1, "{what}");
                assert!(step.notes[0].contains(expected), "{what}: {:?}", step.notes);
            }
        }
    }
}
