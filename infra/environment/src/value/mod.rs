//! From what stands in TOML to the text of a parameter.
//!
//! `shape` says how a value is written and makes the text, `format` knows what a text has to be beyond its pattern, and `own`
//! and `tags` read the keys that are no parameters.

mod format;
mod network;
mod own;
mod pattern;
mod refusal;
mod schedule;
mod shape;
mod tags;
mod value_error;

#[cfg(test)]
pub(crate) use format::Format;
pub(crate) use own::{
    ENVIRONMENT_NAME, environment_name, own_expected, own_pattern, own_value, site_name,
};
pub(crate) use refusal::{Refusal, type_name};
#[cfg(test)]
pub(crate) use shape::LISTS_IN_A_TEXT;
pub(crate) use shape::Shape;
pub(crate) use tags::tag;
pub use value_error::{TagProblem, ValueError};
