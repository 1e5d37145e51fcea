//! A whole change set.

use std::fmt;

use super::{
    line::Line,
    loss::{AllowReplacement, Loss, Refusal},
    resource_change::ResourceChange,
    step::Step,
    turn::Turn,
};
use crate::shown::escaped;

/// What would be done to a stack, in the order in which people should read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub stack: String,
    /// The worst turn first, then by name.
    pub steps: Vec<Step>,
}

/// How many resources take which turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub removed: usize,
    /// Also those that may be replaced.
    pub replaced: usize,
    pub changed: usize,
    pub recorded: usize,
    pub imported: usize,
    pub added: usize,
}

impl Plan {
    pub fn of(stack: impl Into<String>, changes: impl IntoIterator<Item = ResourceChange>) -> Self {
        let mut steps: Vec<Step> = changes.into_iter().map(Step::of).collect();
        steps.sort_by(|one, other| {
            let key = |step: &Step| (step.turn, step.certainty);
            key(one)
                .cmp(&key(other))
                .then_with(|| one.change.logical_id.cmp(&other.change.logical_id))
        });
        Self {
            stack: stack.into(),
            steps,
        }
    }

    /// Whether the stack is already as its template says.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What would be lost.
    pub fn losses(&self) -> impl Iterator<Item = &Loss> {
        self.steps.iter().filter_map(|step| step.loss.as_ref())
    }

    /// Why this must not be done. `None` where nothing is lost, or where it was allowed.
    pub fn refusal(&self, allowed: AllowReplacement) -> Option<Refusal> {
        let losses: Vec<Loss> = match allowed {
            AllowReplacement::Yes => Vec::new(),
            AllowReplacement::No => self.losses().cloned().collect(),
        };
        (!losses.is_empty()).then(|| Refusal {
            stack: self.stack.clone(),
            losses,
        })
    }

    /// A line for each resource.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        self.steps.iter().map(Line::of)
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for step in &self.steps {
            *match step.turn {
                Turn::Removed => &mut counts.removed,
                Turn::Replaced => &mut counts.replaced,
                Turn::Changed => &mut counts.changed,
                Turn::Recorded => &mut counts.recorded,
                Turn::Imported => &mut counts.imported,
                Turn::Added => &mut counts.added,
            } += 1;
        }
        counts
    }

    /// One line about all of it.
    pub fn summary(&self) -> String {
        let stack = escaped(&self.stack);
        if self.is_empty() {
            return format!("stack `{stack}` is as its template says");
        }
        format!("stack `{stack}`: {}", self.counts())
    }
}

/// The numbers that are not 0: `1 to replace, 3 to add`.
impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            (self.removed, "to remove"),
            (self.replaced, "to replace"),
            (self.changed, "to change"),
            (self.recorded, "to record"),
            (self.imported, "to take in"),
            (self.added, "to add"),
        ];
        let parts: Vec<String> = numbers
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        if parts.is_empty() {
            return formatter.write_str("nothing to do");
        }
        formatter.write_str(&parts.join(", "))
    }
}

/// A line for each resource, without colour.
impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines() {
            writeln!(formatter, "{line}")?;
        }
        Ok(())
    }
}
