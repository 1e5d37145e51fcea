//! A template with its parameters filled in: conditions are decided, what is absent is gone, and what only
//! CloudFormation knows is a name in braces, such as `${Balancer.DNSName}`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{Resource, Template};

/// What is made for some choice of parameters.
pub(super) struct Stack {
    template: Template,
    values: BTreeMap<&'static str, String>,
    /// What was imported from the data stack.
    pub(super) imports: BTreeSet<String>,
    resources: BTreeMap<String, Value>,
}

/// Each choice that makes something else of the stack.
pub(super) const CHOICES: &[&[(&str, &str)]] = &[
    &[],
    &[("DesiredCount", "auto")],
    &[
        ("Domain", "shop.example"),
        ("Certificate", "arn:aws:acm:r:1:c"),
    ],
    &[("Domain", "shop.example"), ("HostedZone", "Z1")],
    &[
        ("Domain", "shop.example"),
        ("HostedZone", "Z1"),
        ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
        ("DistributionFirewall", "arn:aws:wafv2:us-east-1:1:c"),
        ("Firewall", "on"),
        ("AdminNetworks", "192.0.2.0/24,198.51.100.0/24"),
    ],
    &[("Domain", "shop.example")],
    &[("Capacity", "fargate-spot"), ("Processor", "amd64")],
    &[("Capacity", "ec2"), ("DesiredCount", "2")],
    &[("Keys", "own"), ("Cache", "valkey"), ("Exec", "off")],
    &[("AccessLogBucket", "logs"), ("Firewall", "on")],
    &[
        ("DesiredCount", "2"),
        ("PeakStart", "cron(0 8 ? * MON-FRI *)"),
        ("PeakEnd", "cron(0 20 ? * MON-FRI *)"),
        ("AlarmTopic", "arn:aws:sns:r:1:t"),
        ("DatabaseEngine", "aurora"),
    ],
];

impl Stack {
    pub(super) fn new(choices: &[(&str, &str)]) -> Self {
        let template = crate::app::template();
        let mut values: BTreeMap<_, _> = template
            .parameters
            .iter()
            .map(|(name, parameter)| (*name, parameter.default.unwrap_or("given").to_owned()))
            .collect();
        for (name, value) in choices {
            let before = values.get_mut(*name).expect("a choice of the template");
            *before = (*value).to_owned();
        }
        let mut stack = Self {
            template,
            values,
            imports: BTreeSet::new(),
            resources: BTreeMap::new(),
        };
        let all: Vec<(String, Resource)> = stack.template.resources.clone().into_iter().collect();
        for (id, resource) in all {
            if resource.condition.is_none_or(|name| stack.holds(name)) {
                let properties = stack.resolved(&resource.properties).expect("properties");
                stack.resources.insert(id, properties);
            }
        }
        stack
    }

    /// The properties of a resource that is made.
    pub(super) fn properties(&self, id: &str) -> &Value {
        self.resources
            .get(id)
            .unwrap_or_else(|| panic!("there is no `{id}`"))
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.resources.contains_key(id)
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.resources
            .iter()
            .map(|(id, properties)| (id.as_str(), properties))
    }

    /// What the stack tells about itself, with its name.
    pub(super) fn outputs(&mut self) -> Vec<(&'static str, Value)> {
        let outputs = self.template.outputs.clone();
        let told = outputs
            .into_iter()
            .filter(|(_, output)| output.condition.is_none_or(|name| self.holds(name)))
            .collect::<Vec<_>>();
        told.into_iter()
            .map(|(name, output)| (name, self.resolved(&output.value).expect("a value")))
            .collect()
    }

    fn holds(&self, name: &str) -> bool {
        let condition = self.template.conditions.get(name);
        self.is_true(condition.unwrap_or_else(|| panic!("there is no condition `{name}`")))
    }

