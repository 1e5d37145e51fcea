//! AWS WAF: by the web ACL, and by the rule or group of rules in it (AWS WAF pricing).

use serde_json::Value;

use crate::{
    cost::{
        estimate::Unit,
        ledger::{Charge, Ledger, count},
        prices::Item,
    },
    evaluate::items,
};

pub(in crate::cost) fn web_acl(ledger: &mut Ledger<'_>, properties: &Value) {
    let Some(rules) = items(&properties["Rules"]) else {
        ledger.not_counted("how many rules the web ACL has is not known");
        return;
    };
    for (what, quantity, item) in [
        ("web ACL", 1.0, Item::WebAcl),
        ("rules", count(rules.len()), Item::WebAclRule),
    ] {
        let charge = Charge {
            what,
            detail: "",
            quantity,
            unit: Unit::Months,
        };
        ledger.charge(&charge, item.quote(ledger.region));
    }
    ledger.not_counted("requests that are looked at");
}
