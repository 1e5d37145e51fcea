//! What a template is made of (CloudFormation user guide, "Template anatomy").

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A stack's template. Its JSON is the same whenever it is emitted: everything is in the order of its names.
#[derive(Clone, Debug, Default)]
pub struct Template {
    pub description: &'static str,
    pub parameters: BTreeMap<&'static str, Parameter>,
    pub conditions: BTreeMap<&'static str, Value>,
    pub resources: BTreeMap<String, Resource>,
    pub outputs: BTreeMap<&'static str, Output>,
}

/// What a parameter's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that a regular expression matches as a whole, and what to say of one that it does not.
    Matching {
        pattern: &'static str,
        explanation: &'static str,
    },
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A whole number between these, both included.
    Number(u32, u32),
    /// Texts with commas between them.
    List,
    /// The name of a parameter in Parameter Store, of which the stack sees the value.
    Stored,
}

/// Something to choose about a stack.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub kind: Kind,
    /// `None` makes it one that has to be given.
    pub default: Option<&'static str>,
    /// One sentence for people.
    pub description: &'static str,
}

/// What happens to a resource that leaves the template, or whose stack is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// It goes.
    #[default]
    No,
    /// It stays, and costs.
    Always,
    /// It goes, its contents stay in a snapshot.
    AsSnapshot,
}

/// Something that CloudFormation makes.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Such as `AWS::EC2::VPC`.
    pub kind: &'static str,
    pub properties: Value,
    /// Made only where this condition of the template holds.
    pub condition: Option<&'static str>,
    /// What has to be there first although no property refers to it.
    pub after: Vec<String>,
    pub kept: Kept,
    /// What checkov or cfn-lint is told not to ask for, each with the reason.
    pub accepted: Vec<(&'static str, &'static str)>,
}

/// What a stack tells about itself.
#[derive(Clone, Debug)]
pub struct Output {
    pub value: Value,
    pub description: &'static str,
    pub condition: Option<&'static str>,
    /// Whether other stacks may import it, as `STACK-NAME`.
    pub exported: bool,
}

impl Resource {
    /// Made always, gone with its stack.
    pub fn new(kind: &'static str, properties: Value) -> Self {
        Self {
            kind,
            properties,
            condition: None,
            after: Vec::new(),
            kept: Kept::No,
            accepted: Vec::new(),
        }
    }

    #[must_use]
    pub fn only_if(self, condition: &'static str) -> Self {
        Self {
            condition: Some(condition),
            ..self
        }
    }

    #[must_use]
    pub fn after(mut self, id: &str) -> Self {
        self.after.push(id.to_owned());
        self
    }

    #[must_use]
    pub fn kept(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// Accepts what this check of checkov (`CKV…`) or rule of cfn-lint finds, for a reason.
    #[must_use]
    pub fn accept(mut self, check: &'static str, reason: &'static str) -> Self {
        self.accepted.push((check, reason));
        self
    }

    fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("Type".into(), self.kind.into());
        if let Some(condition) = self.condition {
            json.insert("Condition".into(), condition.into());
        }
        if !self.after.is_empty() {
            json.insert("DependsOn".into(), self.after.clone().into());
        }
        let policy = match self.kept {
            Kept::No => None,
            Kept::Always => Some("Retain"),
            Kept::AsSnapshot => Some("Snapshot"),
        };
        if let Some(policy) = policy {
            json.insert("DeletionPolicy".into(), policy.into());
            json.insert("UpdateReplacePolicy".into(), policy.into());
        }
        if !self.accepted.is_empty() {
            json.insert("Metadata".into(), self.accepted_to_json());
        }
        json.insert("Properties".into(), self.properties.clone());
        Value::Object(json)
    }

    /// Each of the two linters reads its own part. cfn-lint has no place for reasons: these stay here.
    fn accepted_to_json(&self) -> Value {
        let (checks, rules): (Vec<_>, Vec<_>) = self
            .accepted
            .iter()
            .partition(|(id, _)| id.starts_with("CKV"));
        let mut json = Map::new();
        if !checks.is_empty() {
            let skips: Vec<Value> = checks
                .iter()
                .map(|(id, comment)| json!({ "id": id, "comment": comment }))
                .collect();
            json.insert("checkov".into(), json!({ "skip": skips }));
        }
        if !rules.is_empty() {
            let rules: Vec<&str> = rules.iter().map(|(id, _)| *id).collect();
            json.insert(
                "cfn-lint".into(),
                json!({ "config": { "ignore_checks": rules } }),
            );
        }
        Value::Object(json)
    }
}

