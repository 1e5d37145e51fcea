//! What holds something is kept, encrypted and reached in private.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{chosen, template};

/// Kinds of resources that hold what cannot be made again. Instances of a cluster are no such: its storage is apart.
const HOLDING: [&str; 7] = [
    "AWS::Backup::BackupVault",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::SecretsManager::Secret",
];

#[test]
fn what_holds_data_outlives_its_stack() {
    let template = template();
    let mut kept = BTreeMap::new();
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let policy = &resource["DeletionPolicy"];
        assert_eq!(policy, &resource["UpdateReplacePolicy"], "{id}");
        let in_cluster = !resource["Properties"]["DBClusterIdentifier"].is_null();
        let holds = HOLDING.iter().any(|kind| resource["Type"] == *kind) && !in_cluster;
        assert_eq!(holds, !policy.is_null(), "{id}");
        if let Some(policy) = policy.as_str() {
            kept.insert(id.as_str(), policy);
        }
    }
    let expected = [
        ("BackupVault", "Retain"),
        ("CacheGroup", "Snapshot"),
        ("CacheSecret", "Retain"),
        ("Database", "Snapshot"),
        ("DatabaseCluster", "Snapshot"),
        ("DatabaseSecret", "Retain"),
        ("Files", "Retain"),
        ("Key", "Retain"),
        ("SaltsSecret", "Retain"),
    ];
    assert_eq!(kept, BTreeMap::from(expected));
}

/// Every place below this one where the stack's own key stands.
fn encrypted(value: &Value, path: &str, places: &mut BTreeSet<String>) {
    if *value == json!({ "Fn::GetAtt": ["Key", "Arn"] }) {
        places.insert(path.to_owned());
        return;
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let path = match name.as_str() {
            "Properties" => path.to_owned(),
            _ => format!("{path}/{name}"),
        };
        encrypted(inner, &path, places);
    }
}

#[test]
fn a_key_of_our_own_encrypts_everything() {
    const ALWAYS: [&str; 6] = [
        "/BackupVault/EncryptionKeyArn",
        "/CacheGroup/KmsKeyId",
        "/CacheSecret/KmsKeyId",
        "/DatabaseSecret/KmsKeyId",
        "/Files/KmsKeyId",
        "/SaltsSecret/KmsKeyId",
    ];
    for (engine, databases) in [
        (
            "mysql",
            &[
                "/Database/KmsKeyId",
                "/Database/MasterUserSecret/KmsKeyId",
                "/Database/PerformanceInsightsKMSKeyId",
            ][..],
        ),
        (
            "aurora",
            &[
                "/DatabaseCluster/KmsKeyId",
                "/DatabaseCluster/MasterUserSecret/KmsKeyId",
                "/DatabaseInstance1/PerformanceInsightsKMSKeyId",
                "/DatabaseInstance2/PerformanceInsightsKMSKeyId",
            ],
        ),
    ] {
        let mut own = [&ALWAYS[..], databases].concat();
        own.sort_unstable();
        for (keys, expected) in [("own", own), ("aws", Vec::new())] {
            let stack = chosen(&[
                ("Keys", keys),
                ("DatabaseEngine", engine),
                ("Cache", "valkey"),
                ("Backup", "daily"),
            ]);
            let mut places = BTreeSet::new();
            encrypted(&stack["Resources"], "", &mut places);
            let places: Vec<String> = places.into_iter().collect();
            assert_eq!(places, expected, "{engine} {keys}");
        }
    }
}

fn check(choices: &[(&str, &str)], id: &str, expected: &[(&str, Value)]) {
    let stack = chosen(choices);
    let properties = &stack["Resources"][id]["Properties"];
    for (path, value) in expected {
        let found = properties.pointer(path).unwrap_or(&Value::Null);
        assert_eq!(found, value, "{id}{path} {choices:?}");
    }
}

