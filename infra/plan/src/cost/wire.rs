//! Estimates for programs, `wpimg/infra-cost/1` and `wpimg/infra-cost-difference/1`.

use serde::Serialize;

use super::{
    difference::{Difference, LineDifference},
    estimate::{Estimate, Line, NotCounted, cents},
};

/// What a stack costs, as a document to serialize.
#[derive(Debug, Serialize)]
pub struct CostDocument<'a> {
    schema: &'static str,
    /// Always `true`: it is no invoice.
    estimate: bool,
    currency: &'static str,
    region: &'a str,
    regions_of_prices: &'a [&'static str],
    prices_from: Option<&'a str>,
    monthly: f64,
    lines: Vec<LineEntry<'a>>,
    assumed: &'a [String],
    not_counted: Vec<NotCountedEntry<'a>>,
}

/// What a change costs, as a document to serialize.
#[derive(Debug, Serialize)]
pub struct DifferenceDocument<'a> {
    schema: &'static str,
    estimate: bool,
    currency: &'static str,
    before: f64,
    after: f64,
    difference: f64,
    lines: Vec<PairEntry<'a>>,
    newly_not_counted: Vec<NotCountedEntry<'a>>,
}

#[derive(Debug, Serialize)]
struct LineEntry<'a> {
    logical_id: &'a str,
    what: &'a str,
    detail: &'a str,
    quantity: f64,
    unit: &'static str,
    monthly: f64,
    region: &'static str,
    price_from: &'static str,
}

#[derive(Debug, Serialize)]
struct PairEntry<'a> {
    logical_id: &'a str,
    what: &'a str,
    before: Option<LineEntry<'a>>,
    after: Option<LineEntry<'a>>,
    difference: f64,
}

#[derive(Debug, Serialize)]
struct NotCountedEntry<'a> {
    logical_id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    why: &'a str,
}

impl Estimate {
    pub fn document(&self) -> CostDocument<'_> {
        CostDocument {
            schema: "wpimg/infra-cost/1",
            estimate: true,
            currency: "USD",
            region: &self.region,
            regions_of_prices: &self.regions_of_prices,
            prices_from: self.date,
            monthly: cents(self.total()),
            lines: self.lines.iter().map(LineEntry::of).collect(),
            assumed: &self.assumed,
            not_counted: self.not_counted.iter().map(NotCountedEntry::of).collect(),
        }
    }
}

impl Difference {
    pub fn document(&self) -> DifferenceDocument<'_> {
        DifferenceDocument {
            schema: "wpimg/infra-cost-difference/1",
            estimate: true,
            currency: "USD",
            before: cents(self.before),
            after: cents(self.after),
            difference: cents(self.monthly()),
            lines: self.lines.iter().map(PairEntry::of).collect(),
            newly_not_counted: self
                .newly_not_counted
                .iter()
                .map(NotCountedEntry::of)
                .collect(),
        }
    }
}

impl<'a> LineEntry<'a> {
    fn of(line: &'a Line) -> Self {
        Self {
            logical_id: &line.logical_id,
            what: line.what,
            detail: &line.detail,
            quantity: line.quantity,
            unit: line.unit.word(),
            monthly: cents(line.monthly),
            region: line.region,
            price_from: line.price_from,
        }
    }
}

impl<'a> PairEntry<'a> {
    fn of(pair: &'a LineDifference) -> Self {
        Self {
            logical_id: &pair.logical_id,
            what: pair.what,
            before: pair.before.as_ref().map(LineEntry::of),
            after: pair.after.as_ref().map(LineEntry::of),
            difference: cents(pair.monthly()),
        }
    }
}

impl<'a> NotCountedEntry<'a> {
    fn of(entry: &'a NotCounted) -> Self {
        Self {
            logical_id: &entry.logical_id,
            kind: &entry.kind,
            why: &entry.why,
        }
    }
}
