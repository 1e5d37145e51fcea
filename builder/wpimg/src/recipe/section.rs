//! One table of a recipe, read key by key.
//!
//! Reading by hand instead of by derive gives every error its line and column. An unknown key is
//! compared with those that `keys` lists for the table.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    str::FromStr,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Position, RecipeError, ValueError,
    error::{Place, Placed},
    keys::{Choice, Table},
};

/// A similarity below this is a different word, not a misspelling.
const NEAR: f64 = 0.7;

/// Entries of one list or table: far above any real recipe, low enough that reading each with its
/// place, which counts lines from the top, ends soon.
const MOST_ENTRIES: usize = 1000;

/// A recipe's text and its name for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
}

impl Source<'_> {
    pub(super) fn position(&self, span: &Range<usize>) -> Position {
        Position::at(self.name, self.text, span.start)
    }
}

/// The keys of one table that have not been taken yet.
pub(super) struct Section<'t> {
    source: Source<'t>,
    table: &'static Table,
    span: Range<usize>,
    entries: Vec<Entry<'t>>,
    asked: Vec<&'static str>,
}

/// What stands under a name of one's own.
pub(super) enum Named<'t> {
    Text(Placed<String>),
    Table(Section<'t>),
}

struct Entry<'t> {
    key: String,
    key_span: Range<usize>,
    value: Spanned<DeValue<'t>>,
}

impl<'t> Section<'t> {
    pub(super) fn new(
        source: Source<'t>,
        table: &'static Table,
        toml: Spanned<DeTable<'t>>,
    ) -> Self {
        let span = toml.span();
        let entry = |(key, value): (Spanned<_>, _)| {
            let key_span = key.span();
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            Entry {
                key: key.into_owned(),
                key_span,
                value,
            }
        };
        let entries = toml.into_inner().into_iter().map(entry).collect();
        Self {
            source,
            table,
            span,
            entries,
            asked: Vec::new(),
        }
    }

    /// Where the table stands, for errors about the whole of it.
    pub(super) fn place(&self) -> Place {
        Place {
            section: self.table.title,
            position: self.source.position(&self.span),
        }
    }

    /// Refuses two of the keys that exclude each other, and the lack of one that is needed.
    pub(super) fn choose(&self) -> Result<(), RecipeError> {
        let keys = self.table.exclusive;
        let given = |entry: &&Entry<'_>| keys.contains(&entry.key.as_str());
        let mut given: Vec<_> = self.entries.iter().filter(given).collect();
        given.sort_by_key(|entry| entry.key_span.start);
        match given.as_slice() {
            [first, second, ..] => Err(RecipeError::TwoSources {
                first: first.key.clone(),
                second: second.key.clone(),
                section: self.table.title,
                position: self.source.position(&second.key_span),
                keys,
            }),
            // A key that is not known is why one is missing; `finish` will name it.
            [] if self.table.choice == Choice::Needed && !self.has_unknown() => {
                Err(RecipeError::NoSource {
                    place: self.place(),
                    keys,
                })
            }
            _ => Ok(()),
        }
    }

