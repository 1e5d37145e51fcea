//! Why a template cannot be read.

use thiserror::Error;

use crate::shown::escaped;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    #[error("the template is no JSON in line {line}, column {column}")]
    NotJson { line: usize, column: usize },
    #[error("the template has no `Resources` with a resource in it")]
    NoResources,
    #[error("resource `{}` of the template has no `Type`", escaped(.logical_id))]
    NoType { logical_id: String },
    #[error("the template has no parameter `{}`; it has {}", escaped(.name), list(.known))]
    UnknownParameter { name: String, known: Vec<String> },
}

impl TemplateError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotJson { .. } | Self::NoResources | Self::NoType { .. } => {
                "`wpimg infra template` writes one that CloudFormation takes".to_owned()
            }
            Self::UnknownParameter { name, .. } => {
                format!(
                    "take `{name}` out of the stack's parameters, or write it as the template does"
                )
            }
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", escaped(name)))
        .collect();
    names.join(", ")
}
