//! Sums that were computed by hand from the prices, 730 hours a month.

use super::*;

/// Parameters, and the parts of the sum.
type Case = (&'static [(&'static str, &'static str)], &'static [f64]);

fn check(found: &Estimate, parts: &[f64], what: impl std::fmt::Debug) {
    let expected: f64 = parts.iter().sum();
    let total = found.total();
    assert!(
        (total - expected).abs() < 1e-6,
        "{what:?}: {total}, not {expected}\n{found}"
    );
}

/// 2 × 730 h of db.t4g.medium, 2 × 20 GB, the master secret; two secrets; 10 GB of files; a NAT gateway, its address.
const DATABASE: f64 = 94.90 + 4.60 + 0.40;
const SECRETS: f64 = 0.80;
const FILES: f64 = 3.00;
const NAT: f64 = 32.85 + 3.65;

#[test]
fn the_data_stack() {
    let table: &[Case] = &[
        (&[], &[DATABASE, SECRETS, FILES, NAT]),
        (
            &[("MultiAz", "false")],
            &[47.45 + 2.30 + 0.40, SECRETS, FILES, NAT],
        ),
        (
            &[("DatabaseClass", "db.m7g.large")],
            &[245.28 + 4.60 + 0.40, SECRETS, FILES, NAT],
        ),
        (
            &[("DatabaseStorage", "100")],
            &[94.90 + 23.00 + 0.40, SECRETS, FILES, NAT],
        ),
        // Two instances with half a unit each.
        (
            &[("DatabaseEngine", "aurora")],
            &[2.0 * 43.80 + 0.40, SECRETS, FILES, NAT],
        ),
        (
            &[
                ("DatabaseEngine", "aurora"),
                ("MultiAz", "false"),
                ("AuroraMinimum", "2"),
            ],
            &[175.20 + 0.40, SECRETS, FILES, NAT],
        ),
        (
            &[("DatabaseEngine", "aurora"), ("AuroraMinimum", "0")],
            &[0.40, SECRETS, FILES, NAT],
        ),
        (&[("Egress", "public")], &[DATABASE, SECRETS, FILES]),
        (
            &[("Egress", "nat"), ("Zones", "3")],
            &[DATABASE, SECRETS, FILES, NAT],
        ),
        (
            &[("Egress", "nat-per-az")],
            &[DATABASE, SECRETS, FILES, 2.0 * NAT],
        ),
        (
            &[("Egress", "nat-per-az"), ("Zones", "3")],
            &[DATABASE, SECRETS, FILES, 3.0 * NAT],
        ),
        // Nine services, 7.30 in each zone; S3 is free.
        (
            &[("Egress", "endpoints")],
            &[DATABASE, SECRETS, FILES, 9.0 * 2.0 * 7.30],
        ),
        (
            &[
                ("Egress", "endpoints"),
                ("EcsEndpoints", "false"),
                ("Zones", "3"),
            ],
            &[DATABASE, SECRETS, FILES, 6.0 * 3.0 * 7.30],
        ),
        // Two nodes and a password.
        (
            &[("Cache", "valkey")],
            &[DATABASE, SECRETS, FILES, NAT, 37.376, 0.40],
        ),
        (
            &[
                ("Cache", "valkey"),
                ("CacheClass", "cache.m7g.large"),
                ("MultiAz", "false"),
            ],
            &[47.45 + 2.30 + 0.40, SECRETS, FILES, NAT, 92.272, 0.40],
        ),
        (&[("Keys", "own")], &[DATABASE, SECRETS, FILES, NAT, 1.00]),
        (
            &[("Backup", "daily"), ("Shape", "split")],
            &[DATABASE, SECRETS, FILES, NAT],
        ),
    ];
    for (parameters, parts) in table {
        check(
            &estimate(&data(), parameters, "us-east-1"),
            parts,
            parameters,
        );
    }
}

/// 730 h of the load balancer and of a unit, two addresses; seven alarms of one metric, one of two.
const BALANCER: f64 = 16.425 + 5.84 + 2.0 * 3.65;
const ALARMS: f64 = 0.90;

/// Tasks run, as many as scaling keeps at least.
const AUTO: (&str, &str) = ("DesiredCount", "auto");

/// Half a processor, 1 GB and 1 GB of disk that is not free, for 730 h.
const ARM_TASK: f64 = 11.8187 + 2.5988 + 0.081_03;
const AMD_TASK: f64 = 14.7752 + 3.244_85 + 0.081_03;

