//! What people and programs read.

use super::*;

const DEFAULT: &str = "
  Database: master secret                           0.40
  Database: instance (db.t4g.medium, Multi-AZ) *   94.90
  Database: storage (2 of 20 GB, gp3)               5.08
  DatabaseSecret: secret                            0.40
  Files: storage (10 GB)                            3.30
  NatAddress1: public addresses (1)                 3.65
  NatGateway1: NAT gateway                         35.04
  SaltsSecret: secret                               0.40
  about                                           143.17
This is an estimate in USD a month: list prices of eu-west-1, and of us-east-1 where those are not known, from 2026-06-10 or later, without tax, discounts and usage.
* at the price of us-east-1, since the region's own is not known here
Assumed: `Files` holds 10 GB, all in standard storage.
Not in the estimate: Database (AWS::RDS::DBInstance): storage that is added as it fills, backups beyond its size, and the log of its measurements.
Not in the estimate: Files (AWS::EFS::FileSystem): what is read, written and backed up.
Not in the estimate: InternetGateway (AWS::EC2::InternetGateway): traffic to the internet.
Not in the estimate: NatGateway1 (AWS::EC2::NatGateway): what goes through the gateway.
";

#[test]
fn an_estimate_says_what_it_counts_and_what_not() {
    let found = estimate(&data(), &[], "eu-west-1");
    assert_eq!(found.to_string().trim(), DEFAULT.trim());
}

#[test]
fn programs_get_the_same() {
    let found = estimate(&data(), &[], "eu-west-1");
    let document = serde_json::to_value(found.document()).unwrap();
    assert_eq!(document["schema"], "wpimg/infra-cost/1");
    assert_eq!(document["estimate"], true);
    assert_eq!(document["monthly"], 143.17);
    assert_eq!(document["prices_from"], "2026-06-10");
    assert_eq!(
        document["regions_of_prices"],
        serde_json::json!(["eu-west-1", "us-east-1"])
    );
    assert_eq!(
        document["lines"][1],
        serde_json::json!({
            "logical_id": "Database",
            "what": "instance",
            "detail": "db.t4g.medium, Multi-AZ",
            "quantity": 1460.0,
            "unit": "hours",
            "monthly": 94.9,
            "region": "us-east-1",
            "price_from": "2026-09-24",
        })
    );
    assert_eq!(document["not_counted"][1]["type"], "AWS::EFS::FileSystem");
}

#[test]
fn nothing_costs_nothing() {
    let template = serde_json::json!({ "Resources": { "Role": { "Type": "AWS::IAM::Role" } } });
    let found = estimate(&template, &[], "us-east-1");
    assert_eq!(
        (found.lines.len(), found.not_counted.len(), found.date),
        (0, 0, None)
    );
    assert!(found.to_string().starts_with("  about  0.00\n"), "{found}");
}
