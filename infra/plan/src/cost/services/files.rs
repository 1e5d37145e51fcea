//! EFS: by what is stored, and by what is read and written where throughput is elastic (Amazon EFS pricing).

use serde_json::Value;

use crate::cost::{
    estimate::Unit,
    ledger::{Charge, Ledger},
    prices::Item,
};

pub(in crate::cost) fn file_system(ledger: &mut Ledger<'_>, _: &Value) {
    let gigabytes = ledger.assumptions.file_gigabytes;
    let charge = Charge {
        what: "storage",
        detail: &format!("{gigabytes} GB"),
        quantity: gigabytes,
        unit: Unit::GigabyteMonths,
    };
    ledger.charge(&charge, Item::FileStorage.quote(ledger.region));
    ledger.assume(format!(
        "`{}` holds {gigabytes} GB, all in standard storage",
        ledger.logical_id()
    ));
    ledger.not_counted("what is read, written and backed up");
}
