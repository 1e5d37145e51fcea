//! Conditions: true, false, or not to be decided here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    functions::Values,
    value::{is_known, text},
};

/// What each condition of a template comes to.
pub(super) type Decided = BTreeMap<String, Option<bool>>;

/// Decides all conditions, each once.
pub(super) fn decide(conditions: &Value, values: &Values<'_>) -> Decided {
    let empty = Map::new();
    let mut decision = Decision {
        conditions: conditions.as_object().unwrap_or(&empty),
        values,
        decided: Decided::new(),
        open: BTreeSet::new(),
    };
    for name in decision.conditions.keys() {
        decision.named(name);
    }
    decision.decided
}

struct Decision<'a> {
    conditions: &'a Map<String, Value>,
    values: &'a Values<'a>,
    decided: Decided,
    /// Those that are being decided. CloudFormation refuses one that needs itself.
    open: BTreeSet<String>,
}

impl Decision<'_> {
    fn named(&mut self, name: &str) -> Option<bool> {
        if let Some(decided) = self.decided.get(name) {
            return *decided;
        }
        let condition = self.conditions.get(name)?;
        if !self.open.insert(name.to_owned()) {
            return None;
        }
        let decided = self.one(condition);
        self.open.remove(name);
        self.decided.insert(name.to_owned(), decided);
        decided
    }

    fn one(&mut self, condition: &Value) -> Option<bool> {
        let object = condition.as_object().filter(|object| object.len() == 1)?;
        let (function, argument) = object.iter().next()?;
        match function.as_str() {
            "Condition" => self.named(argument.as_str()?),
            "Fn::Not" => self.one(argument.get(0)?).map(|holds| !holds),
            "Fn::And" => self.until(argument.as_array()?, false),
            "Fn::Or" => self.until(argument.as_array()?, true),
            "Fn::Equals" => {
                let one = self.values.of(argument.get(0)?)?;
                let other = self.values.of(argument.get(1)?)?;
                equal(&one, &other)
            }
            _ => None,
        }
    }

    /// What one part with this outcome decides for all: `false` of an `And`, `true` of an `Or`.
    fn until(&mut self, parts: &[Value], outcome: bool) -> Option<bool> {
        let decided: Vec<Option<bool>> = parts.iter().map(|part| self.one(part)).collect();
        if decided.contains(&Some(outcome)) {
            Some(outcome)
        } else if decided.contains(&None) {
            None
        } else {
            Some(!outcome)
        }
    }
}

/// The same function is the same value, whatever it is.
fn equal(one: &Value, other: &Value) -> Option<bool> {
    match (text(one), text(other)) {
        (Some(one), Some(other)) => Some(one == other),
        (Some(_) | None, None) | (None, Some(_)) => {
            let is_decided = one == other || (is_known(one) && is_known(other));
            is_decided.then_some(one == other)
        }
    }
}
