//! What the app stack may rely on.

use super::{chosen, template};

/// Exports that are always there.
const ALWAYS: [&str; 18] = [
    "AssignPublicIp",
    "BalancerSecurityGroup",
    "Database",
    "DatabaseHost",
    "DatabaseName",
    "DatabasePort",
    "DatabaseSecret",
    "Files",
    "FilesAccessPoint",
    "FilesAccessPointArn",
    "FilesArn",
    "MasterSecret",
    "PrivateSubnets",
    "PublicSubnets",
    "SaltsSecret",
    "ServiceSecurityGroup",
    "TaskSubnets",
    "Vpc",
];

#[test]
fn exports_are_there_under_the_names_that_are_imported() {
    for (choices, extra) in [
        (&[][..], &[][..]),
        (
            &[("Shape", "split")],
            &["BackendBalancerSecurityGroup", "BackendSecurityGroup"],
        ),
        (
            &[("Cache", "valkey")],
            &["CacheHost", "CachePort", "CacheSecret"],
        ),
        (&[("Keys", "own")], &["Key"]),
    ] {
        let stack = chosen(choices);
        let outputs = stack["Outputs"].as_object().unwrap();
        let found: Vec<&str> = outputs.keys().map(String::as_str).collect();
        let mut expected = [&ALWAYS[..], extra, &["VpcCidr"]].concat();
        expected.sort_unstable();
        assert_eq!(found, expected, "{choices:?}");
        for (name, output) in outputs {
            let exported = format!("${{AWS::StackName}}-{name}");
            assert_eq!(output["Export"]["Name"]["Fn::Sub"], exported);
        }
    }
}

#[test]
fn tasks_are_where_they_get_out() {
    for (egress, zones, address, expected) in [
        ("nat", "2", "DISABLED", "PrivateSubnet1 PrivateSubnet2"),
        (
            "endpoints",
            "3",
            "DISABLED",
            "PrivateSubnet1 PrivateSubnet2 PrivateSubnet3",
        ),
        ("public", "2", "ENABLED", "PublicSubnet1 PublicSubnet2"),
        (
            "public",
            "3",
            "ENABLED",
            "PublicSubnet1 PublicSubnet2 PublicSubnet3",
        ),
    ] {
        let stack = chosen(&[("Egress", egress), ("Zones", zones)]);
        let subnets = stack["Outputs"]["TaskSubnets"]["Value"]["Fn::Join"][1]
            .as_array()
            .unwrap();
        let subnets: Vec<&str> = subnets
            .iter()
            .map(|id| id["Ref"].as_str().unwrap())
            .collect();
        assert_eq!(subnets.join(" "), expected, "{egress} {zones}");
        assert_eq!(
            stack["Outputs"]["AssignPublicIp"]["Value"], address,
            "{egress}"
        );
    }
}

/// The password is put in where the cache is made; whoever may read the stack does not see it.
#[test]
fn no_output_tells_a_secret() {
    let outputs = template()["Outputs"].to_string();
    assert!(!outputs.contains("resolve:"), "{outputs}");
}
