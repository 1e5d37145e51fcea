//! How a parameter's value is written in TOML.

use toml::{
    Spanned,
    de::{DeArray, DeInteger, DeValue},
};
use wpimg_template::{Kind, Parameter};

use super::{Refusal, ValueError, format, pattern};
use crate::wording::{nearest, one_of};

/// Bytes that a parameter's value may have (CloudFormation user guide, "Understand CloudFormation quotas").
const LONGEST: usize = 4096;

/// Parameters of kind `Matching` that are lists in one text, since CloudFormation has no patterns for lists.
pub(crate) const LISTS_IN_A_TEXT: [&str; 1] = ["TrustedProxies"];

/// How a value is written. There is one way for each parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text {
        parameter: &'static str,
        pattern: Option<(&'static str, &'static str)>,
        may_be_empty: bool,
    },
    /// A text of a pattern that numbers fit too, such as `auto` or 2.
    TextOrNumber {
        pattern: &'static str,
        explanation: &'static str,
    },
    Word(&'static [&'static str]),
    /// One of these, which are numbers all.
    Number(&'static [&'static str]),
    Truth,
    Range {
        least: u32,
        most: u32,
    },
    List {
        parameter: &'static str,
        /// Of the whole text.
        pattern: Option<&'static str>,
    },
}

impl Shape {
    pub(crate) fn of(parameter: &'static str, definition: &Parameter) -> Self {
        let text = |pattern| Self::Text {
            parameter,
            pattern,
            may_be_empty: definition.default == Some(""),
        };
        match definition.kind {
            Kind::Text | Kind::Stored => text(None),
            Kind::Matching { pattern, .. } if LISTS_IN_A_TEXT.contains(&parameter) => Self::List {
                parameter,
                pattern: Some(pattern),
            },
            Kind::Matching {
                pattern,
                explanation,
            } if pattern::matches(pattern, "1") => Self::TextOrNumber {
                pattern,
                explanation,
            },
            Kind::Matching {
                pattern,
                explanation,
            } => text(Some((pattern, explanation))),
            Kind::OneOf(words) if is_truth(words) => Self::Truth,
            Kind::OneOf(words) if words.iter().all(|word| word.parse::<u32>().is_ok()) => {
                Self::Number(words)
            }
            Kind::OneOf(words) => Self::Word(words),
            Kind::Number(least, most) => Self::Range { least, most },
            Kind::List => Self::List {
                parameter,
                pattern: None,
            },
        }
    }

