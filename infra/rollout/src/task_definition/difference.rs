//! The difference between two task definitions, for people to read before it is rolled out.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
};

use super::{
    definition::TaskDefinition,
    flatten::{Entry, flatten},
};

/// Everything that is not the same, image first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub changes: Vec<Change>,
}

/// One value that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `None` for what belongs to the task as a whole.
    pub container: Option<String>,
    pub field: Field,
    pub before: Option<Shown>,
    pub after: Option<Shown>,
}

/// What a value is, in the order in which people ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Image,
    /// A variable of the container's environment.
    Environment(String),
    /// A variable that ECS takes from a secret; its value is where from.
    Secret(String),
    /// Anything else, by its path in the JSON.
    Other(String),
    /// A tag of the revision.
    Tag(String),
}

/// A value as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Text(String),
    /// It looks like a secret.
    Hidden,
}

/// Compares what would be registered: a revision's number or age is no difference.
pub fn difference(live: &TaskDefinition, next: &TaskDefinition) -> Difference {
    let live = flatten(&live.registrable());
    let next = flatten(&next.registrable());
    let places: BTreeSet<_> = live.keys().chain(next.keys()).collect();
    let changes = places.into_iter().filter_map(|place| {
        let (before, after) = (live.get(place), next.get(place));
        let (container, field) = place.clone();
        (before.map(Entry::text) != after.map(Entry::text)).then(|| Change {
            container,
            field,
            before: before.map(Entry::shown),
            after: after.map(Entry::shown),
        })
    });
    Difference {
        changes: changes.collect(),
    }
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// A line for each change.
impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(formatter, "{change}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.container {
            Some(container) => write!(formatter, "{container}: {}", self.field)?,
            None => write!(formatter, "task: {}", self.field)?,
        }
        match (&self.before, &self.after) {
            (Some(Shown::Hidden), Some(Shown::Hidden)) => {
                formatter.write_str(" changes (values not shown)")
            }
            (Some(before), Some(after)) => write!(formatter, " changes from {before} to {after}"),
            (None, Some(after)) => write!(formatter, " is new: {after}"),
            (Some(before), None) => write!(formatter, " goes, it was {before}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image => formatter.write_str("image"),
            Self::Environment(name) => write!(formatter, "environment `{name}`"),
            Self::Secret(name) => write!(formatter, "secret `{name}`"),
            Self::Other(path) => formatter.write_str(path),
            Self::Tag(key) => write!(formatter, "tag `{key}`"),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A line of its own in a value would look like another change.
            Self::Text(text) => {
                formatter.write_char('`')?;
                for character in text.chars() {
                    if character.is_control() {
                        write!(formatter, "{}", character.escape_default())?;
                    } else {
                        formatter.write_char(character)?;
                    }
                }
                formatter.write_char('`')
            }
            Self::Hidden => formatter.write_str("a value that is not shown"),
        }
    }
}
