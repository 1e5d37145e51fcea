//! One table of services.toml, read key by key.
//!
//! By hand instead of by derive, so that every error has its line and an unknown key its nearest right one.

use std::ops::Range;
use std::time::Duration;

use nix::sys::signal::Signal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file_error::{FileError, Place, Problem};

/// The distance up to which one key is taken for another one misspelt.
const NEAR: f64 = 0.75;

/// The text of the file and its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
}

impl Source<'_> {
    pub(super) fn error(self, span: &Range<usize>, problem: Problem) -> FileError {
        let before = self.text.get(..span.start).unwrap_or_default();
        FileError::Wrong {
            place: Place {
                file: self.name.to_owned(),
                line: before.matches('\n').count() + 1,
            },
            problem,
        }
    }
}

/// The keys of one table that have not been taken yet.
pub(super) struct Section<'t> {
    source: Source<'t>,
    span: Range<usize>,
    table: DeTable<'t>,
    asked: Vec<&'static str>,
}

/// A value, with what is needed to complain about it.
pub(super) struct Value<'t> {
    source: Source<'t>,
    key: &'static str,
    span: Range<usize>,
    content: DeValue<'t>,
}

impl<'t> Section<'t> {
    pub(super) fn new(source: Source<'t>, table: Spanned<DeTable<'t>>) -> Self {
        Self {
            source,
            span: table.span(),
            table: table.into_inner(),
            asked: Vec::new(),
        }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// An error about the whole table.
    pub(super) fn error(&self, problem: Problem) -> FileError {
        self.source.error(&self.span, problem)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Value<'t>> {
        self.asked.push(key);
        let (_, value) = self.table.remove_entry(key)?;
        Some(Value {
            source: self.source,
            key,
            span: value.span(),
            content: value.into_inner(),
        })
    }

    pub(super) fn required(&mut self, key: &'static str) -> Result<Value<'t>, FileError> {
        match self.take(key) {
            Some(value) => Ok(value),
            None => Err(self.error(Problem::Missing { key })),
        }
    }

    /// Every key that has not been taken, as text.
    pub(super) fn rest(&self) -> Vec<String> {
        let keys = self.table.iter().map(|(key, _)| key.get_ref());
        keys.map(ToString::to_string).collect()
    }

    /// The values under names of somebody else's choice.
    pub(super) fn texts(self) -> Result<Vec<(String, String)>, FileError> {
        let Self { source, table, .. } = self;
        let text = |(key, value): (Spanned<_>, Spanned<DeValue<'t>>)| {
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            let value = Value {
                source,
                key: "environment",
                span: value.span(),
                content: value.into_inner(),
            };
            Ok((key.into_owned(), value.text()?))
        };
        table.into_iter().map(text).collect()
    }

    /// Refuses what nobody has asked for. Of several unknown keys the first in the alphabet is named.
    pub(super) fn finish(self) -> Result<(), FileError> {
        self.check()
    }

    /// The same while the section is still needed, for an error that is better told first.
    pub(super) fn check(&self) -> Result<(), FileError> {
        let Some((key, _)) = self.table.iter().next() else {
            return Ok(());
        };
        let similar = |known: &&'static str| strsim::jaro_winkler(known, key.get_ref());
        let near = self
            .asked
            .iter()
            .copied()
            .filter(|known| similar(known) >= NEAR);
        let nearest = near.max_by(|a, b| similar(a).total_cmp(&similar(b)));
        let problem = Problem::UnknownKey {
            key: key.get_ref().to_string(),
            nearest,
        };
        Err(self.source.error(&key.span(), problem))
    }
}

impl<'t> Value<'t> {
    pub(super) fn error(&self, problem: Problem) -> FileError {
        self.source.error(&self.span, problem)
    }

    pub(super) fn expected(&self, expected: &'static str) -> FileError {
        let key = self.key;
        self.error(Problem::Invalid { key, expected })
    }

    pub(super) fn text(self) -> Result<String, FileError> {
        match self.content {
            DeValue::String(text) => Ok(text.into_owned()),
            _ => Err(self.expected("a text in quotes")),
        }
    }

    /// A text of which `is_right` holds.
    pub(super) fn checked(
        self,
        is_right: impl Fn(&str) -> bool,
        expected: &'static str,
    ) -> Result<String, FileError> {
        match self.content {
            DeValue::String(text) if is_right(&text) => Ok(text.into_owned()),
            _ => Err(self.expected(expected)),
        }
    }

    pub(super) fn boolean(self) -> Result<bool, FileError> {
        match self.content {
            DeValue::Boolean(value) => Ok(value),
            _ => Err(self.expected("`true` or `false`")),
        }
    }

    pub(super) fn number(
        self,
        smallest: u64,
        largest: u64,
        expected: &'static str,
    ) -> Result<u64, FileError> {
        let number = match &self.content {
            DeValue::Integer(integer) => {
                u64::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
            _ => None,
        };
        match number {
            Some(number) if (smallest..=largest).contains(&number) => Ok(number),
            Some(_) | None => Err(self.expected(expected)),
        }
    }

    pub(super) fn port(self) -> Result<u16, FileError> {
        let number = self.number(1, u16::MAX.into(), "a port from 1 to 65535")?;
        Ok(u16::try_from(number).unwrap_or(u16::MAX))
    }

    /// `"100ms"`, `"30s"` or `"5m"`, up to a day.
    pub(super) fn duration(self) -> Result<Duration, FileError> {
        let parsed = match &self.content {
            DeValue::String(text) => duration(text),
            _ => None,
        };
        parsed.ok_or_else(|| {
            self.expected("a time such as \"100ms\", \"30s\" or \"5m\", up to a day")
        })
    }

    pub(super) fn signal(self) -> Result<Signal, FileError> {
        let parsed = match &self.content {
            DeValue::String(text) => {
                let name = text.strip_prefix("SIG").unwrap_or(text);
                format!("SIG{name}").parse().ok()
            }
            _ => None,
        };
        match parsed {
            // Nobody can act on these, so they stop nothing in order.
            Some(Signal::SIGKILL | Signal::SIGSTOP) | None => {
                Err(self.expected("the name of a signal that can be caught, such as \"TERM\""))
            }
            Some(signal) => Ok(signal),
        }
    }

    /// A list of texts without NUL, which neither arguments nor names can hold.
    pub(super) fn list(self) -> Result<Vec<String>, FileError> {
        let expected = self.expected("a list of texts");
        let DeValue::Array(array) = self.content else {
            return Err(expected);
        };
        let texts = array.into_iter().map(|value| match value.into_inner() {
            DeValue::String(text) if !text.contains('\0') => Some(text.into_owned()),
            _ => None,
        });
        texts.collect::<Option<_>>().ok_or(expected)
    }

    pub(super) fn section(self) -> Result<Section<'t>, FileError> {
        let Self {
            source,
            span,
            content,
            key,
        } = self;
        match content {
            DeValue::Table(table) => Ok(Section::new(source, Spanned::new(span, table))),
            _ => {
                let expected = "a table, `{ … }`";
                Err(source.error(&span, Problem::Invalid { key, expected }))
            }
        }
    }

    /// The tables of `[[…]]`.
    pub(super) fn sections(self) -> Result<Vec<Section<'t>>, FileError> {
        let Self {
            source,
            span,
            content,
            key,
        } = self;
        let wrong = |span: &Range<usize>| {
            let expected = "tables, each under a line of its own with `[[service]]`";
            source.error(span, Problem::Invalid { key, expected })
        };
        let DeValue::Array(array) = content else {
            return Err(wrong(&span));
        };
        let section = |value: Spanned<DeValue<'t>>| {
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => Ok(Section::new(source, Spanned::new(span, table))),
                _ => Err(wrong(&span)),
            }
        };
        array.into_iter().map(section).collect()
    }
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let number: u64 = number.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        _ => return None,
    };
    (duration <= Duration::from_hours(24)).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_and_an_end() {
        assert_eq!(duration("100ms"), Some(Duration::from_millis(100)));
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("5m"), Some(Duration::from_mins(5)));
        for wrong in [
            "",
            "5",
            "s",
            "-1s",
            "1d",
            "25h",
            "1.5s",
            "99999999999999999999s",
            "307445734561825861m",
        ] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
