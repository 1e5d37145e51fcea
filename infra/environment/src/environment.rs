//! A site's two stacks, as a recipe describes them for one environment.

use std::collections::BTreeMap;

use crate::{
    catalog::{Catalog, Filled, Own},
    conflict::{self, Choices},
    document::{Document, Table},
    error::EnvironmentError,
    place::Source,
    stack::Stack,
};

/// Two stacks: what they are called, where they are, and what is chosen about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    name: String,
    region: Option<String>,
    account: Option<String>,
    profile: Option<String>,
    tags: BTreeMap<String, String>,
    data_parameters: BTreeMap<String, String>,
    app_parameters: BTreeMap<String, String>,
}

impl Environment {
    /// What a recipe says for an environment, such as `staging`, or for the site without any. The file's name is for messages.
    pub fn read(
        text: &str,
        file: &str,
        environment: Option<&str>,
    ) -> Result<Self, EnvironmentError> {
        Self::read_with(&Catalog::bundled(), Source { file, text }, environment)
    }

    /// The environments of a recipe, in alphabetical order.
    pub fn names(text: &str, file: &str) -> Result<Vec<String>, EnvironmentError> {
        let document = Document::parse(Source { file, text }, &Catalog::bundled())?;
        Ok(document.names())
    }

    /// With the keys of other templates than ours.
    pub(crate) fn read_with(
        catalog: &Catalog,
        source: Source<'_>,
        environment: Option<&str>,
    ) -> Result<Self, EnvironmentError> {
        let document = Document::parse(source, catalog)?;
        let (name, table) = document.choose(environment)?;
        refuse_missing(catalog, &table, source)?;
        conflict::check(&Choices::new(catalog, &table), source)?;
        let own = |own| table.own(own).map(|text| text.value.clone());
        let parameters = |stack| parameters(catalog, &table, stack, &name);
        Ok(Self {
            region: own(Own::Region),
            account: own(Own::Account),
            profile: own(Own::Profile),
            tags: table.tags(),
            data_parameters: parameters(Stack::Data),
            app_parameters: parameters(Stack::App),
            name,
        })
    }

    /// What the site is called in this environment.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Nothing where AWS's own settings decide.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The one account, as 12 digits, that the stacks may be in.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The profile of AWS's own settings.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Tags of both stacks.
    pub fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }

    /// The name of the data stack.
    pub fn data_stack(&self) -> String {
        Stack::Data.name(&self.name)
    }

    /// The name of the app stack.
    pub fn app_stack(&self) -> String {
        Stack::App.name(&self.name)
    }

    /// The name of the parameter of Parameter Store that has the image.
    pub fn image_parameter(&self) -> String {
        Filled::Image.value(&self.name)
    }

    /// What the data stack is given. The template has defaults for the rest.
    pub fn data_parameters(&self) -> &BTreeMap<String, String> {
        &self.data_parameters
    }

    /// What the app stack is given. The template has defaults for the rest.
    pub fn app_parameters(&self) -> &BTreeMap<String, String> {
        &self.app_parameters
    }

    /// What one of the stacks is given.
    pub fn parameters(&self, stack: Stack) -> &BTreeMap<String, String> {
        match stack {
            Stack::Data => &self.data_parameters,
            Stack::App => &self.app_parameters,
        }
    }
}

fn parameters(
    catalog: &Catalog,
    table: &Table,
    stack: Stack,
    name: &str,
) -> BTreeMap<String, String> {
    let settings = catalog.settings().map(|(_, setting)| setting);
    settings
        .filter(|setting| setting.stacks.contains(&stack))
        .filter_map(|setting| {
            let given = table.parameters().get(setting.parameter);
            let text = match setting.filled {
                Some(filled) => filled.value(name),
                None => given?.value.clone(),
            };
            Some((setting.parameter.to_owned(), text))
        })
        .collect()
}

/// Refuses a table without what no template has a default for.
fn refuse_missing(
    catalog: &Catalog,
    table: &Table,
    source: Source<'_>,
) -> Result<(), EnvironmentError> {
    let missing: Vec<String> = catalog
        .settings()
        .filter(|(_, setting)| setting.definition.default.is_none() && setting.filled.is_none())
        .filter(|(_, setting)| !table.parameters().contains_key(setting.parameter))
        .map(|(key, _)| key.to_owned())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(EnvironmentError::Missing {
        place: source.table_place(&table.section, table.span.as_ref()),
        keys: missing,
    })
}
