//! Lists that come as one text, as exports and some parameters have to.

use serde_json::{Value, json};

/// The parts of a text between separators.
pub(super) fn split(separator: &str, text: &Value) -> Value {
    json!({ "Fn::Split": [separator, text] })
}

/// One part of a text between separators, counted from 0.
pub(super) fn part(number: u32, separator: &str, text: &Value) -> Value {
    json!({ "Fn::Select": [number, split(separator, text)] })
}
