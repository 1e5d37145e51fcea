//! `[infra]` and the tables of `[env]`, as they stand in a recipe.
//!
//! Every table is read, not only the one that is asked for: a misspelling in production is better found while staging is
//! changed. All other tables of the recipe are somebody else's.

mod table;

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub(crate) use table::Table;

use crate::{
    catalog::{Catalog, Own},
    error::EnvironmentError,
    place::{Placed, Source},
    value::{environment_name, site_name, type_name},
    wording::nearest,
};

/// What all environments share.
pub(crate) const SHARED: &str = "infra";

/// Under which every environment has a table.
pub(crate) const ENVIRONMENTS: &str = "env";

/// Both kinds of tables of one recipe.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    source: Source<'t>,
    shared: Table,
    environments: BTreeMap<String, Environment>,
}

#[derive(Debug)]
struct Environment {
    /// Where its name stands.
    name_span: Range<usize>,
    table: Table,
}

impl<'t> Document<'t> {
    pub(crate) fn parse(source: Source<'t>, catalog: &Catalog) -> Result<Self, EnvironmentError> {
        let top = DeTable::parse(source.text).map_err(|error| syntax(source, &error))?;
        let mut document = Self {
            source,
            shared: Table::empty(format!("[{SHARED}]")),
            environments: BTreeMap::new(),
        };
        for (key, value) in top.get_ref() {
            match key.get_ref().as_ref() {
                SHARED => {
                    let table = as_table(source, SHARED, "the top level", value)?;
                    let section = format!("[{SHARED}]");
                    document.shared = Table::read(source, catalog, section, value.span(), table)?;
                }
                ENVIRONMENTS => {
                    let tables = as_table(source, ENVIRONMENTS, "the top level", value)?;
                    document.read_environments(catalog, tables)?;
                }
                _ => {}
            }
        }
        document.refuse_same_stacks()?;
        Ok(document)
    }

    fn read_environments(
        &mut self,
        catalog: &Catalog,
        tables: &DeTable<'_>,
    ) -> Result<(), EnvironmentError> {
        let section = format!("[{ENVIRONMENTS}]");
        for (name, value) in in_order(tables) {
            let span = name.span();
            let name = name.get_ref().as_ref();
            let place = || self.source.place(name, &section, &span);
            environment_name(name).map_err(|source| EnvironmentError::EnvironmentName {
                place: place(),
                source,
            })?;
            let table = as_table(self.source, name, &section, value)?;
            let own_section = format!("[{ENVIRONMENTS}.{name}]");
            let table = Table::read(self.source, catalog, own_section, value.span(), table)?;
            let environment = Environment {
                name_span: span,
                table,
            };
            self.environments.insert(name.to_owned(), environment);
        }
        Ok(())
    }

    /// The names of the environments, in alphabetical order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.environments.keys().cloned().collect()
    }

    /// What holds for an environment, or for the site without any: its name, and all that is set.
    pub(crate) fn choose(
        &self,
        environment: Option<&str>,
    ) -> Result<(String, Table), EnvironmentError> {
        let Some(name) = environment else {
            let name = self.shared.own(Own::Name);
            let name = name.ok_or_else(|| self.no_name(&self.shared))?;
            return Ok((name.value.clone(), self.shared.clone()));
        };
        let Some(chosen) = self.environments.get(name) else {
            let known = self.names();
            let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            return Err(EnvironmentError::UnknownEnvironment {
                file: self.source.file.to_owned(),
                name: name.to_owned(),
                known,
                nearest,
            });
        };
        let site = self.site(name, chosen);
        let site = site.ok_or_else(|| self.no_name(&chosen.table))?;
        // Together they may be too long, where each is not.
        site_name(&site.value).map_err(|error| EnvironmentError::Invalid {
            place: self.source.place_of(Own::Name.key(), &site),
            source: error,
        })?;
        let table = chosen.table.over(&self.shared, self.source)?;
        Ok((site.value, table))
    }

    /// What an environment's site is called.
    fn site(&self, name: &str, environment: &Environment) -> Option<Placed<String>> {
        let own = environment.table.own(Own::Name).cloned();
        own.or_else(|| {
            let shared = self.shared.own(Own::Name)?;
            Some(Placed {
                value: format!("{}-{name}", shared.value),
                section: environment.table.section.clone(),
                span: environment.name_span.clone(),
            })
        })
    }

    /// Stacks are the same where their names, and all that says where they are, are the same.
    fn refuse_same_stacks(&self) -> Result<(), EnvironmentError> {
        let mut seen: BTreeMap<_, &str> = BTreeMap::new();
        for (name, environment) in &self.environments {
            let Some(site) = self.site(name, environment) else {
                continue;
            };
            let own = |own| {
                let table = environment.table.own(own);
                let set = table.or_else(|| self.shared.own(own));
                set.map(|set| set.value.as_str())
            };
            let whereabouts = (own(Own::Region), own(Own::Account), own(Own::Profile));
            if let Some(first) = seen.insert((site.value.clone(), whereabouts), name) {
                return Err(EnvironmentError::SameStacks {
                    place: self.source.place_of(Own::Name.key(), &site),
                    first: first.to_owned(),
                    second: name.clone(),
                    name: site.value,
                });
            }
        }
        Ok(())
    }

    fn no_name(&self, table: &Table) -> EnvironmentError {
        EnvironmentError::NoName {
            place: self.source.table_place(&table.section, table.span.as_ref()),
        }
    }
}

type Entry<'v, 't> = (&'v Spanned<Cow<'t, str>>, &'v Spanned<DeValue<'t>>);

/// What a table holds in the order in which it is written, so that the first mistake is the first one told.
pub(super) fn in_order<'v, 't>(table: &'v DeTable<'t>) -> Vec<Entry<'v, 't>> {
    let mut entries: Vec<Entry<'v, 't>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn as_table<'v, 't>(
    source: Source<'_>,
    key: &str,
    section: &str,
    value: &'v Spanned<DeValue<'t>>,
) -> Result<&'v DeTable<'t>, EnvironmentError> {
    let wrong = || EnvironmentError::WrongType {
        place: source.place(key, section, &value.span()),
        expected: "a table".into(),
        found: type_name(value.get_ref()),
    };
    value.get_ref().as_table().ok_or_else(wrong)
}

fn syntax(source: Source<'_>, error: &toml::de::Error) -> EnvironmentError {
    let end = source.text.len();
    EnvironmentError::Syntax {
        position: source.position(&error.span().unwrap_or(end..end)),
        message: error.message().replace('\n', ", "),
    }
}
