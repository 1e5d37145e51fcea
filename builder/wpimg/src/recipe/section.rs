//! One table of a recipe, read key by key.
//!
//! Reading by hand instead of by derive gives every error its line and column, and collects the
//! keys that were asked for, which is what an unknown key is compared with.

use std::{collections::BTreeMap, ops::Range, str::FromStr};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Position, RecipeError, ValueError};

/// A similarity below this is a different word, not a misspelling.
const NEAR: f64 = 0.7;

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
    /// As messages show it: `[php]`, `the top level`.
    title: String,
    span: Range<usize>,
    entries: Vec<Entry<'t>>,
    asked: Vec<&'static str>,
}

struct Entry<'t> {
    key: String,
    key_span: Range<usize>,
    value: Spanned<DeValue<'t>>,
}

impl<'t> Section<'t> {
    pub(super) fn new(
        source: Source<'t>,
        title: impl Into<String>,
        table: Spanned<DeTable<'t>>,
    ) -> Self {
        let span = table.span();
        let entry = |(key, value): (Spanned<_>, _)| {
            let key_span = key.span();
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            Entry {
                key: key.into_owned(),
                key_span,
                value,
            }
        };
        let entries = table.into_inner().into_iter().map(entry).collect();
        Self {
            source,
            title: title.into(),
            span,
            entries,
            asked: Vec::new(),
        }
    }

    /// Where the table stands.
    pub(super) fn position(&self) -> Position {
        self.source.position(&self.span)
    }

    pub(super) fn title(&self) -> &str {
        &self.title
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
    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Self>, RecipeError> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        self.nested(key, format!("[{key}]"), value).map(Some)
    }

    /// A list of tables, such as `[[files]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Result<Option<Vec<Self>>, RecipeError> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        if !value.get_ref().is_array() {
            return Err(self.wrong_type(key, "a list of tables", &value));
        }
        let DeValue::Array(items) = value.into_inner() else {
            return Ok(None);
        };
        let nested = |item| self.nested(key, format!("[[{key}]]"), item);
        items
            .into_iter()
            .map(nested)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Refuses whatever was not asked for.
    pub(super) fn finish(self) -> Result<(), RecipeError> {
        let Some(entry) = self.entries.iter().min_by_key(|entry| entry.key_span.start) else {
            return Ok(());
        };
        let similarity = |known: &str| strsim::jaro_winkler(known, &entry.key);
        let nearest = self
            .asked
            .iter()
            .copied()
            .max_by(|one, other| similarity(one).total_cmp(&similarity(other)))
            .filter(|known| similarity(known) >= NEAR);
        Err(RecipeError::UnknownKey {
            key: entry.key.clone(),
            section: self.title,
            position: self.source.position(&entry.key_span),
            nearest: nearest.map(str::to_owned),
        })
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.asked.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.swap_remove(index).value)
    }

    fn nested(
        &self,
        key: &str,
        title: String,
        value: Spanned<DeValue<'t>>,
    ) -> Result<Self, RecipeError> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Ok(Self::new(self.source, title, Spanned::new(span, table))),
            other => Err(self.wrong_type(key, "a table", &Spanned::new(span, other))),
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
            section: self.title.clone(),
            position: self.source.position(&value.span()),
            expected,
            found: type_name(value.get_ref()),
        }
    }

    fn invalid(&self, key: &str, span: &Range<usize>, source: ValueError) -> RecipeError {
        RecipeError::Invalid {
            key: key.to_owned(),
            section: self.title.clone(),
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
