//! A plan for programs, `wpimg/infra-plan/1`. Fields are added to it, and never change what they mean.

use serde::Serialize;

use super::{plan::Plan, resource_change::Detail, step::Step, turn::Certainty};
use crate::shown::is_secret;

/// The document of `wpimg infra plan --format json`.
#[derive(Debug, Serialize)]
pub struct PlanDocument<'a> {
    schema: &'static str,
    stack: &'a str,
    changes: Vec<ChangeEntry<'a>>,
}

#[derive(Debug, Serialize)]
struct ChangeEntry<'a> {
    logical_id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    physical_id: Option<&'a str>,
    /// Such as `replaced`.
    change: &'static str,
    /// `false`: it turns out while the stack is updated.
    certain: bool,
    severity: &'static str,
    loss: Option<LossEntry<'a>>,
    notes: &'a [&'static str],
    properties: Vec<PropertyEntry<'a>>,
}

#[derive(Debug, Serialize)]
struct LossEntry<'a> {
    what: &'a str,
    /// What stays: `nothing`, `snapshot` or `resource`.
    left: &'static str,
    instead: &'a str,
}

#[derive(Debug, Serialize)]
struct PropertyEntry<'a> {
    name: &'a str,
    attribute: &'static str,
    recreation: &'static str,
    cause: String,
    before: Option<&'a str>,
    after: Option<&'a str>,
    /// The values are a secret's, so they are not here.
    hidden: bool,
}

impl Plan {
    /// The plan as a document to serialize.
    pub fn document(&self) -> PlanDocument<'_> {
        PlanDocument {
            schema: "wpimg/infra-plan/1",
            stack: &self.stack,
            changes: self.steps.iter().map(ChangeEntry::of).collect(),
        }
    }
}

impl<'a> ChangeEntry<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            logical_id: &step.change.logical_id,
            kind: &step.change.kind,
            physical_id: step.change.physical_id.as_deref(),
            change: step.turn.word(),
            certain: step.certainty == Certainty::Certain,
            severity: step.severity().word(),
            loss: step.loss.as_ref().map(|loss| LossEntry {
                what: loss.what,
                left: loss.remainder.word(),
                instead: loss.instead,
            }),
            notes: &step.notes,
            properties: step.causes().into_iter().map(PropertyEntry::of).collect(),
        }
    }
}

impl<'a> PropertyEntry<'a> {
    fn of(detail: &'a Detail) -> Self {
        let hidden = is_secret(detail.name());
        let shown = |value: &'a Option<String>| value.as_deref().filter(|_| !hidden);
        Self {
            name: detail.name(),
            attribute: detail.attribute.word(),
            recreation: detail.requires_recreation.word(),
            cause: detail.cause.to_string(),
            before: shown(&detail.before),
            after: shown(&detail.after),
            hidden,
        }
    }
}
