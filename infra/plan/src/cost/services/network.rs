//! What the network costs by being there (Amazon VPC pricing, AWS PrivateLink pricing).

use serde_json::Value;

use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, count},
        prices::Item,
    },
    evaluate::items,
};

fn hours(ledger: &mut Ledger<'_>, what: &'static str, detail: &str, number: f64, item: Item) {
    let charge = Charge {
        what,
        detail,
        quantity: number * HOURS,
        unit: Unit::Hours,
    };
    let quote = item.quote(ledger.region);
    ledger.charge(&charge, quote);
}

/// Public addresses that a resource has.
pub(super) fn public_addresses(ledger: &mut Ledger<'_>, number: f64) {
    let detail = format!("{number}");
    hours(
        ledger,
        "public addresses",
        &detail,
        number,
        Item::PublicAddress,
    );
}

pub(in crate::cost) fn address(ledger: &mut Ledger<'_>, _: &Value) {
    public_addresses(ledger, 1.0);
}

pub(in crate::cost) fn nat_gateway(ledger: &mut Ledger<'_>, _: &Value) {
    hours(ledger, "NAT gateway", "", 1.0, Item::NatGateway);
    ledger.not_counted("what goes through the gateway");
}

/// Endpoints for S3 and DynamoDB are routes, and free. The others are billed in each zone.
pub(in crate::cost) fn endpoint(ledger: &mut Ledger<'_>, properties: &Value) {
    let kind = &properties["VpcEndpointType"];
    if kind.is_null() || kind == "Gateway" {
        return;
    }
    if kind != "Interface" {
        ledger.not_counted("only prices of interface endpoints are known here");
        return;
    }
    let Some(subnets) = items(&properties["SubnetIds"]) else {
        ledger.not_counted("in how many zones the endpoint is, is not known");
        return;
    };
    let zones = count(subnets.len());
    let detail = format!("{zones} zones");
    hours(ledger, "endpoint", &detail, zones, Item::Endpoint);
    ledger.not_counted("what goes through the endpoint");
}