    fn is_true(&self, condition: &Value) -> bool {
        let (function, argument) = function(condition).expect("a condition");
        let list = argument.as_array();
        match function {
            "Condition" => self.holds(argument.as_str().expect("a name")),
            "Fn::Not" => !self.is_true(&list.expect("one")[0]),
            "Fn::And" => list.expect("some").iter().all(|one| self.is_true(one)),
            "Fn::Or" => list.expect("some").iter().any(|one| self.is_true(one)),
            "Fn::Equals" => {
                let sides = list.expect("two");
                let text = |side| self.pure_text(side);
                text(&sides[0]) == text(&sides[1])
            }
            other => panic!("`{other}` is no condition"),
        }
    }

    /// A text of parameters only, as conditions may use it.
    fn pure_text(&self, value: &Value) -> String {
        match function(value) {
            None => value.as_str().expect("a text").to_owned(),
            Some(("Ref", name)) => self.values[name.as_str().expect("a name")].clone(),
            Some(("Fn::Join", argument)) => {
                let separator = argument[0].as_str().expect("a separator");
                self.pure_text(&argument[1]).replace(',', separator)
            }
            Some((other, _)) => panic!("`{other}` in a condition"),
        }
    }

    fn resolved(&mut self, value: &Value) -> Option<Value> {
        if let Some((name, argument)) = function(value) {
            return self.call(name, argument);
        }
        Some(match value {
            Value::Array(list) => {
                let list = list.iter().filter_map(|entry| self.resolved(entry));
                Value::Array(list.collect())
            }
            Value::Object(object) => {
                let mut result = Map::new();
                for (name, entry) in object {
                    if let Some(entry) = self.resolved(entry) {
                        result.insert(name.clone(), entry);
                    }
                }
                Value::Object(result)
            }
            other => other.clone(),
        })
    }

    fn call(&mut self, name: &str, argument: &Value) -> Option<Value> {
        match name {
            "Ref" => self.referenced(argument.as_str().expect("a name")),
            "Fn::If" => {
                let holds = self.holds(argument[0].as_str().expect("a condition"));
                self.resolved(&argument[if holds { 1 } else { 2 }])
            }
            "Fn::GetAtt" => {
                let (id, attribute) = (argument[0].as_str()?, argument[1].as_str()?);
                Some(format!("${{{id}.{attribute}}}").into())
            }
            "Fn::Sub" => {
                let mut text = argument.as_str().expect("a text").to_owned();
                for (name, value) in &self.values {
                    text = text.replace(&format!("${{{name}}}"), value);
                }
                Some(text.into())
            }
            "Fn::ImportValue" => {
                let name = self.resolved(argument)?;
                let name = name.as_str()?.strip_prefix("given-")?.to_owned();
                self.imports.insert(name.clone());
                Some(format!("<{name}>").into())
            }
            "Fn::Join" => {
                let parts = self.resolved(&argument[1])?;
                let parts: Vec<_> = parts.as_array()?.iter().filter_map(Value::as_str).collect();
                Some(parts.join(argument[0].as_str()?).into())
            }
            "Fn::Split" => {
                let text = self.resolved(&argument[1])?;
                let parts = text.as_str()?.split(argument[0].as_str()?);
                Some(parts.map(Value::from).collect())
            }
            "Fn::Select" => {
                let list = self.resolved(&argument[1])?;
                Some(list[usize::try_from(argument[0].as_u64()?).ok()?].clone())
            }
            "Fn::Base64" => self.resolved(argument),
            other => panic!("`{other}` is not used here"),
        }
    }

    fn referenced(&self, name: &str) -> Option<Value> {
        if name == "AWS::NoValue" {
            return None;
        }
        let value = self.values.get(name);
        Some(value.map_or_else(
            || format!("${{{name}}}").into(),
            |value| value.clone().into(),
        ))
    }
}

/// A function of CloudFormation and what it is given.
pub(super) fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    let is_function = name.starts_with("Fn::")
        || (matches!(name.as_str(), "Ref" | "Condition") && argument.is_string());
    is_function.then_some((name.as_str(), argument))
}

/// Every text in a value.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// The names in braces, without their attributes.
pub(super) fn names(text: &str) -> Vec<&str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.split_once('.').map_or(name, |(id, _)| id))
        .collect()
}
