//! ElastiCache: by the node and hour (Amazon ElastiCache pricing).

use serde_json::Value;

use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, number},
        prices::CACHE_NODES,
    },
    evaluate::text,
};

/// Only Valkey's prices are known here: Redis OSS costs a quarter more.
const ENGINE: &str = "valkey";

pub(in crate::cost) fn replication_group(ledger: &mut Ledger<'_>, properties: &Value) {
    let class = text(&properties["CacheNodeType"]);
    let nodes = number(&properties["NumCacheClusters"]);
    let (Some(class), Some(nodes)) = (class, nodes) else {
        ledger.not_counted("type or number of the nodes is not known");
        return;
    };
    let is_valkey = properties["Engine"] == ENGINE;
    let quote = CACHE_NODES
        .quote(&class, ledger.region)
        .filter(|_| is_valkey);
    let Some(quote) = quote else {
        ledger.not_counted(format!("the price of a node `{class}` is not known here"));
        return;
    };
    let charge = Charge {
        what: "nodes",
        detail: &format!("{nodes} of {class}"),
        quantity: nodes * HOURS,
        unit: Unit::Hours,
    };
    ledger.charge(&charge, quote);
}
