//! A template's conditions in words: which choices make them hold.

use std::fmt;

use serde_json::Value;

use crate::{Kind, Template};

/// What has to be chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    Is(Choice),
    /// All of them; none means always.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// A condition that is made of what no other is: it is shown as it stands.
    Other {
        json: String,
        holds: bool,
    },
}

/// A parameter that has a value, or any other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Choice {
    pub(super) parameter: String,
    pub(super) value: String,
    pub(super) holds: bool,
}

impl Condition {
    pub(super) fn always() -> Self {
        Self::All(Vec::new())
    }

    /// The condition that a template has under this name, or always.
    pub(super) fn named(template: &Template, name: Option<&str>) -> Self {
        let Some(name) = name else {
            return Self::always();
        };
        match template.conditions.get(name) {
            Some(definition) => Self::read(template, definition),
            None => Self::Other {
                json: name.to_owned(),
                holds: true,
            },
        }
    }

    fn read(template: &Template, definition: &Value) -> Self {
        let other = || Self::Other {
            json: crate::json::compact(definition),
            holds: true,
        };
        let function = definition.as_object().and_then(|one| one.iter().next());
        let Some((function, argument)) = function else {
            return other();
        };
        let parts = || {
            let parts = argument.as_array().into_iter().flatten();
            parts.map(|part| Self::read(template, part))
        };
        match function.as_str() {
            "Condition" => Self::named(template, argument.as_str()),
            "Fn::And" => Self::all(parts()),
            "Fn::Or" => Self::any(parts()),
            "Fn::Not" => Self::all(parts()).opposite(template),
            "Fn::Equals" => match (parameter_in(&argument[0]), argument[1].as_str()) {
                (Some(parameter), Some(value)) => Self::Is(Choice {
                    parameter: parameter.to_owned(),
                    value: value.to_owned(),
                    holds: true,
                }),
                (_, None) | (None, Some(_)) => other(),
            },
            _ => other(),
        }
    }

    /// One that holds where each of these does.
    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let flat = conditions
            .into_iter()
            .flat_map(|condition| match condition {
                Self::All(inner) => inner,
                Self::Is(_) | Self::Any(_) | Self::Other { .. } => vec![condition],
            });
        single(flat.collect()).unwrap_or_else(Self::All)
    }

    /// One that holds where at least one of these does.
    fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let flat = conditions
            .into_iter()
            .flat_map(|condition| match condition {
                Self::Any(inner) => inner,
                Self::Is(_) | Self::All(_) | Self::Other { .. } => vec![condition],
            });
        single(flat.collect()).unwrap_or_else(Self::Any)
    }

    /// One that holds where this does not.
    pub(super) fn opposite(self, template: &Template) -> Self {
        let each = |conditions: Vec<Self>| -> Vec<Self> {
            let opposites = conditions.into_iter().map(|one| one.opposite(template));
            opposites.collect()
        };
        match self {
            Self::Is(choice) => Self::Is(choice.opposite(template)),
            Self::All(conditions) => Self::any(each(conditions)),
            Self::Any(conditions) => Self::all(each(conditions)),
            Self::Other { json, holds } => Self::Other {
                json,
                holds: !holds,
            },
        }
    }
}

impl Choice {
    /// Of two allowed values the other one is named.
    fn opposite(self, template: &Template) -> Self {
        let parameter = template.parameters.get(self.parameter.as_str());
        let other = parameter.and_then(|parameter| match parameter.kind {
            Kind::OneOf([one, other]) if *one == self.value => Some(*other),
            Kind::OneOf([other, one]) if *one == self.value => Some(*other),
            Kind::OneOf(_)
            | Kind::Text
            | Kind::Matching { .. }
            | Kind::Number(..)
            | Kind::List
            | Kind::Stored => None,
        });
        match other {
            Some(other) => Self {
                value: other.to_owned(),
                ..self
            },
            None => Self {
                holds: !self.holds,
                ..self
            },
        }
    }
}

/// The only one of them, or all again.
fn single(mut conditions: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => Ok(only),
        last => {
            conditions.extend(last);
            Err(conditions)
        }
    }
}

/// The parameter that a value is made of: itself, or its parts joined.
fn parameter_in(value: &Value) -> Option<&str> {
    let (function, argument) = value.as_object()?.iter().next()?;
    match function.as_str() {
        "Ref" => argument.as_str(),
        "Fn::Join" => parameter_in(&argument[1]),
        _ => None,
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(choice) => write!(formatter, "{choice}"),
            Self::All(conditions) => {
                if conditions.is_empty() {
                    return formatter.write_str("always");
                }
                for (index, condition) in conditions.iter().enumerate() {
                    let before = if index > 0 { " and " } else { "" };
                    match condition {
                        Self::Any(_) => write!(formatter, "{before}({condition})")?,
                        Self::Is(_) | Self::All(_) | Self::Other { .. } => {
                            write!(formatter, "{before}{condition}")?;
                        }
                    }
                }
                Ok(())
            }
            Self::Any(conditions) => {
                for (index, condition) in conditions.iter().enumerate() {
                    let before = if index > 0 { " or " } else { "" };
                    write!(formatter, "{before}{condition}")?;
                }
                Ok(())
            }
            Self::Other { json, holds: true } => write!(formatter, "`{json}`"),
            Self::Other { json, holds: false } => write!(formatter, "not `{json}`"),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameter,
            value,
            holds,
        } = self;
        match (value.as_str(), holds) {
            ("", true) => write!(formatter, "`{parameter}` is empty"),
            ("", false) => write!(formatter, "`{parameter}` is given"),
            (_, true) => write!(formatter, "`{parameter}` is `{value}`"),
            (_, false) => write!(formatter, "`{parameter}` is not `{value}`"),
        }
    }
}
