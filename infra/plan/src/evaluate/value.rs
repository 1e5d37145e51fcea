//! What a value of a template is.

use serde_json::{Map, Value};

/// A function that stands where a value will be, and what it is given.
pub(crate) fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    let is_function = name.starts_with("Fn::") || (name == "Ref" && argument.is_string());
    is_function.then_some((name.as_str(), argument))
}

/// A known scalar as CloudFormation compares and joins it: as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The items of a list. `None` where it is not known how many there are.
pub(crate) fn items(value: &Value) -> Option<&[Value]> {
    let list = value.as_array()?;
    let is_there = |item: &Value| !matches!(function(item), Some(("Fn::If", _)));
    list.iter().all(is_there).then_some(list)
}

/// Whether no function is in it.
pub(super) fn is_known(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(list) => list.iter().all(is_known),
        Value::Object(object) => function(value).is_none() && object.values().all(is_known),
    }
}

pub(super) fn call(name: &str, argument: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), argument)]))
}
