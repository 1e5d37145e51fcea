//! The functions of a template.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    conditions::Decided,
    stack::Inputs,
    substitution::{Part, parts},
    value::{call, function, is_known, items, text},
};

const NO_VALUE: &str = "AWS::NoValue";

/// What names stand for.
pub(super) struct Values<'a> {
    /// Parameters and pseudo parameters that are known.
    names: BTreeMap<&'a str, Value>,
    exports: &'a BTreeMap<String, String>,
    mappings: &'a Value,
    /// Empty as long as the conditions are being decided: they cannot contain `Fn::If`.
    pub(super) decided: Decided,
}

impl<'a> Values<'a> {
    pub(super) fn new(template: &'a Value, inputs: &'a Inputs) -> Self {
        let mut names = BTreeMap::new();
        for (name, parameter) in template["Parameters"].as_object().into_iter().flatten() {
            let chosen = inputs.parameters.get(name).cloned();
            let value = chosen.or_else(|| text(&parameter["Default"]));
            let value = value.and_then(|value| parameter_value(&parameter["Type"], value));
            if let Some(value) = value {
                names.insert(name.as_str(), value);
            }
        }
        if !inputs.region.is_empty() {
            names.insert("AWS::Region", inputs.region.as_str().into());
        }
        if let Some(stack) = &inputs.stack {
            names.insert("AWS::StackName", stack.as_str().into());
        }
        Self {
            names,
            exports: &inputs.exports,
            mappings: &template["Mappings"],
            decided: Decided::new(),
        }
    }

    /// A value with what is known filled in; `None` for what is as if it were not there.
    pub(super) fn of(&self, value: &Value) -> Option<Value> {
        if let Some((name, argument)) = function(value) {
            return self.called(name, argument);
        }
        Some(match value {
            Value::Array(list) => list.iter().filter_map(|item| self.of(item)).collect(),
            Value::Object(object) => {
                let members = object.iter();
                let members =
                    members.filter_map(|(name, member)| Some((name.clone(), self.of(member)?)));
                Value::Object(members.collect())
            }
            plain => plain.clone(),
        })
    }

    fn called(&self, name: &str, argument: &Value) -> Option<Value> {
        let result = match name {
            "Ref" if argument == NO_VALUE => return None,
            "Ref" => argument
                .as_str()
                .and_then(|name| self.names.get(name).cloned()),
            "Fn::If" => return self.chosen(argument),
            "Fn::Sub" => self.substituted(argument),
            "Fn::Join" => self.joined(argument),
            "Fn::Split" => self.split(argument),
            "Fn::Select" => self.selected(argument),
            "Fn::FindInMap" => self.mapped(argument),
            "Fn::ImportValue" => self.imported(argument),
            _ => None,
        };
        Some(result.unwrap_or_else(|| call(name, self.kept(argument))))
    }

    /// An argument of a function that stays: its own parts may be known.
    fn kept(&self, argument: &Value) -> Value {
        self.of(argument)
            .unwrap_or_else(|| call("Ref", NO_VALUE.into()))
    }

    fn chosen(&self, argument: &Value) -> Option<Value> {
        let condition = argument.get(0).and_then(Value::as_str);
        let decided = condition.and_then(|name| self.decided.get(name).copied().flatten());
        let side = decided.and_then(|holds| argument.get(if holds { 1 } else { 2 }));
        match (side, argument.as_array()) {
            (Some(side), _) => self.of(side),
            (None, Some(list)) => {
                // A side that would not be there has to keep its place.
                let kept = list.iter().map(|part| self.kept(part)).collect();
                Some(call("Fn::If", kept))
            }
            (None, None) => Some(call("Fn::If", argument.clone())),
        }
    }

    fn substituted(&self, argument: &Value) -> Option<Value> {
        let own = Map::new();
        let (pattern, own) = match argument {
            Value::String(pattern) => (pattern.as_str(), &own),
            other => (other.get(0)?.as_str()?, other.get(1)?.as_object()?),
        };
        let mut result = String::new();
        for part in parts(pattern) {
            match part {
                Part::Text(text) => result.push_str(text),
                Part::Literal(name) => {
                    result.push_str("${");
                    result.push_str(name);
                    result.push('}');
                }
                Part::Name(name) => {
                    let value = match own.get(name) {
                        Some(value) => self.of(value),
                        None => self.names.get(name).cloned(),
                    };
                    result.push_str(&text(&value?)?);
                }
            }
        }
        Some(result.into())
    }

    fn joined(&self, argument: &Value) -> Option<Value> {
        let separator = argument.get(0)?.as_str()?;
        let list = self.of(argument.get(1)?)?;
        let parts: Option<Vec<String>> = items(&list)?.iter().map(text).collect();
        Some(parts?.join(separator).into())
    }

    fn split(&self, argument: &Value) -> Option<Value> {
        let separator = argument.get(0)?.as_str()?;
        let whole = text(&self.of(argument.get(1)?)?)?;
        Some(whole.split(separator).map(Value::from).collect())
    }

    fn selected(&self, argument: &Value) -> Option<Value> {
        let index: usize = text(&self.of(argument.get(0)?)?)?.parse().ok()?;
        let list = self.of(argument.get(1)?)?;
        items(&list)?.get(index).cloned()
    }

    fn mapped(&self, argument: &Value) -> Option<Value> {
        let argument = self.of(argument)?;
        let keys: Vec<String> = argument
            .as_array()?
            .iter()
            .take(3)
            .map_while(text)
            .collect();
        let [map, first, second] = keys.as_slice() else {
            return None;
        };
        let value = self
            .mappings
            .get(map)?
            .get(first)
            .and_then(|map| map.get(second));
        let default = || argument.get(3)?.get("DefaultValue");
        value
            .or_else(default)
            .filter(|value| is_known(value))
            .cloned()
    }

    fn imported(&self, argument: &Value) -> Option<Value> {
        let name = text(&self.of(argument)?)?;
        self.exports.get(&name).map(|value| value.as_str().into())
    }
}

/// What a reference to a parameter gives. Of one in Parameter Store the template has only the name, so that is not known.
fn parameter_value(kind: &Value, value: String) -> Option<Value> {
    let kind = kind.as_str().unwrap_or("String");
    if kind.starts_with("AWS::SSM::") {
        return None;
    }
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    Some(if is_list {
        value
            .split(',')
            .map(|item| Value::from(item.trim()))
            .collect()
    } else {
        value.into()
    })
}
