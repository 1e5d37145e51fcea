//! What stands in a template where only CloudFormation knows the value (CloudFormation user guide, "Intrinsic function
//! reference"). JSON's long forms: emulators do not agree about the short ones.

use serde_json::{Map, Value};

fn function(name: &str, argument: impl Into<Value>) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), argument.into())]))
}

/// Whatever a reference to this parameter or resource gives.
pub fn reference(id: &str) -> Value {
    function("Ref", id)
}

/// An attribute of a resource.
pub fn attribute(id: &str, name: &str) -> Value {
    function("Fn::GetAtt", vec![id, name])
}

/// A text with `${Name}` and `${Resource.Attribute}` in it.
pub fn text(pattern: &str) -> Value {
    function("Fn::Sub", pattern)
}

/// One value or the other, as a condition of the template says.
pub fn choose(condition: &str, yes: Value, no: Value) -> Value {
    function("Fn::If", vec![condition.into(), yes, no])
}

/// The property is as if it were not there.
pub fn absent() -> Value {
    reference("AWS::NoValue")
}

/// A value that is there on a condition.
pub fn only_if(condition: &str, value: Value) -> Value {
    choose(condition, value, absent())
}

/// What the data stack exports under this name.
pub fn imported(name: &str) -> Value {
    function("Fn::ImportValue", text(&format!("${{DataStack}}-{name}")))
}

pub fn equal(one: Value, other: impl Into<Value>) -> Value {
    function("Fn::Equals", vec![one, other.into()])
}

pub fn not(condition: Value) -> Value {
    function("Fn::Not", vec![condition])
}

/// At least one of two to ten.
pub fn any(conditions: Vec<Value>) -> Value {
    function("Fn::Or", conditions)
}

/// All of two to ten.
pub fn all(conditions: Vec<Value>) -> Value {
    function("Fn::And", conditions)
}

/// Another condition of the template, inside of one.
pub fn condition(name: &str) -> Value {
    function("Condition", name)
}