#[test]
fn the_database_is_private_encrypted_and_backed_up() {
    check(
        &[("MultiAz", "false"), ("DatabaseBackupDays", "7")],
        "Database",
        &[
            ("/StorageEncrypted", true.into()),
            ("/PubliclyAccessible", false.into()),
            ("/ManageMasterUserPassword", true.into()),
            ("/MasterUserPassword", Value::Null),
            ("/DeletionProtection", "true".into()),
            ("/MultiAZ", "false".into()),
            ("/BackupRetentionPeriod", "7".into()),
            (
                "/DBParameterGroupName",
                json!({ "Ref": "DatabaseParameters" }),
            ),
        ],
    );
    let aurora = [("DatabaseEngine", "aurora")];
    check(
        &aurora,
        "DatabaseCluster",
        &[
            ("/StorageEncrypted", true.into()),
            ("/ManageMasterUserPassword", true.into()),
            ("/MasterUserPassword", Value::Null),
            ("/DeletionProtection", "true".into()),
            ("/BackupRetentionPeriod", "14".into()),
            (
                "/DBClusterParameterGroupName",
                json!({ "Ref": "DatabaseClusterParameters" }),
            ),
        ],
    );
    check(
        &aurora,
        "DatabaseInstance2",
        &[("/PubliclyAccessible", false.into())],
    );
    let tls = "/Parameters/require_secure_transport";
    check(&[], "DatabaseParameters", &[(tls, "1".into())]);
    check(&aurora, "DatabaseClusterParameters", &[(tls, "ON".into())]);
}

#[test]
fn there_is_one_database_with_a_standby_where_it_was_chosen() {
    for (engine, standby, expected) in [
        ("mysql", "true", "Database"),
        ("mysql", "false", "Database"),
        (
            "aurora",
            "true",
            "DatabaseCluster DatabaseInstance1 DatabaseInstance2",
        ),
        ("aurora", "false", "DatabaseCluster DatabaseInstance1"),
    ] {
        let stack = chosen(&[("DatabaseEngine", engine), ("MultiAz", standby)]);
        let resources = stack["Resources"].as_object().unwrap().iter();
        let databases = resources.filter(|(_, resource)| {
            resource["Type"] == "AWS::RDS::DBInstance" || resource["Type"] == "AWS::RDS::DBCluster"
        });
        let found: Vec<&str> = databases.map(|(id, _)| id.as_str()).collect();
        assert_eq!(found.join(" "), expected, "{engine} {standby}");
    }
}

#[test]
fn wordpress_s_secret_is_what_the_image_reads() {
    let stack = chosen(&[("DatabaseName", "shop")]);
    let generate = &stack["Resources"]["DatabaseSecret"]["Properties"]["GenerateSecretString"];
    assert_eq!(generate["GenerateStringKey"], "password");
    let text = &generate["SecretStringTemplate"]["Fn::Sub"];
    let settings: Value = serde_json::from_str(text[0].as_str().unwrap()).unwrap();
    let expected = json!({
        "engine": "mysql",
        "host": "${Host}",
        "port": 3306,
        "dbname": "${DatabaseName}",
        "username": "wordpress",
    });
    assert_eq!(settings, expected);
    let host = json!({ "Fn::GetAtt": ["Database", "Endpoint.Address"] });
    assert_eq!(text[1]["Host"], host);
}

#[test]
fn uploads_are_mounted_with_tls_by_roles_through_an_access_point() {
    let stack = chosen(&[]);
    let policy = &stack["Resources"]["Files"]["Properties"]["FileSystemPolicy"];
    let statements: Vec<(&Value, &Value, &Value)> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| {
            (
                &statement["Effect"],
                &statement["Principal"],
                &statement["Condition"],
            )
        })
        .collect();
    let everybody = json!({ "AWS": "*" });
    let account =
        json!({ "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } });
    let mounted = json!({ "Bool": { "elasticfilesystem:AccessedViaMountTarget": "true" } });
    let plain = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let direct = json!({ "Null": { "elasticfilesystem:AccessPointArn": "true" } });
    assert_eq!(
        statements,
        [
            (&"Allow".into(), &account, &mounted),
            (&"Deny".into(), &everybody, &plain),
            (&"Deny".into(), &everybody, &direct),
        ]
    );
}

#[test]
fn files_are_backed_up_once() {
    for (backup, expected) in [("none", "ENABLED"), ("daily", "DISABLED")] {
        let status = ("/BackupPolicy/Status", expected.into());
        check(&[("Backup", backup)], "Files", &[status]);
    }
}
