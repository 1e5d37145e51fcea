//! Where what resources cost is written down.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    assumptions::Assumptions,
    estimate::{Estimate, Line, NotCounted, Unit},
    price::Quote,
};
use crate::evaluate::{Resource, Stack, function, text};

pub(super) struct Ledger<'a> {
    pub(super) stack: &'a Stack,
    pub(super) region: &'a str,
    pub(super) assumptions: &'a Assumptions,
    /// The resource that is written about, and its type.
    current: (&'a str, &'a str),
    lines: Vec<Line>,
    not_counted: Vec<NotCounted>,
    assumed: BTreeSet<String>,
    regions: BTreeSet<&'static str>,
    oldest: Option<&'static str>,
}

/// What is charged.
pub(super) struct Charge<'a> {
    pub(super) what: &'static str,
    pub(super) detail: &'a str,
    pub(super) quantity: f64,
    pub(super) unit: Unit,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(stack: &'a Stack, region: &'a str, assumptions: &'a Assumptions) -> Self {
        Self {
            stack,
            region,
            assumptions,
            current: ("", ""),
            lines: Vec::new(),
            not_counted: Vec::new(),
            assumed: BTreeSet::new(),
            regions: BTreeSet::new(),
            oldest: None,
        }
    }

    pub(super) fn begin(&mut self, logical_id: &'a str, kind: &'a str) {
        self.current = (logical_id, kind);
    }

    /// The name of the resource that is written about.
    pub(super) fn logical_id(&self) -> &'a str {
        self.current.0
    }

    pub(super) fn charge(&mut self, charge: &Charge<'_>, quote: Quote) {
        self.regions.insert(quote.region);
        // Days in this form are in order as texts are.
        self.oldest = Some(
            self.oldest
                .map_or(quote.as_of, |oldest| oldest.min(quote.as_of)),
        );
        self.lines.push(Line {
            logical_id: self.current.0.to_owned(),
            what: charge.what,
            detail: charge.detail.to_owned(),
            quantity: charge.quantity,
            unit: charge.unit,
            monthly: charge.quantity * quote.usd,
            region: quote.region,
            price_from: quote.as_of,
        });
    }

    pub(super) fn not_counted(&mut self, why: impl Into<String>) {
        self.not_counted.push(NotCounted {
            logical_id: self.current.0.to_owned(),
            kind: self.current.1.to_owned(),
            why: why.into(),
        });
    }

    pub(super) fn assume(&mut self, what: String) {
        self.assumed.insert(what);
    }

    /// The resource that a property refers to.
    pub(super) fn referenced(&self, value: &Value) -> Option<&'a Resource> {
        let (name, argument) = function(value)?;
        let id = match name {
            "Ref" => argument.as_str()?,
            "Fn::GetAtt" => argument.get(0)?.as_str()?,
            _ => return None,
        };
        self.stack.resources.get(id)
    }

    pub(super) fn close(self) -> Estimate {
        Estimate {
            lines: self.lines,
            not_counted: self.not_counted,
            assumed: self.assumed.into_iter().collect(),
            region: self.region.to_owned(),
            regions_of_prices: self.regions.into_iter().collect(),
            date: self.oldest,
        }
    }
}

/// A known number.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number: f64 = text(value)?.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// A known length as a quantity.
pub(super) fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::INFINITY, f64::from)
}

/// Whether a property is `true`; one that is not there is not. `None` where that is not known.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        known => text(known).map(|text| text == "true"),
    }
}
