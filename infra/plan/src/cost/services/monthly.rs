//! What costs the same in each month, by the piece.

use serde_json::Value;

use crate::cost::{
    estimate::Unit,
    ledger::{Charge, Ledger, count, flag},
    prices::Item,
};

fn charge(ledger: &mut Ledger<'_>, what: &'static str, quantity: f64, item: Item) {
    let charge = Charge {
        what,
        detail: "",
        quantity,
        unit: Unit::Months,
    };
    let quote = item.quote(ledger.region);
    ledger.charge(&charge, quote);
}

pub(in crate::cost) fn secret(ledger: &mut Ledger<'_>, _: &Value) {
    charge(ledger, "secret", 1.0, Item::Secret);
}

/// The secret that RDS keeps for a master user is billed as any other (RDS user guide, "Password management with Amazon RDS
/// and AWS Secrets Manager").
pub(super) fn master_secret(ledger: &mut Ledger<'_>, properties: &Value) {
    match flag(&properties["ManageMasterUserPassword"]) {
        Some(true) => charge(ledger, "master secret", 1.0, Item::Secret),
        Some(false) => {}
        None => ledger.not_counted("the secret of its master user, if RDS keeps it"),
    }
}

/// Its first two rotations cost as much again, each from then on (AWS KMS pricing, "Key rotation").
pub(in crate::cost) fn key(ledger: &mut Ledger<'_>, properties: &Value) {
    charge(ledger, "key", 1.0, Item::Key);
    if flag(&properties["EnableKeyRotation"]) != Some(false) {
        ledger
            .not_counted("one key more after each of the first two yearly rotations, and requests");
    }
}

/// An alarm of a formula is billed for each metric in it (Amazon CloudWatch pricing, "Alarms").
pub(in crate::cost) fn alarm(ledger: &mut Ledger<'_>, properties: &Value) {
    let metrics = match properties["Metrics"].as_array() {
        None => 1.0,
        Some(metrics) => {
            let measured = metrics
                .iter()
                .filter(|metric| metric.get("MetricStat").is_some());
            count(measured.count())
        }
    };
    charge(ledger, "alarm", metrics, Item::AlarmMetric);
}
