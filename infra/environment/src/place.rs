//! Where something stands in a recipe.

use std::{fmt, ops::Range};

/// A place in a text, written as compilers do: `wpimg.toml:7:1`. Lines and columns (in characters) are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// A key, its table, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub key: String,
    /// As it is written in the file: `[infra]`, `[env.staging]`.
    pub section: String,
    pub position: Position,
}

/// A table, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TablePlace {
    There {
        section: String,
        position: Position,
    },
    /// The file has none.
    Absent {
        section: String,
        file: String,
    },
}

/// A recipe's text and its name for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t> {
    pub(crate) file: &'t str,
    pub(crate) text: &'t str,
}

/// A value, and from which bytes of which table it is.
#[derive(Clone, Debug)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) section: String,
    pub(crate) span: Range<usize>,
}

impl Source<'_> {
    pub(crate) fn position(self, span: &Range<usize>) -> Position {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    pub(crate) fn place(self, key: &str, section: &str, span: &Range<usize>) -> Place {
        Place {
            key: key.to_owned(),
            section: section.to_owned(),
            position: self.position(span),
        }
    }

    /// Where a table begins, if there is one.
    pub(crate) fn table_place(self, section: &str, span: Option<&Range<usize>>) -> TablePlace {
        let section = section.to_owned();
        match span {
            Some(span) => TablePlace::There {
                section,
                position: self.position(span),
            },
            None => TablePlace::Absent {
                section,
                file: self.file.to_owned(),
            },
        }
    }

    /// Where the value of this key stands.
    pub(crate) fn place_of<T>(self, key: &str, placed: &Placed<T>) -> Place {
        self.place(key, &placed.section, &placed.span)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl fmt::Display for TablePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::There { section, position } => write!(formatter, "{section} at {position}"),
            Self::Absent { section, file } => write!(formatter, "`{file}` without {section}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            section,
            position,
        } = self;
        write!(formatter, "`{key}` in {section} at {position}")
    }
}
