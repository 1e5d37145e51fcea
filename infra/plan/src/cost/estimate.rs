//! What a stack costs a month.

use serde_json::Value;

use super::{
    assumptions::Assumptions,
    catalogue::{Costs, costs},
    ledger::Ledger,
};
use crate::evaluate::{Existence, Inputs, TemplateError, evaluate};

/// An estimate in USD. Never an invoice: list prices, and only what is billed for being there.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// By the name of the resource.
    pub lines: Vec<Line>,
    /// What costs money and is not in `lines`.
    pub not_counted: Vec<NotCounted>,
    /// What was taken for given, a sentence each.
    pub assumed: Vec<String>,
    /// The stack's region.
    pub region: String,
    /// The regions whose prices were taken, in order. Another one than the stack's is where a price was not known.
    pub regions_of_prices: Vec<&'static str>,
    /// The day of the oldest price, as `2026-02-07`. `None` where nothing costs.
    pub date: Option<&'static str>,
}

/// A part of what a resource costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub logical_id: String,
    /// Such as `instance` or `storage`. A resource has no two lines of the same.
    pub what: &'static str,
    /// Which one, such as `db.t4g.medium, Multi-AZ`.
    pub detail: String,
    pub quantity: f64,
    pub unit: Unit,
    /// USD.
    pub monthly: f64,
    /// The region of the price.
    pub region: &'static str,
    /// The day of the price, as `2026-02-07`.
    pub price_from: &'static str,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Hours,
    GigabyteHours,
    GigabyteMonths,
    Months,
}

/// A resource that costs money which is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCounted {
    pub logical_id: String,
    pub kind: String,
    /// What costs, or why it cannot be told.
    pub why: String,
}

impl Estimate {
    /// Prices a template with these inputs.
    pub fn of(
        template: &Value,
        inputs: &Inputs,
        assumptions: &Assumptions,
    ) -> Result<Self, TemplateError> {
        let stack = evaluate(template, inputs)?;
        let mut ledger = Ledger::new(&stack, &inputs.region, assumptions);
        for (logical_id, resource) in &stack.resources {
            ledger.begin(logical_id, &resource.kind);
            let costs = costs(&resource.kind);
            match (&resource.existence, costs) {
                (_, Some(Costs::Nothing)) => {}
                (
                    Existence::Undecided { condition },
                    Some(Costs::Usage(_) | Costs::Priced(_)) | None,
                ) => {
                    let why = format!(
                        "condition `{condition}` says whether it is there, and only CloudFormation can decide it"
                    );
                    ledger.not_counted(why);
                }
                (Existence::Certain, Some(Costs::Usage(why))) => ledger.not_counted(why),
                (Existence::Certain, Some(Costs::Priced(price))) => {
                    price(&mut ledger, &resource.properties);
                }
                (Existence::Certain, None) => {
                    ledger.not_counted("what resources of this type cost is not known here");
                }
            }
        }
        Ok(ledger.close())
    }

    /// What a stack costs that is not there.
    pub fn nothing(region: &str) -> Self {
        Self {
            lines: Vec::new(),
            not_counted: Vec::new(),
            assumed: Vec::new(),
            region: region.to_owned(),
            regions_of_prices: Vec::new(),
            date: None,
        }
    }

    /// USD a month.
    pub fn total(&self) -> f64 {
        // The sum of no numbers would be a zero with a sign.
        let sums = self.lines.iter().map(|line| line.monthly);
        sums.fold(0.0, |total, monthly| total + monthly)
    }
}

/// A sum as it is shown. What is below a cent is noise of the calculation, and no part of a price.
pub(super) fn cents(usd: f64) -> f64 {
    // What rounds to nothing has no sign.
    (usd * 100.0).round() / 100.0 + 0.0
}

impl Unit {
    /// For people and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::GigabyteHours => "GB-hours",
            Self::GigabyteMonths => "GB-months",
            Self::Months => "months",
        }
    }
}
