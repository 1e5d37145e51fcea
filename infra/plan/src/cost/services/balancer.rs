//! The load balancer: by the hour, by what it has to do, and by its public addresses (Elastic Load Balancing pricing).

use serde_json::Value;

use super::network::public_addresses;
use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, count},
        prices::Item,
    },
    evaluate::items,
};

pub(in crate::cost) fn load_balancer(ledger: &mut Ledger<'_>, properties: &Value) {
    let is_application = matches!(properties["Type"].as_str(), None | Some("application"));
    if !is_application {
        ledger.not_counted("only prices of application load balancers are known here");
        return;
    }
    let units = ledger.assumptions.balancer_units;
    ledger.assume(format!(
        "`{}` has work for {units} capacity units",
        ledger.logical_id()
    ));
    let used = units.to_string();
    for (what, detail, number, item) in [
        ("load balancer", "", 1.0, Item::Balancer),
        ("capacity units", used.as_str(), units, Item::BalancerUnit),
    ] {
        let charge = Charge {
            what,
            detail,
            quantity: number * HOURS,
            unit: Unit::Hours,
        };
        ledger.charge(&charge, item.quote(ledger.region));
    }
    if properties["Scheme"] != "internal" {
        let zones = zones(ledger, properties);
        public_addresses(ledger, zones);
    }
}

/// A load balancer that visitors reach has an address in each of its zones.
fn zones(ledger: &mut Ledger<'_>, properties: &Value) -> f64 {
    if let Some(subnets) = items(&properties["Subnets"]) {
        return count(subnets.len());
    }
    let zones = f64::from(ledger.assumptions.zones);
    ledger.assume(format!("`{}` is in {zones} zones", ledger.logical_id()));
    zones
}