#[test]
fn the_app_stack() {
    let table: &[Case] = &[
        (&[], &[BALANCER, ALARMS]),
        (&[AUTO], &[BALANCER, ALARMS, 2.0 * ARM_TASK]),
        (
            &[AUTO, ("Processor", "amd64")],
            &[BALANCER, ALARMS, 2.0 * AMD_TASK],
        ),
        // A whole task on Fargate, a quarter of the other one; the rest at half the price.
        (
            &[AUTO, ("Capacity", "fargate-spot")],
            &[BALANCER, ALARMS, (1.25 + 0.375) * ARM_TASK],
        ),
        (
            &[AUTO, ("EphemeralStorage", "50")],
            &[BALANCER, ALARMS, 2.0 * (11.8187 + 2.5988 + 2.4309)],
        ),
        (
            &[AUTO, ("Size", "4096/8192")],
            &[BALANCER, ALARMS, 2.0 * (94.5496 + 20.7904 + 0.081_03)],
        ),
        // Scaling keeps from 2 to 6.
        (
            &[("DesiredCount", "1")],
            &[BALANCER, ALARMS, 2.0 * ARM_TASK],
        ),
        (
            &[("DesiredCount", "4")],
            &[BALANCER, ALARMS, 4.0 * ARM_TASK],
        ),
        (
            &[("DesiredCount", "9")],
            &[BALANCER, ALARMS, 6.0 * ARM_TASK],
        ),
        (
            &[AUTO, ("MinCount", "3")],
            &[BALANCER, ALARMS, 3.0 * ARM_TASK],
        ),
        // Two t4g.medium with 30 GB each.
        (
            &[AUTO, ("Capacity", "ec2")],
            &[BALANCER, ALARMS, 49.056 + 4.80],
        ),
        (
            &[AUTO, ("Capacity", "ec2"), ("InstanceCount", "1")],
            &[BALANCER, ALARMS, 24.528 + 2.40],
        ),
        (&[("Capacity", "ec2")], &[BALANCER, ALARMS]),
        // The ACL, the rate and five groups of AWS; then the rule of the dashboard.
        (&[("Firewall", "on")], &[BALANCER, ALARMS, 5.0 + 6.0]),
        (
            &[("Firewall", "on"), ("AdminNetworks", "192.0.2.0/24")],
            &[BALANCER, ALARMS, 5.0 + 7.0],
        ),
        (&[("DatabaseEngine", "aurora")], &[BALANCER, ALARMS - 0.10]),
        // The secret by which the load balancer knows CloudFront.
        (
            &[
                ("Domain", "shop.example"),
                ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
            ],
            &[BALANCER, ALARMS, 0.40],
        ),
    ];
    for (parameters, parts) in table {
        check(
            &estimate(&app(), parameters, "us-east-1"),
            parts,
            parameters,
        );
    }
}

#[test]
fn ireland_has_its_own_prices() {
    // Instance hours and the tasks' disks are at the other region's.
    let parts = [94.90 + 5.08 + 0.40, 0.80, 3.30, 35.04 + 3.65];
    check(&estimate(&data(), &[], "eu-west-1"), &parts, "data");
    let parts = [18.396 + 5.84 + 7.30, 0.90, 2.0 * ARM_TASK];
    check(
        &estimate(&app(), &[("DesiredCount", "auto")], "eu-west-1"),
        &parts,
        "app",
    );
}

#[test]
fn a_region_without_prices_has_those_of_the_first_one() {
    let there = estimate(&data(), &[], "ap-south-1");
    check(&there, &[DATABASE, SECRETS, FILES, NAT], "ap-south-1");
    assert_eq!(there.regions_of_prices, ["us-east-1"]);
    assert!(
        there
            .caveat()
            .contains("may differ from those of ap-south-1")
    );
    let here = estimate(&data(), &[], "us-east-1");
    assert!(!here.caveat().contains("may differ"));
}

/// The data stack tells its subnets, and whether tasks have public addresses.
#[test]
fn exports_of_the_data_stack_make_it_exact() {
    let exports = [
        ("net-PublicSubnets", "a,b,c"),
        ("net-AssignPublicIp", "ENABLED"),
    ];
    let inputs = Inputs {
        exports: exports
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..inputs(
            &[("DesiredCount", "auto"), ("DataStack", "net")],
            "us-east-1",
        )
    };
    let found = Estimate::of(&app(), &inputs, &Assumptions::default()).unwrap();
    check(
        &found,
        &[BALANCER, 3.65, ALARMS, 2.0 * (ARM_TASK + 3.65)],
        "exports",
    );
    assert!(
        !found
            .assumed
            .iter()
            .any(|assumed| assumed.contains("zones"))
    );
}

#[test]
fn what_is_assumed_can_be_chosen() {
    let assumptions = Assumptions {
        file_gigabytes: 200.0,
        balancer_units: 3.0,
        zones: 3,
        spot_share: 0.3,
    };
    let found = Estimate::of(&data(), &inputs(&[], "us-east-1"), &assumptions).unwrap();
    check(&found, &[DATABASE, SECRETS, 60.0, NAT], "data");
    let parameters = [("DesiredCount", "auto"), ("Capacity", "fargate-spot")];
    let found = Estimate::of(&app(), &inputs(&parameters, "us-east-1"), &assumptions).unwrap();
    let balancer = 16.425 + 3.0 * 5.84 + 3.0 * 3.65;
    check(
        &found,
        &[balancer, ALARMS, (1.25 + 0.75 * 0.3) * ARM_TASK],
        "app",
    );
}
