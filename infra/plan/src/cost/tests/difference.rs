//! What changes cost.

use super::*;

#[test]
fn what_changes_is_named_with_both_sides() {
    let before = estimate(&data(), &[], "us-east-1");
    let after = estimate(
        &data(),
        &[
            ("DatabaseClass", "db.t4g.large"),
            ("Egress", "public"),
            ("Keys", "own"),
        ],
        "us-east-1",
    );
    let difference = Estimate::difference(&before, &after);
    let expected = "
  Database: instance (db.t4g.medium, Multi-AZ -> db.t4g.large, Multi-AZ)  +93.44
  Key: key                                                                 +1.00
  NatAddress1: public addresses (1)                                        -3.65
  NatGateway1: NAT gateway                                                -32.85
  about 140.20 before, 198.14 after                                       +57.94
Not in the estimate: Key (AWS::KMS::Key): one key more after each of the first two yearly rotations, and requests.
";
    assert_eq!(difference.to_string().trim(), expected.trim());
    assert!((difference.monthly() - 57.94).abs() < 1e-9);
    let back = Estimate::difference(&after, &before);
    assert!((back.monthly() + 57.94).abs() < 1e-9);
}

#[test]
fn the_same_costs_the_same() {
    let one = estimate(&app(), &[], "us-east-1");
    let other = estimate(&app(), &[("LogDays", "90")], "us-east-1");
    let difference = Estimate::difference(&one, &other);
    assert!(difference.is_empty(), "{difference}");
}

#[test]
fn another_thing_at_the_same_price_is_a_difference() {
    let class = |class| estimate(&data(), &[("DatabaseClass", class)], "us-east-1");
    let difference = Estimate::difference(&class("db.m5.large"), &class("db.m6i.large"));
    assert!(difference.monthly().abs() < 1e-9);
    assert_eq!(difference.lines.len(), 1);
    assert_eq!(
        difference.lines[0].to_string(),
        "Database: instance (db.m5.large, Multi-AZ -> db.m6i.large, Multi-AZ)"
    );
}

#[test]
fn programs_get_the_same() {
    let before = estimate(&data(), &[], "us-east-1");
    let after = estimate(&data(), &[("Egress", "public")], "us-east-1");
    let difference = Estimate::difference(&before, &after);
    let document = serde_json::to_value(difference.document()).unwrap();
    assert_eq!(document["schema"], "wpimg/infra-cost-difference/1");
    assert_eq!(document["difference"], -36.5);
    assert_eq!(document["lines"][1]["logical_id"], "NatGateway1");
    assert_eq!(document["lines"][1]["before"]["monthly"], 32.85);
    assert_eq!(document["lines"][1]["after"], Value::Null);
    assert_eq!(document["estimate"], true);
}