    /// What a value has to be, for messages and documents.
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Text { pattern: None, .. } => "a text".to_owned(),
            Self::Text {
                pattern: Some((_, explanation)),
                ..
            }
            | Self::TextOrNumber { explanation, .. } => (*explanation).to_owned(),
            Self::Word(words) => one_of(words),
            Self::Number(numbers) => one_of(numbers),
            Self::Truth => "true or false".to_owned(),
            Self::Range { least, most } => format!("a whole number from {least} to {most}"),
            Self::List { parameter, .. } => format!("a list of {}", format::entries(parameter)),
        }
    }

    /// The parameter's text.
    pub(crate) fn text(&self, value: &Spanned<DeValue<'_>>) -> Result<String, Refusal> {
        let refused = |error| Refusal::of_value(value, error);
        let text = match (self, value.get_ref()) {
            (Self::List { parameter, .. }, DeValue::Array(entries)) => joined(parameter, entries)?,
            (Self::List { .. }, _) => return Err(self.wrong_type(value)),
            (_, single) => self.written(single).ok_or_else(|| self.wrong_type(value))?,
        };
        plain(&text).map_err(refused)?;
        if text.len() > LONGEST {
            return Err(refused(ValueError::TooLong {
                length: text.len(),
                limit: LONGEST,
            }));
        }
        self.check(&text).map_err(refused)?;
        Ok(text)
    }

    /// The text that a value of the right type stands for. Lists are not among them.
    fn written(&self, value: &DeValue<'_>) -> Option<String> {
        match (self, value) {
            (
                Self::Text { .. } | Self::TextOrNumber { .. } | Self::Word(_),
                DeValue::String(text),
            ) => Some(text.to_string()),
            (
                Self::TextOrNumber { .. } | Self::Number(_) | Self::Range { .. },
                DeValue::Integer(number),
            ) => Some(digits(number)),
            (Self::TextOrNumber { .. }, DeValue::Float(number)) => {
                let shortest = number.as_str().parse().map(|float: f64| float.to_string());
                Some(shortest.unwrap_or_else(|_| number.to_string()))
            }
            (Self::Truth, DeValue::Boolean(truth)) => Some(truth.to_string()),
            (
                Self::Text { .. }
                | Self::TextOrNumber { .. }
                | Self::Word(_)
                | Self::Number(_)
                | Self::Truth
                | Self::Range { .. }
                | Self::List { .. },
                _,
            ) => None,
        }
    }

    /// Whether CloudFormation, and the service behind it, will take the text.
    fn check(&self, text: &str) -> Result<(), ValueError> {
        let unfit = |nearest: Option<&str>| ValueError::Unfit {
            text: text.to_owned(),
            expected: self.expected().into(),
            nearest: nearest.map(str::to_owned),
        };
        match self {
            Self::Text {
                may_be_empty: false,
                ..
            } if text.is_empty() => Err(ValueError::Empty),
            Self::Text {
                pattern: Some((pattern, _)),
                ..
            }
            | Self::TextOrNumber { pattern, .. }
                if !pattern::matches(pattern, text) =>
            {
                Err(unfit(None))
            }
            Self::Text { parameter, .. } => format::check(parameter, text),
            Self::Word(words) | Self::Number(words) if !words.contains(&text) => {
                Err(unfit(nearest(text, words.iter().copied())))
            }
            Self::Range { least, most }
                if !text
                    .parse()
                    .is_ok_and(|number| (*least..=*most).contains(&number)) =>
            {
                Err(ValueError::OutOfRange {
                    number: text.to_owned(),
                    least: *least,
                    most: *most,
                })
            }
            Self::List {
                pattern: Some(pattern),
                ..
            } if !pattern::matches(pattern, text) => Err(unfit(None)),
            Self::TextOrNumber { .. }
            | Self::Word(_)
            | Self::Number(_)
            | Self::Truth
            | Self::Range { .. }
            | Self::List { .. } => Ok(()),
        }
    }

    fn wrong_type(&self, value: &Spanned<DeValue<'_>>) -> Refusal {
        let expected = match self {
            Self::Text { .. } => "a text".into(),
            Self::TextOrNumber { .. } => "a text or a number".into(),
            Self::Number(_) => "a whole number".into(),
            Self::List { .. } => "a list of texts".into(),
            Self::Word(_) | Self::Truth | Self::Range { .. } => self.expected(),
        };
        Refusal::of_type(value, expected)
    }
}

/// A list in one text, as CloudFormation takes it. Each entry is checked where it stands.
fn joined(parameter: &str, entries: &DeArray<'_>) -> Result<String, Refusal> {
    let mut texts = Vec::new();
    for entry in entries {
        let refused = |error| Refusal::of_value(entry, error);
        let Some(text) = entry.get_ref().as_str() else {
            return Err(Refusal::of_type(entry, "a text"));
        };
        plain(text).map_err(refused)?;
        if text.is_empty() || text.contains(',') || text.trim() != text {
            let text = text.to_owned();
            return Err(refused(ValueError::Entry { text }));
        }
        format::check(parameter, text).map_err(refused)?;
        texts.push(text);
    }
    Ok(texts.join(","))
}

fn plain(text: &str) -> Result<(), ValueError> {
    if text.chars().any(char::is_control) {
        return Err(ValueError::ControlCharacter);
    }
    Ok(())
}

fn is_truth(words: &[&str]) -> bool {
    words.len() == 2 && words.contains(&"true") && words.contains(&"false")
}

/// A whole number in decimal digits, whatever base it is written in.
fn digits(number: &DeInteger<'_>) -> String {
    i128::from_str_radix(number.as_str(), number.radix())
        .map_or_else(|_| number.to_string(), |number| number.to_string())
}