impl Parameter {
    fn to_json(&self) -> Value {
        let mut json = Map::new();
        let kind = match &self.kind {
            Kind::Text | Kind::Matching { .. } | Kind::OneOf(_) => "String",
            Kind::Number(..) => "Number",
            Kind::List => "CommaDelimitedList",
            Kind::Stored => "AWS::SSM::Parameter::Value<String>",
        };
        json.insert("Type".into(), kind.into());
        match &self.kind {
            Kind::Matching {
                pattern,
                explanation,
            } => {
                json.insert("AllowedPattern".into(), (*pattern).into());
                json.insert("ConstraintDescription".into(), (*explanation).into());
            }
            Kind::OneOf(values) => {
                json.insert("AllowedValues".into(), values.to_vec().into());
            }
            Kind::Number(least, most) => {
                json.insert("MinValue".into(), (*least).into());
                json.insert("MaxValue".into(), (*most).into());
            }
            Kind::Text | Kind::List | Kind::Stored => {}
        }
        if let Some(default) = self.default {
            json.insert("Default".into(), default.into());
        }
        json.insert("Description".into(), self.description.into());
        Value::Object(json)
    }
}

impl Template {
    /// Adds a resource; a second one of the same name would be a mistake of ours.
    pub fn add(&mut self, id: impl Into<String>, resource: Resource) {
        let id = id.into();
        let before = self.resources.insert(id.clone(), resource);
        debug_assert!(before.is_none(), "there are two resources `{id}`");
    }

    pub fn parameter(
        &mut self,
        name: &'static str,
        kind: Kind,
        default: impl Into<Option<&'static str>>,
        description: &'static str,
    ) {
        let default = default.into();
        let parameter = Parameter {
            kind,
            default,
            description,
        };
        self.parameters.insert(name, parameter);
    }

    pub fn condition(&mut self, name: &'static str, holds: Value) {
        self.conditions.insert(name, holds);
    }

    /// Tells a value, and lets other stacks import it.
    pub fn export(&mut self, name: &'static str, value: Value, description: &'static str) {
        let output = Output {
            value,
            description,
            condition: None,
            exported: true,
        };
        self.outputs.insert(name, output);
    }

    /// The template as JSON, without a space too many: CloudFormation takes 51,200 bytes in a call.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("AWSTemplateFormatVersion".into(), "2010-09-09".into());
        json.insert("Description".into(), self.description.into());
        json.insert(
            "Parameters".into(),
            object(&self.parameters, Parameter::to_json),
        );
        json.insert("Conditions".into(), object(&self.conditions, Value::clone));
        json.insert(
            "Resources".into(),
            object(&self.resources, Resource::to_json),
        );
        json.insert(
            "Outputs".into(),
            self.outputs
                .iter()
                .map(|(name, output)| ((*name).to_owned(), output.to_json(name)))
                .collect::<Map<_, _>>()
                .into(),
        );
        Value::Object(json)
    }
}

impl Output {
    fn to_json(&self, name: &str) -> Value {
        let mut json = Map::new();
        json.insert("Description".into(), self.description.into());
        json.insert("Value".into(), self.value.clone());
        if let Some(condition) = self.condition {
            json.insert("Condition".into(), condition.into());
        }
        if self.exported {
            let export = format!("${{AWS::StackName}}-{name}");
            json.insert("Export".into(), json!({ "Name": { "Fn::Sub": export } }));
        }
        Value::Object(json)
    }
}

fn object<K: ToString, T>(entries: &BTreeMap<K, T>, to_json: impl Fn(&T) -> Value) -> Value {
    let entries = entries
        .iter()
        .map(|(name, entry)| (name.to_string(), to_json(entry)));
    Value::Object(entries.collect())
}
