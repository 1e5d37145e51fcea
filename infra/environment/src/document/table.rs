//! One table of settings: `[infra]`, or that of an environment.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::in_order;
use crate::{
    catalog::{Catalog, Meaning, Own},
    error::EnvironmentError,
    place::{Placed, Source},
    value::{Refusal, own_value, tag, type_name},
    wording::nearest,
};

/// What a table sets, each value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// As it is written in the file.
    pub(crate) section: String,
    /// Where it stands, if it does.
    pub(crate) span: Option<Range<usize>>,
    own: Vec<(Own, Placed<String>)>,
    tags: BTreeMap<String, Placed<String>>,
    parameters: BTreeMap<&'static str, Placed<String>>,
}

impl Table {
    pub(crate) fn empty(section: String) -> Self {
        Self {
            section,
            span: None,
            own: Vec::new(),
            tags: BTreeMap::new(),
            parameters: BTreeMap::new(),
        }
    }

    pub(crate) fn read(
        source: Source<'_>,
        catalog: &Catalog,
        section: String,
        span: Range<usize>,
        toml: &DeTable<'_>,
    ) -> Result<Self, EnvironmentError> {
        let mut table = Self {
            span: Some(span),
            ..Self::empty(section)
        };
        for (key, value) in in_order(toml) {
            table.read_entry(source, catalog, key, value)?;
        }
        Ok(table)
    }

    fn read_entry(
        &mut self,
        source: Source<'_>,
        catalog: &Catalog,
        spanned_key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), EnvironmentError> {
        let key = spanned_key.get_ref().as_ref();
        let place = |span: Range<usize>| source.place(key, &self.section, &span);
        let refused = |refusal| match refusal {
            Refusal::Type {
                expected,
                found,
                span,
            } => EnvironmentError::WrongType {
                place: place(span),
                expected,
                found,
            },
            Refusal::Value { error, span } => EnvironmentError::Invalid {
                place: place(span),
                source: error,
            },
        };
        let placed = |text| Placed {
            value: text,
            section: self.section.clone(),
            span: value.span(),
        };
        match catalog.meaning(key) {
            None => Err(EnvironmentError::UnknownKey {
                place: place(spanned_key.span()),
                nearest: nearest(key, catalog.keys()).map(str::to_owned),
            }),
            Some(Meaning::Own(Own::Tags)) => self.read_tags(source, value),
            Some(Meaning::Own(own)) => {
                let text = placed(own_value(own, value).map_err(refused)?);
                self.own.push((own, text));
                Ok(())
            }
            Some(Meaning::Parameter(setting)) => {
                if let Some(filled) = setting.filled {
                    return Err(EnvironmentError::Filled {
                        place: place(spanned_key.span()),
                        reason: filled.reason(),
                    });
                }
                let text = setting.shape().text(value).map_err(refused)?;
                let text = placed(text);
                self.parameters.insert(setting.parameter, text);
                Ok(())
            }
        }
    }

    fn read_tags(
        &mut self,
        source: Source<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), EnvironmentError> {
        let wrong = |key: &str, expected: &'static str, value: &Spanned<DeValue<'_>>| {
            EnvironmentError::WrongType {
                place: source.place(key, &self.section, &value.span()),
                expected: expected.into(),
                found: type_name(value.get_ref()),
            }
        };
        let key = Own::Tags.key();
        let Some(entries) = value.get_ref().as_table() else {
            return Err(wrong(key, "a table of texts", value));
        };
        let mut tags = BTreeMap::new();
        for (name, value) in in_order(entries) {
            let name = name.get_ref().as_ref();
            let Some(text) = value.get_ref().as_str() else {
                return Err(wrong(&format!("{key}.{name}"), "a text", value));
            };
            let placed = Placed {
                value: text.to_owned(),
                section: self.section.clone(),
                span: value.span(),
            };
            tags.insert(name.to_owned(), placed);
        }
        self.tags = checked(tags, source)?;
        Ok(())
    }

    /// This table's values, and those of the other that it does not have itself. Tags are put together by name.
    pub(crate) fn over(&self, other: &Self, source: Source<'_>) -> Result<Self, EnvironmentError> {
        let mut both = self.clone();
        for (own, placed) in &other.own {
            if both.own(*own).is_none() {
                both.own.push((*own, placed.clone()));
            }
        }
        for (parameter, placed) in &other.parameters {
            both.parameters
                .entry(parameter)
                .or_insert_with(|| placed.clone());
        }
        for (name, placed) in &other.tags {
            both.tags
                .entry(name.clone())
                .or_insert_with(|| placed.clone());
        }
        both.tags = checked(both.tags, source)?;
        Ok(both)
    }

    pub(crate) fn own(&self, own: Own) -> Option<&Placed<String>> {
        let mut texts = self.own.iter();
        texts.find_map(|(other, text)| (*other == own).then_some(text))
    }

    pub(crate) fn parameters(&self) -> &BTreeMap<&'static str, Placed<String>> {
        &self.parameters
    }

    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.tags.iter();
        tags.map(|(name, placed)| (name.clone(), placed.value.clone()))
            .collect()
    }
}

/// The tags, if AWS takes them together.
fn checked(
    tags: BTreeMap<String, Placed<String>>,
    source: Source<'_>,
) -> Result<BTreeMap<String, Placed<String>>, EnvironmentError> {
    let mut taken = BTreeMap::new();
    for (name, placed) in &tags {
        tag(&mut taken, name, &placed.value).map_err(|error| EnvironmentError::Invalid {
            place: source.place_of(Own::Tags.key(), placed),
            source: error,
        })?;
    }
    Ok(tags)
}
