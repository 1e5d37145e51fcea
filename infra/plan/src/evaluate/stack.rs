//! What a template makes of its parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{conditions, error::TemplateError, functions::Values};

/// What is known about a stack before CloudFormation is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Parameters that are chosen; the others have their defaults.
    pub parameters: BTreeMap<String, String>,
    /// What other stacks export, by the export's name.
    pub exports: BTreeMap<String, String>,
    /// The stack's region, such as `eu-west-1`.
    pub region: String,
    /// The stack's name, where it has one already.
    pub stack: Option<String>,
}

/// The resources that would be there.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    pub resources: BTreeMap<String, Resource>,
}

/// One resource with its properties as far as they are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Such as `AWS::EC2::VPC`.
    pub kind: String,
    pub existence: Existence,
    pub properties: Value,
}

/// Whether a resource is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existence {
    Certain,
    /// Only CloudFormation can decide this condition.
    Undecided {
        condition: String,
    },
}

/// Reads a template that is text, such as the one that `GetTemplate` answers.
pub fn read(template: &str) -> Result<Value, TemplateError> {
    serde_json::from_str(template).map_err(|error| TemplateError::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

/// Fills in a template.
pub fn evaluate(template: &Value, inputs: &Inputs) -> Result<Stack, TemplateError> {
    let resources = template["Resources"].as_object();
    let resources = resources.filter(|resources| !resources.is_empty());
    let resources = resources.ok_or(TemplateError::NoResources)?;
    refuse_unknown(template, inputs)?;
    let values = values(template, inputs);
    let mut made = BTreeMap::new();
    for (logical_id, resource) in resources {
        let existence = match resource["Condition"].as_str() {
            None => Existence::Certain,
            Some(condition) => match values.decided.get(condition) {
                Some(Some(true)) => Existence::Certain,
                Some(Some(false)) => continue,
                Some(None) | None => Existence::Undecided {
                    condition: condition.to_owned(),
                },
            },
        };
        let kind = resource["Type"].as_str();
        let kind = kind.ok_or_else(|| TemplateError::NoType {
            logical_id: logical_id.clone(),
        })?;
        let resource = Resource {
            kind: kind.to_owned(),
            existence,
            properties: values.of(&resource["Properties"]).unwrap_or_default(),
        };
        made.insert(logical_id.clone(), resource);
    }
    Ok(Stack { resources: made })
}

/// Values of names, with the conditions decided.
pub(super) fn values<'a>(template: &'a Value, inputs: &'a Inputs) -> Values<'a> {
    let mut values = Values::new(template, inputs);
    values.decided = conditions::decide(&template["Conditions"], &values);
    values
}

pub(super) fn refuse_unknown(template: &Value, inputs: &Inputs) -> Result<(), TemplateError> {
    let known = template["Parameters"].as_object();
    let mut known: Vec<String> = known
        .into_iter()
        .flat_map(|known| known.keys().cloned())
        .collect();
    known.sort_unstable();
    let unknown = inputs.parameters.keys().find(|name| !known.contains(name));
    match unknown {
        None => Ok(()),
        Some(name) => Err(TemplateError::UnknownParameter {
            name: name.clone(),
            known,
        }),
    }
}