    /// A value that is one string, with its place.
    pub(super) fn placed<T>(&mut self, key: &'static str) -> Result<Option<Placed<T>>, RecipeError>
    where
        T: FromStr,
        T::Err: Into<ValueError>,
    {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let position = self.source.position(&value.span());
        let value = self.parse(key, &value)?;
        Ok(Some(Placed { value, position }))
    }

    /// A value that is one string.
    pub(super) fn value<T>(&mut self, key: &'static str) -> Result<Option<T>, RecipeError>
    where
        T: FromStr,
        T::Err: Into<ValueError>,
    {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        self.parse(key, &value).map(Some)
    }

    /// A list of strings.
    pub(super) fn values<T>(&mut self, key: &'static str) -> Result<Option<Vec<T>>, RecipeError>
    where
        T: FromStr,
        T::Err: Into<ValueError>,
    {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.wrong_type(key, "a list of strings", &value));
        };
        items
            .iter()
            .map(|item| self.parse(key, item))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// A table of strings; numbers and truth values are taken as PHP and the shell write them.
    pub(super) fn map(
        &mut self,
        key: &'static str,
    ) -> Result<Option<BTreeMap<String, String>>, RecipeError> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(key, "a table of strings", &value));
        };
        let mut map = BTreeMap::new();
        for (name, value) in table {
            let name: &str = name.get_ref();
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.to_string(),
                DeValue::Float(number) => number.to_string(),
                DeValue::Boolean(true) => "1".to_owned(),
                DeValue::Boolean(false) => "0".to_owned(),
                DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                    return Err(self.wrong_type(name, "a string", value));
                }
            };
            if name.is_empty() || name.contains(['=', '\0', '\n']) || text.contains(['\0', '\n']) {
                let source = ValueError::Entry {
                    name: name.to_owned(),
                };
                return Err(self.invalid(key, &value.span(), source));
            }
            map.insert(name.to_owned(), text);
        }
        Ok(Some(map))
    }

    /// A table, such as `[php]`.
    pub(super) fn table(&mut self, table: &'static Table) -> Result<Option<Self>, RecipeError> {
        let Some(value) = self.take(table.key) else {
            return Ok(None);
        };
        self.nested(table, value).map(Some)
    }

    /// Names of one's own, each with a string or a table.
    pub(super) fn entries(
        &mut self,
        table: &'static Table,
    ) -> Result<Vec<(Placed<String>, Named<'t>)>, RecipeError> {
        let Some(value) = self.take(table.key) else {
            return Ok(Vec::new());
        };
        let Some(entries) = value.get_ref().as_table() else {
            return Err(self.wrong_type(table.key, "a table", &value));
        };
        self.bound(table, entries.len(), &value)?;
        let DeValue::Table(entries) = value.into_inner() else {
            return Ok(Vec::new());
        };
        let entry = |(key, value): (Spanned<std::borrow::Cow<'t, str>>, Spanned<DeValue<'t>>)| {
            let name = Placed {
                position: self.source.position(&key.span()),
                value: key.into_inner().into_owned(),
            };
            let span = value.span();
            let named = match value.into_inner() {
                DeValue::String(text) => Named::Text(Placed {
                    value: text.into_owned(),
                    position: self.source.position(&span),
                }),
                DeValue::Table(toml) => {
                    Named::Table(Self::new(self.source, table, Spanned::new(span, toml)))
                }
                other => {
                    let value = Spanned::new(span, other);
                    return Err(RecipeError::WrongType {
                        key: name.value,
                        section: table.title,
                        position: self.source.position(&value.span()),
                        expected: "a string or a table",
                        found: type_name(value.get_ref()),
                    });
                }
            };
            Ok((name, named))
        };
        entries.into_iter().map(entry).collect()
    }

    /// A list of tables, such as `[[files]]`.
    pub(super) fn tables(
        &mut self,
        table: &'static Table,
    ) -> Result<Option<Vec<Self>>, RecipeError> {
        let Some(value) = self.take(table.key) else {
            return Ok(None);
        };
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.wrong_type(table.key, "a list of tables", &value));
        };
        self.bound(table, items.len(), &value)?;
        let DeValue::Array(items) = value.into_inner() else {
            return Ok(None);
        };
        let nested = |item| self.nested(table, item);
        items
            .into_iter()
            .map(nested)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Refuses whatever was not asked for.
    pub(super) fn finish(self) -> Result<(), RecipeError> {
        debug_assert!(
            self.table
                .keys
                .iter()
                .map(|key| key.name)
                .collect::<BTreeSet<_>>()
                == self.asked.iter().copied().collect(),
            "the parser and the list of keys differ in {}: {:?}",
            self.table.title,
            self.asked
        );
        let Some(entry) = self.entries.iter().min_by_key(|entry| entry.key_span.start) else {
            return Ok(());
        };
        let similarity = |known: &str| strsim::jaro_winkler(known, &entry.key);
        let nearest = self
            .table
            .keys
            .iter()
            .map(|key| key.name)
            .max_by(|one, other| similarity(one).total_cmp(&similarity(other)))
            .filter(|known| similarity(known) >= NEAR);
        Err(RecipeError::UnknownKey {
            key: entry.key.clone(),
            section: self.table.title,
            position: self.source.position(&entry.key_span),
            nearest: nearest.map(str::to_owned),
        })
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.asked.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.swap_remove(index).value)
    }

    fn bound(
        &self,
        table: &Table,
        entries: usize,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), RecipeError> {
        if entries <= MOST_ENTRIES {
            return Ok(());
        }
        Err(RecipeError::TooMany {
            key: table.key,
            section: self.table.title,
            position: self.source.position(&value.span()),
            limit: MOST_ENTRIES,
        })
    }

    fn has_unknown(&self) -> bool {
        let known = |entry: &Entry<'_>| self.table.keys.iter().any(|key| key.name == entry.key);
        !self.entries.iter().all(known)
    }

    fn nested(
        &self,
        table: &'static Table,
        value: Spanned<DeValue<'t>>,
    ) -> Result<Self, RecipeError> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(toml) => Ok(Self::new(self.source, table, Spanned::new(span, toml))),
            other => Err(self.wrong_type(table.key, "a table", &Spanned::new(span, other))),
        }
    }

    fn parse<T>(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<T, RecipeError>
    where
        T: FromStr,
        T::Err: Into<ValueError>,
    {
        let Some(text) = value.get_ref().as_str() else {
            return Err(self.wrong_type(key, "a string", value));
        };
        text.parse()
            .map_err(|error: T::Err| self.invalid(key, &value.span(), error.into()))
    }

    fn wrong_type(
        &self,
        key: &str,
        expected: &'static str,
        value: &Spanned<DeValue<'_>>,
    ) -> RecipeError {
        RecipeError::WrongType {
            key: key.to_owned(),
            section: self.table.title,
            position: self.source.position(&value.span()),
            expected,
            found: type_name(value.get_ref()),
        }
    }

    fn invalid(&self, key: &str, span: &Range<usize>, source: ValueError) -> RecipeError {
        RecipeError::Invalid {
            key: key.to_owned(),
            section: self.table.title,
            position: self.source.position(span),
            source,
        }
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
