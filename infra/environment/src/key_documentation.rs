//! Every key with what it means, for documents.

use crate::{
    catalog::{Catalog, Own},
    stack::Stack,
    value::own_expected,
};

/// What there is to know about a key of `[infra]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDocumentation {
    pub key: String,
    /// The stacks that it is a parameter of; none for what wpimg itself has to know.
    pub stacks: Vec<Stack>,
    /// What holds without it, as CloudFormation writes it. An empty text where nothing does.
    pub default: Option<&'static str>,
    /// Sentences for people.
    pub description: &'static str,
    /// What its value has to be, as a phrase.
    pub kind: String,
}

/// Every key that a recipe may have: wpimg's own first, then those of the templates in alphabetical order.
pub fn keys() -> impl Iterator<Item = KeyDocumentation> {
    let own = Own::ALL.map(|own| KeyDocumentation {
        key: own.key().to_owned(),
        stacks: Vec::new(),
        default: None,
        description: own.description(),
        kind: own_expected(own).to_owned(),
    });
    let catalog = Catalog::bundled();
    let parameters: Vec<KeyDocumentation> = catalog
        .settings()
        .filter(|(_, setting)| setting.filled.is_none())
        .map(|(key, setting)| KeyDocumentation {
            key: key.to_owned(),
            stacks: setting.stacks.clone(),
            default: setting.definition.default,
            description: setting.definition.description,
            kind: setting.shape().expected(),
        })
        .collect();
    own.into_iter().chain(parameters)
}
