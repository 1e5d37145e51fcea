//! RDS: instances by class and hour with their storage, Aurora Serverless v2 by capacity unit and hour (Amazon RDS for MySQL
//! pricing, Amazon Aurora pricing).

use serde_json::Value;

use super::monthly::master_secret;
use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, flag, number},
        prices::{DATABASE_CLASSES, Item},
    },
    evaluate::text,
};

/// The class of an instance whose size follows its load.
const SERVERLESS: &str = "db.serverless";

const NOT_COUNTED: &str =
    "storage that is added as it fills, backups beyond its size, and the log of its measurements";

pub(in crate::cost) fn instance(ledger: &mut Ledger<'_>, properties: &Value) {
    master_secret(ledger, properties);
    let Some(class) = text(&properties["DBInstanceClass"]) else {
        ledger.not_counted("the class of the instance is not known");
        return;
    };
    if class == SERVERLESS {
        serverless(ledger, properties);
        return;
    }
    let is_mysql = properties["Engine"] == "mysql" && properties["StorageType"] == "gp3";
    let quote = DATABASE_CLASSES
        .quote(&class, ledger.region)
        .filter(|_| is_mysql);
    let Some(quote) = quote else {
        ledger.not_counted(format!(
            "the price of an instance `{class}`, or of its engine or kind of storage, is not known here"
        ));
        return;
    };
    let (instances, zones) = match flag(&properties["MultiAZ"]) {
        Some(true) => (2.0, ", Multi-AZ"),
        Some(false) => (1.0, ""),
        None => {
            ledger.not_counted("a second instance with its storage, if there is one");
            (1.0, "")
        }
    };
    let charge = Charge {
        what: "instance",
        detail: &format!("{class}{zones}"),
        quantity: instances * HOURS,
        unit: Unit::Hours,
    };
    ledger.charge(&charge, quote);
    storage(ledger, properties, instances);
}

/// A second instance has storage of its own.
fn storage(ledger: &mut Ledger<'_>, properties: &Value, instances: f64) {
    let Some(gigabytes) = number(&properties["AllocatedStorage"]) else {
        ledger.not_counted("the size of the storage is not known");
        return;
    };
    let charge = Charge {
        what: "storage",
        detail: &format!("{instances} of {gigabytes} GB, gp3"),
        quantity: instances * gigabytes,
        unit: Unit::GigabyteMonths,
    };
    ledger.charge(&charge, Item::DatabaseStorage.quote(ledger.region));
    ledger.not_counted(NOT_COUNTED);
}

/// The least that the cluster may shrink to; what load adds is not known.
fn serverless(ledger: &mut Ledger<'_>, properties: &Value) {
    let cluster = ledger.referenced(&properties["DBClusterIdentifier"]);
    let least = cluster.and_then(|cluster| {
        number(&cluster.properties["ServerlessV2ScalingConfiguration"]["MinCapacity"])
    });
    let Some(least) = least else {
        ledger.not_counted("the least capacity of the cluster is not known");
        return;
    };
    let charge = Charge {
        what: "instance",
        detail: &format!("{least} capacity units"),
        quantity: least * HOURS,
        unit: Unit::Hours,
    };
    ledger.charge(&charge, Item::AuroraUnit.quote(ledger.region));
    ledger.not_counted("capacity units above the least ones");
}

/// The cluster has the storage, the instances have the hours.
pub(in crate::cost) fn cluster(ledger: &mut Ledger<'_>, properties: &Value) {
    master_secret(ledger, properties);
    ledger.not_counted("what the database takes up, its requests to storage, and backups");
}
