//! What holds for each parameter: what is given, else the template's default.

use crate::{
    catalog::{Catalog, Own},
    document::Table,
    place::Placed,
};

/// All values of an environment.
pub(crate) struct Choices<'c> {
    catalog: &'c Catalog,
    table: &'c Table,
}

impl<'c> Choices<'c> {
    pub(crate) fn new(catalog: &'c Catalog, table: &'c Table) -> Self {
        Self { catalog, table }
    }

    /// The parameter's value.
    pub(super) fn of(&self, parameter: &str) -> &'c str {
        let given = self.table.parameters().get(parameter);
        let default = || self.catalog.setting(parameter)?.definition.default;
        given
            .map(|given| given.value.as_str())
            .or_else(default)
            .unwrap_or_default()
    }

    pub(super) fn is(&self, parameter: &str, value: &str) -> bool {
        self.of(parameter) == value
    }

    /// Whether the templates' conditions see a value at all.
    pub(super) fn has(&self, parameter: &str) -> bool {
        !self.of(parameter).is_empty()
    }

    /// The value of a parameter of kind `Number`.
    pub(super) fn number(&self, parameter: &str) -> u64 {
        self.of(parameter).parse().unwrap_or_default()
    }

    /// The region, where the recipe says it.
    pub(super) fn region(&self) -> Option<&'c str> {
        self.table
            .own(Own::Region)
            .map(|region| region.value.as_str())
    }

    /// Which of these to point at: what the environment itself says, else what all share.
    pub(super) fn blamed(
        &self,
        about: &'static [&'static str],
    ) -> Option<(&'static str, &'c Placed<String>)> {
        let given = |parameter: &&'static str| {
            let placed = self.table.parameters().get(parameter)?;
            Some((*parameter, placed))
        };
        let given: Vec<_> = about.iter().filter_map(given).collect();
        let own = |(_, placed): &&(&str, &Placed<String>)| placed.section == self.table.section;
        given.iter().find(own).or(given.first()).copied()
    }
}
