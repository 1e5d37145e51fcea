//! What a change adds to the costs, or takes from them.

use std::collections::BTreeMap;

use super::estimate::{Estimate, Line, NotCounted};

/// Two estimates side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// USD a month.
    pub before: f64,
    pub after: f64,
    /// Parts that are not the same, by the name of the resource.
    pub lines: Vec<LineDifference>,
    /// What is not counted after the change, and was not there before it.
    pub newly_not_counted: Vec<NotCounted>,
}

/// A part of what a resource costs, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct LineDifference {
    pub logical_id: String,
    pub what: &'static str,
    pub before: Option<Line>,
    pub after: Option<Line>,
}

/// The same part in both estimates.
#[derive(Default)]
struct Sides<'a> {
    before: Option<&'a Line>,
    after: Option<&'a Line>,
}

/// USD below which nothing is said.
const NOTHING: f64 = 0.005;

impl Estimate {
    /// What changes between two estimates, with the same assumptions in both.
    pub fn difference(before: &Self, after: &Self) -> Difference {
        let mut pairs: BTreeMap<(&str, &'static str), Sides<'_>> = BTreeMap::new();
        for line in &before.lines {
            let sides = pairs.entry((&line.logical_id, line.what)).or_default();
            sides.before = Some(line);
        }
        for line in &after.lines {
            let sides = pairs.entry((&line.logical_id, line.what)).or_default();
            sides.after = Some(line);
        }
        let lines = pairs
            .into_iter()
            .map(|((logical_id, what), sides)| LineDifference {
                logical_id: logical_id.to_owned(),
                what,
                before: sides.before.cloned(),
                after: sides.after.cloned(),
            });
        let newly = after.not_counted.iter();
        Difference {
            before: before.total(),
            after: after.total(),
            lines: lines.filter(LineDifference::is_one).collect(),
            newly_not_counted: newly
                .filter(|entry| !before.not_counted.contains(entry))
                .cloned()
                .collect(),
        }
    }
}

impl Difference {
    /// USD a month that are added; less than nothing where the change saves.
    pub fn monthly(&self) -> f64 {
        self.after - self.before
    }

    /// Whether the change costs what was there before.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.newly_not_counted.is_empty()
    }
}

impl LineDifference {
    /// USD a month that are added.
    pub fn monthly(&self) -> f64 {
        let costs = |line: &Option<Line>| line.as_ref().map_or(0.0, |line| line.monthly);
        costs(&self.after) - costs(&self.before)
    }

    fn is_one(&self) -> bool {
        let is_same_thing = match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.detail == after.detail,
            (Some(_) | None, None) | (None, Some(_)) => true,
        };
        self.monthly().abs() >= NOTHING || !is_same_thing
    }
}
