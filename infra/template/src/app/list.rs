//! Lists: those that come as one text, as exports and some parameters have to, and those of which one is picked.

use serde_json::{Value, json};

/// The parts of a text between separators.
pub(super) fn split(separator: &str, text: &Value) -> Value {
    json!({ "Fn::Split": [separator, text] })
}

/// One part of a text between separators, counted from 0.
pub(super) fn part(number: u32, separator: &str, text: &Value) -> Value {
    json!({ "Fn::Select": [number, split(separator, text)] })
}

/// A value that is there only after another resource is. `DependsOn` says the same, but not on a condition.
pub(super) fn after(id: &str, value: &Value) -> Value {
    json!({ "Fn::Select": [0, [value, { "Ref": id }]] })
}
