//! Why a value cannot be taken.

use std::{borrow::Cow, ops::Range};

use toml::{Spanned, de::DeValue};

use super::ValueError;

/// A refusal, and which bytes of the recipe are why: of a list it may be one entry.
#[derive(Debug)]
pub(crate) enum Refusal {
    Type {
        expected: Cow<'static, str>,
        found: &'static str,
        span: Range<usize>,
    },
    Value {
        error: ValueError,
        span: Range<usize>,
    },
}

impl Refusal {
    /// The value is of another type than it has to be.
    pub(super) fn of_type(
        value: &Spanned<DeValue<'_>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Type {
            expected: expected.into(),
            found: type_name(value.get_ref()),
            span: value.span(),
        }
    }

    /// The value is of the right type, and no more.
    pub(super) fn of_value(value: &Spanned<DeValue<'_>>, error: ValueError) -> Self {
        Self::Value {
            error,
            span: value.span(),
        }
    }
}

/// What a value of TOML is called in messages.
pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
